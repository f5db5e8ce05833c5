#include "history/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/file.h"

namespace schoolgate::history {

base::Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  // Read-only is enough for flock, and works on a disk that has become read-only or full since the file was made. The
  // file stays when we go: to delete it would let two processes lock two different ones.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0640));
  if (file.number() < 0) return base::system_error(errno, "cannot open " + path);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return base::Error(base::ErrorCode::kInUse, folder + ": another process writes the history here");
    }
    return base::system_error(errno, "cannot lock " + path);
  }
  return FolderLock(std::move(file));
}

}  // namespace schoolgate::history

#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

namespace schoolgate::base {
namespace {

constexpr std::string_view kTemporaryMark = ".tmp-";
constexpr std::string_view kTemporaryEnd = "XXXXXX";  // mkostemp puts letters and digits in its place

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Status write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(errno, "cannot write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  return "no regular file";
}

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

// Whose file it is to be, who may read it, and whether it has to be there after a loss of power.
struct Wanted {
  unsigned mode = 0;
  std::optional<Owner> owner;  // absent: ours
  bool is_lasting = true;
};

Status give_to(int file, const Owner& owner, const std::string& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return system_error(errno, "cannot read the owner of " + path);
  if (status.st_uid == owner.user && status.st_gid == owner.group) return {};
  if (::fchown(file, owner.user, owner.group) != 0) return system_error(errno, "cannot keep the owner of " + path);
  return {};
}

Status write_temporary(int file, std::string_view bytes, const Wanted& wanted, const std::string& path) {
  if (Status written = write_all(file, bytes, path); !written) return written;
  if (wanted.owner) {
    if (Status given = give_to(file, *wanted.owner, path); !given) return given;
  }
  if (::fchmod(file, wanted.mode) != 0) return system_error(errno, "cannot set the mode of " + path);
  if (wanted.is_lasting && ::fsync(file) != 0) return system_error(errno, "cannot sync " + path);
  return {};
}

Status rename_into_place(const std::string& temporary, const std::string& path) {
  if (::rename(temporary.c_str(), path.c_str()) == 0) return {};
  return system_error(errno, "cannot replace " + path);
}

// A link, since rename() would replace what is there.
Status link_into_place(const std::string& temporary, const std::string& path) {
  if (::link(temporary.c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return Error(ErrorCode::kInUse, path + ": is there already, and is not to be replaced");
    return system_error(errno, "cannot create " + path);
  }
  ::unlink(temporary.c_str());
  return {};
}

using PutIntoPlace = Status (*)(const std::string& temporary, const std::string& path);

Status write_file(const std::string& path, std::string_view bytes, const Wanted& wanted, PutIntoPlace put_into_place) {
  std::string temporary = path + std::string(kTemporaryMark) + std::string(kTemporaryEnd);
  {
    const FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (file.number() < 0) return system_error(errno, "cannot create a temporary file beside " + path);
    Status written = write_temporary(file.number(), bytes, wanted, path);
    if (written) written = put_into_place(temporary, path);
    if (!written) {
      ::unlink(temporary.c_str());
      return written;
    }
  }
  if (!wanted.is_lasting) return {};
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const FileDescriptor parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.number() < 0 || ::fsync(parent.number()) != 0) return system_error(errno, "cannot sync " + folder);
  return {};
}

bool is_temporary(std::string_view name) {
  const std::size_t end = kTemporaryMark.size() + kTemporaryEnd.size();
  return name.size() > end && name.substr(name.size() - end).starts_with(kTemporaryMark);
}

}  // namespace

Error system_error(int error_number, std::string_view doing) {
  ErrorCode code = ErrorCode::kUnavailable;
  if (error_number == ENOENT) code = ErrorCode::kNotFound;
  if (error_number == EACCES || error_number == EPERM) code = ErrorCode::kForbidden;
  if (error_number == EADDRINUSE) code = ErrorCode::kInUse;
  return Error(code, std::string(doing) + ": " + std::generic_category().message(error_number));
}

Result<std::string> read_file(const std::string& path, std::size_t limit_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.number() < 0) return system_error(errno, "cannot open " + path);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return system_error(errno, "cannot read " + path);
  if (!S_ISREG(status.st_mode)) {
    return Error(ErrorCode::kInvalid, path + ": is " + kind_of(status.st_mode) + ", and should be a file");
  }
  std::string bytes;
  bytes.reserve(std::min(static_cast<std::size_t>(status.st_size), limit_bytes));  // of a file of /proc it is none
  char buffer[1 << 16];
  for (;;) {
    const ssize_t count = ::read(file.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "cannot read " + path);
    if (count == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(count));
    if (bytes.size() > limit_bytes) {
      return Error(ErrorCode::kInvalid, path + ": larger than " + std::to_string(limit_bytes) + " bytes");
    }
  }
}

Status replace_file(const std::string& path, std::string_view bytes, unsigned mode) {
  return write_file(path, bytes, {mode, std::nullopt}, rename_into_place);
}

Status replace_cache_file(const std::string& path, std::string_view bytes, unsigned mode) {
  return write_file(path, bytes, {mode, std::nullopt, false}, rename_into_place);
}

Status create_file(const std::string& path, std::string_view bytes, unsigned mode) {
  return write_file(path, bytes, {mode, std::nullopt}, link_into_place);
}

Status rewrite_file(const std::string& path, std::string_view bytes) {
  std::error_code error;
  const std::string target = std::filesystem::canonical(path, error).string();
  if (error) return system_error(error.value(), "cannot replace " + path);
  struct stat status {};
  if (::stat(target.c_str(), &status) != 0) return system_error(errno, "cannot replace " + path);
  const Wanted wanted{status.st_mode & 07777, Owner{status.st_uid, status.st_gid}};
  return write_file(target, bytes, wanted, rename_into_place);
}

void remove_temporaries(const std::string& folder, std::string_view name_start) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(name_start) && is_temporary(name)) std::filesystem::remove(entry.path(), ignored);
  }
}

Status make_folder(const std::string& path) {
  std::filesystem::path wanted(path);
  if (!wanted.has_filename()) wanted = wanted.parent_path();  // "a/b/"
  std::filesystem::path so_far;
  for (auto part = wanted.begin(); part != wanted.end(); ++part) {
    so_far /= *part;
    const mode_t mode = std::next(part) == wanted.end() ? 0750 : 0755;
    if (::mkdir(so_far.c_str(), mode) != 0 && errno != EEXIST && errno != EISDIR) {
      std::error_code ignored;
      if (std::filesystem::is_directory(so_far, ignored)) continue;
      return system_error(errno, "cannot make folder " + so_far.string());
    }
  }
  if (std::error_code error; !std::filesystem::is_directory(wanted, error)) {
    return Error(ErrorCode::kInvalid, path + ": is not a folder");
  }
  return {};
}

}  // namespace schoolgate::base

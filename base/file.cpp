#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

namespace schoolgate::base {
namespace {

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

}  // namespace

Error system_error(int error_number, std::string_view doing) {
  ErrorCode code = ErrorCode::kUnavailable;
  if (error_number == ENOENT) code = ErrorCode::kNotFound;
  if (error_number == EACCES || error_number == EPERM) code = ErrorCode::kForbidden;
  if (error_number == EADDRINUSE) code = ErrorCode::kInUse;
  return Error(code, std::string(doing) + ": " + std::generic_category().message(error_number));
}

Result<std::string> read_file(const std::string& path, std::size_t limit_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return system_error(errno, "cannot open " + path);
  std::string bytes;
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

Status replace_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  {
    const FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (file.number() < 0) return system_error(errno, "cannot create " + temporary);
    Status written = write_all(file.number(), bytes, temporary);
    if (written && ::fsync(file.number()) != 0) written = system_error(errno, "cannot sync " + temporary);
    if (!written) {
      ::unlink(temporary.c_str());
      return written;
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    return system_error(reason, "cannot rename " + temporary + " to " + path);
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const FileDescriptor parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.number() < 0 || ::fsync(parent.number()) != 0) return system_error(errno, "cannot sync " + folder);
  return {};
}

Status make_folder(const std::string& path) {
  const std::filesystem::path wanted(path);
  std::filesystem::path so_far;
  for (const auto& part : wanted) {
    so_far /= part;
    if (::mkdir(so_far.c_str(), 0750) != 0 && errno != EEXIST && errno != EISDIR) {
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

#include "admin-cli/file_edit.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace schoolgate::admin_cli {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

struct FileEdit::Impl {
  Impl(std::string file, std::size_t limit) : path(std::move(file)), limit_bytes(limit) {}
  ~Impl() {
    if (lock >= 0) ::close(lock);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::string path;
  std::size_t limit_bytes;
  int lock = -1;  // the file as it was opened: its lock ends with it
  std::string text;
};

namespace {

bool is_same_file(int file, const std::string& path) {
  struct stat opened {};
  struct stat there {};
  if (::fstat(file, &opened) != 0 || ::stat(path.c_str(), &there) != 0) return false;
  return opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

}  // namespace

FileEdit::FileEdit(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FileEdit::FileEdit(FileEdit&&) noexcept = default;
FileEdit& FileEdit::operator=(FileEdit&&) noexcept = default;
FileEdit::~FileEdit() = default;

Result<FileEdit> FileEdit::open(const std::string& path, std::size_t limit_bytes) {
  auto impl = std::make_unique<Impl>(path, limit_bytes);
  impl->lock = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (impl->lock < 0) return base::system_error(errno, "cannot open " + path);
  if (::flock(impl->lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return Error(ErrorCode::kInUse, path + ": is being changed by another schoolgate");
    return base::system_error(errno, "cannot lock " + path);
  }
  auto text = base::read_file(path, limit_bytes);
  if (!text) return text.error();
  impl->text = std::move(*text);
  return FileEdit(std::move(impl));
}

const std::string& FileEdit::text() const { return impl_->text; }

Status FileEdit::replace(const std::string& text) {
  // Editors save by renaming, as we do, or in place.
  const auto now = base::read_file(impl_->path, impl_->limit_bytes);
  if (!now || *now != impl_->text || !is_same_file(impl_->lock, impl_->path)) {
    return Error(ErrorCode::kInUse, impl_->path + ": was changed meanwhile, and stays as it is now; try again");
  }
  return base::rewrite_file(impl_->path, text);
}

}  // namespace schoolgate::admin_cli

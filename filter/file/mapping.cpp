#include "filter/file/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "base/file.h"

namespace schoolgate::filter {

base::Result<Mapping> Mapping::of_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return base::system_error(errno, "cannot open " + path);
  Mapping mapping;
  struct stat status {};
  int failure = ::fstat(file, &status) == 0 ? 0 : errno;
  if (failure == 0 && !S_ISREG(status.st_mode)) failure = EISDIR;
  if (failure == 0 && status.st_size > 0) {  // nothing cannot be mapped; it reads as an empty block
    void* address = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_SHARED, file, 0);
    if (address == MAP_FAILED) {
      failure = errno;
    } else {
      mapping.mapped_ = static_cast<const std::uint8_t*>(address);
      mapping.size_ = static_cast<std::size_t>(status.st_size);
    }
  }
  ::close(file);
  if (failure != 0) return base::system_error(failure, "cannot map " + path);
  return mapping;
}

Mapping Mapping::of_memory(std::string octets) {
  Mapping mapping;
  mapping.memory_ = std::make_unique<const std::string>(std::move(octets));
  return mapping;
}

Octets Mapping::octets() const {
  if (mapped_ != nullptr) return {mapped_, size_};
  return memory_ != nullptr ? octets_of(*memory_) : Octets();
}

void Mapping::forget_pages() const noexcept {
  if (mapped_ != nullptr) ::madvise(const_cast<std::uint8_t*>(mapped_), size_, MADV_DONTNEED);
}

Mapping::Mapping(Mapping&& other) noexcept
    : mapped_(std::exchange(other.mapped_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      memory_(std::move(other.memory_)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(mapped_, other.mapped_);
  std::swap(size_, other.size_);
  std::swap(memory_, other.memory_);
  return *this;
}

Mapping::~Mapping() {
  if (mapped_ != nullptr) ::munmap(const_cast<std::uint8_t*>(mapped_), size_);
}

}  // namespace schoolgate::filter

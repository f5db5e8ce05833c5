// MemoryBlock: memory straight from the kernel, in pages of two megabytes where there are such: of what is read here and there, the
// processor then knows where it all is, and what is given back is gone from the process at once.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace schoolgate::filter {

class MemoryBlock {
 public:
  // Zeros, that take memory when they are touched. Throws std::bad_alloc.
  explicit MemoryBlock(std::size_t octets);
  ~MemoryBlock();
  MemoryBlock(MemoryBlock&& other) noexcept
      : octets_(std::exchange(other.octets_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MemoryBlock& operator=(MemoryBlock&& other) noexcept {
    std::swap(octets_, other.octets_);
    std::swap(size_, other.size_);
    return *this;
  }

  char* data() const { return octets_; }
  std::size_t size() const { return size_; }

 private:
  char* octets_;
  std::size_t size_;
};

// Octets one after the other, in blocks: they stay where they are, and go together.
class Arena {
 public:
  // REQUIRES: at most kBlockOctets.
  char* allocate(std::size_t octets);
  static constexpr std::size_t kBlockOctets = std::size_t{16} << 20;
  // Empty again, with its memory for what comes next: what the kernel has cleared once it need not clear again.
  void clear();

 private:
  std::vector<MemoryBlock> blocks_;
  std::size_t in_use_ = 0;  // blocks
  std::size_t left_ = 0;    // of the last of them
};

// The same wish for memory of another's, not touched yet. Where there are no such pages, or only a part of one, nothing happens.
void use_huge_pages(void* memory, std::size_t octets) noexcept;

}  // namespace schoolgate::filter

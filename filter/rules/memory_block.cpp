#include "filter/rules/memory_block.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace schoolgate::filter {
namespace {

constexpr std::uintptr_t kHugePageOctets = std::uintptr_t{2} << 20;

}  // namespace

MemoryBlock::MemoryBlock(std::size_t octets) : size_(octets) {
  void* mapped = ::mmap(nullptr, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  octets_ = static_cast<char*>(mapped);
  use_huge_pages(mapped, octets);
}

MemoryBlock::~MemoryBlock() {
  if (octets_ != nullptr) ::munmap(octets_, size_);
}

void use_huge_pages(void* memory, std::size_t octets) noexcept {
  const auto start = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (start + kHugePageOctets - 1) / kHugePageOctets * kHugePageOctets;
  const std::uintptr_t end = (start + octets) / kHugePageOctets * kHugePageOctets;
  if (first < end) ::madvise(static_cast<char*>(memory) + (first - start), end - first, MADV_HUGEPAGE);
}

// The first block is small: the rules of a school alone are few.
char* Arena::allocate(std::size_t octets) {
  constexpr std::size_t kFirstBlockOctets = std::size_t{256} << 10;
  while (octets > left_ || in_use_ == 0) {
    if (in_use_ == blocks_.size()) blocks_.emplace_back(blocks_.empty() ? kFirstBlockOctets : kBlockOctets);
    left_ = blocks_[in_use_++].size();
  }
  const MemoryBlock& block = blocks_[in_use_ - 1];
  char* start = block.data() + (block.size() - left_);
  left_ -= octets;
  return start;
}

void Arena::clear() {
  in_use_ = 0;
  left_ = 0;
}

}  // namespace schoolgate::filter

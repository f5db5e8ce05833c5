#include "filter/rules/memory_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <new>
#include <string>

namespace schoolgate::filter {
namespace {

constexpr std::size_t kOctets = std::size_t{8} << 20;

// "VmRSS", "VmSize" of this process, in octets.
std::size_t memory(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoul(line.substr(field.size() + 1)) << 10;
  }
  return 0;
}

TEST(MemoryBlock, IsOfZerosThatCostNothingUntilTheyAreTouched) {
  const std::size_t before = memory("VmRSS");
  const MemoryBlock block(kOctets);
  EXPECT_EQ(block.size(), kOctets);
  EXPECT_LT(memory("VmRSS"), before + kOctets / 2);
  EXPECT_EQ(std::count(block.data(), block.data() + kOctets, '\0'), static_cast<std::ptrdiff_t>(kOctets));
  std::fill_n(block.data(), kOctets, 'x');
  EXPECT_GE(memory("VmRSS"), before + kOctets);
}

TEST(MemoryBlock, IsGivenBack) {
  const std::size_t before = memory("VmSize");
  {
    MemoryBlock block(kOctets), other(kOctets);
    block = std::move(other);
    const MemoryBlock moved(std::move(block));
    std::fill_n(moved.data(), kOctets, 'x');
  }
  EXPECT_LT(memory("VmSize"), before + kOctets);
}

TEST(MemoryBlock, WhatThereIsNotThrows) { EXPECT_THROW(MemoryBlock(std::size_t{1} << 60), std::bad_alloc); }

// Half a page, pages that begin and end anywhere: the octets stay what they are.
TEST(MemoryBlock, AWishChangesNoOctet) {
  std::string octets(kOctets + 4097, 'x');
  for (const std::size_t from : {0, 1, 4096}) {
    use_huge_pages(octets.data() + from, octets.size() - from);
    use_huge_pages(octets.data() + from, 100);
  }
  EXPECT_EQ(octets, std::string(kOctets + 4097, 'x'));
}

}  // namespace
}  // namespace schoolgate::filter

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

TEST(Arena, OctetsStayWhereTheyAre) {
  Arena arena;
  std::vector<std::pair<char*, std::size_t>> pieces;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{300} << 10, Arena::kBlockOctets, std::size_t{5}}) {
    char* octets = arena.allocate(size);
    std::fill_n(octets, size, static_cast<char>('a' + pieces.size()));
    pieces.emplace_back(octets, size);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& [octets, size] = pieces[i];
    EXPECT_EQ(std::count(octets, octets + size, static_cast<char>('a' + i)), static_cast<std::ptrdiff_t>(size));
  }
}

TEST(Arena, ClearedItTakesNoMoreMemoryForAsMuch) {
  Arena arena;
  const auto fill = [&arena] {
    for (int i = 0; i < 100; ++i) std::fill_n(arena.allocate(kOctets / 8), kOctets / 8, 'x');
  };
  fill();
  const std::size_t once = memory("VmSize");
  for (int round = 0; round < 3; ++round) {
    arena.clear();
    fill();
  }
  EXPECT_LT(memory("VmSize"), once + Arena::kBlockOctets);
}

}  // namespace
}  // namespace schoolgate::filter

// What devices ask: names in random order, and whether the lists block each.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/block_lists.h"

namespace schoolgate::bench {

struct QueryMix {
  PackedTexts names;
  std::vector<bool> blocked;
  std::size_t blocked_count() const;
};

// A tenth on 20,000 blocked names by Zipf's law (s = 0.7), every other one of these on a name below; the rest on the popular
// names by theirs (s = 0.9).
QueryMix zipf_mix(const BlockLists& lists, const std::vector<std::string>& popular, std::size_t queries,
                  std::uint64_t seed);
// Half of them blocked, any rule as likely as any other, every other one on a name below; the rest on names of the same
// shapes that no list has.
QueryMix random_mix(const BlockLists& lists, std::size_t queries, std::uint64_t seed);

}  // namespace schoolgate::bench

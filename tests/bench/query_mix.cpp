#include "tests/bench/query_mix.h"

#include <algorithm>

#include "tests/bench/labels.h"
#include "tests/bench/list_names.h"

namespace schoolgate::bench {
namespace {

// Draws blocked queries. REQUIRES: lists with at least one plain name.
class BlockedNames {
 public:
  explicit BlockedNames(const BlockLists& lists) : lists_(lists) {
    for (std::size_t i = 0; i < lists.size(); ++i) listed_.insert(lists.name(i));
  }
  const NameSet& listed() const { return listed_; }
  std::size_t draw_rule(Random& random) const {
    for (;;) {
      const std::size_t rule = random.below(lists_.size());
      if (lists_.is_plain(rule)) return rule;
    }
  }
  // The rule's own name, or as often one below it that has no rule of its own: that could be an exception.
  std::string draw_query(std::size_t rule, Random& random) const {
    std::string name(lists_.name(rule));
    if (random.chance(0.5)) return name;
    for (;;) {
      std::string below = host_label(random) + "." + name;
      if (!listed_.contains(below)) return below;
    }
  }

 private:
  const BlockLists& lists_;
  NameSet listed_;
};

// Which queries are blocked: that share exactly, in random order.
std::vector<bool> blocked_flags(std::size_t queries, double share, Random& random) {
  std::vector<std::uint8_t> flags(queries, 0);
  std::fill_n(flags.begin(), static_cast<std::size_t>(static_cast<double>(queries) * share), 1);
  shuffle(flags, random);
  return {flags.begin(), flags.end()};
}

}  // namespace

std::size_t QueryMix::blocked_count() const {
  return static_cast<std::size_t>(std::count(blocked.begin(), blocked.end(), true));
}

QueryMix zipf_mix(const BlockLists& lists, const std::vector<std::string>& popular, std::size_t queries,
                  std::uint64_t seed) {
  constexpr std::size_t kBlockedNames = 20'000;
  constexpr double kBlockedShare = 0.1;
  Random random(seed);
  const BlockedNames blocked(lists);
  std::vector<std::size_t> rules;
  for (std::size_t i = 0; i < kBlockedNames; ++i) rules.push_back(blocked.draw_rule(random));
  const Weighted blocked_rank = Weighted::zipf(rules.size(), 0.7);
  const Weighted popular_rank = Weighted::zipf(popular.size(), 0.9);
  QueryMix mix{{}, blocked_flags(queries, kBlockedShare, random)};
  for (const bool is_blocked : mix.blocked) {
    mix.names.add(is_blocked ? blocked.draw_query(rules[blocked_rank.draw(random)], random)
                             : popular[popular_rank.draw(random)]);
  }
  return mix;
}

QueryMix random_mix(const BlockLists& lists, std::size_t queries, std::uint64_t seed) {
  constexpr double kBlockedShare = 0.5;
  Random random(seed);
  const BlockedNames blocked(lists);
  ListNames strangers(seed + 1);
  const auto draw_stranger = [&] {
    for (;;) {
      std::string name = strangers.draw();
      if (!blocked.listed().covers(name)) return name;
    }
  };
  QueryMix mix{{}, blocked_flags(queries, kBlockedShare, random)};
  for (const bool is_blocked : mix.blocked) {
    mix.names.add(is_blocked ? blocked.draw_query(blocked.draw_rule(random), random) : draw_stranger());
  }
  return mix;
}

}  // namespace schoolgate::bench

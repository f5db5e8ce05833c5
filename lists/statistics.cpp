#include "lists/statistics.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cassert>
#include <span>
#include <string_view>
#include <tuple>

namespace schoolgate::lists {
namespace {

using filter::Reach;
using ListSet = std::bitset<Statistics::kMostLists>;

constexpr char kLabelEnd = '\x01';  // sorts before every octet of a host name

void append_key(const dns::Name& lowered, std::string& keys) {
  const auto wire = lowered.wire();
  std::array<std::uint8_t, dns::Name::kMaxLabels> starts{};
  std::size_t labels = 0;
  for (std::size_t at = 0; wire[at] != 0; at += std::size_t{1} + wire[at])
    starts[labels++] = static_cast<std::uint8_t>(at);
  while (labels > 0) {
    const std::size_t at = starts[--labels];
    keys.append(reinterpret_cast<const char*>(wire.data() + at + 1), wire[at]);
    keys += kLabelEnd;
  }
}

}  // namespace

Statistics::Statistics(const std::vector<ComparedList>& lists) {
  assert(lists.size() <= kMostLists);
  for (const ComparedList& list : lists) {
    lists_.emplace_back().id = list.id;
    lists_.back().also_in.resize(lists.size());
    categories_.push_back(list.category);
  }
}

void Statistics::add(std::size_t list, Reach reach, const dns::Name& name) {
  Rule rule;
  rule.key = keys_.size();
  append_key(name.lowered(), keys_);
  rule.size = static_cast<std::uint16_t>(keys_.size() - rule.key);
  rule.list = static_cast<std::uint16_t>(list);
  rule.reach = reach;
  rules_.push_back(rule);
}

// Goes through the rules in the order of their names, with the names above the present one on a stack.
class Statistics::Sweep {
 public:
  Sweep(std::vector<ListStatistics>& lists, const std::vector<std::string>& categories)
      : lists_(lists), peers_(lists.size()) {
    for (std::size_t list = 0; list < lists.size(); ++list) {
      for (std::size_t peer = 0; peer < lists.size(); ++peer)
        peers_[list].set(peer, categories[peer] == categories[list]);
    }
  }

  // All rules of one name, those of a list together. REQUIRES: names ascend.
  void take(std::string_view key, std::span<const Rule> rules) {
    while (!above_.empty() && !key.starts_with(above_.back().key)) above_.pop_back();
    Here here;
    here.inherited = above_.empty() ? ListSet() : above_.back().lists;
    ListSet below = here.inherited;
    for (const Rule& rule : rules) {
      if (rule.reach != Reach::kSubdomains) here.name.set(rule.list);
      if (rule.reach != Reach::kExact) here.below.set(rule.list);
      if (rule.reach == Reach::kBoth) here.both.set(rule.list);
    }
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const bool is_again = i > 0 && rules[i - 1].list == rules[i].list && rules[i - 1].reach == rules[i].reach;
      count(rules[i], is_again, here);
    }
    above_.push_back({key, below | here.below});
  }

 private:
  struct Above {
    std::string_view key;
    ListSet lists;  // that cover everything below it
  };

  // Which lists cover the present name, all below it, both by one rule; and both by a rule for a name above.
  struct Here {
    ListSet name, below, both, inherited;
  };

  static ListSet lists_with(Reach reach, const Here& here) {
    const ListSet own = reach == Reach::kExact        ? here.name
                        : reach == Reach::kSubdomains ? here.below
                                                      : here.name & here.below;
    return own | here.inherited;
  }

  void count(const Rule& rule, bool is_again, const Here& here) {
    ListStatistics& list = lists_[rule.list];
    if (is_again) {
      ++list.repeated;
      return;
    }
    ++list.rules;
    const ListSet wider = here.inherited | (rule.reach != Reach::kBoth ? here.both : ListSet());
    if (wider.test(rule.list)) {
      ++list.covered;
    } else if ((wider & peers_[rule.list]).any()) {
      ++list.covered_by_category;
    }
    ListSet others = lists_with(rule.reach, here);
    others.reset(rule.list);
    if (others.none()) ++list.unique;
    for (std::size_t other = 0; other < lists_.size(); ++other) list.also_in[other] += others.test(other) ? 1 : 0;
  }

  std::vector<ListStatistics>& lists_;
  std::vector<ListSet> peers_;  // by list, those of its category, itself among them
  std::vector<Above> above_;
};

std::vector<ListStatistics> Statistics::work_out() {
  std::ranges::sort(rules_, [this](const Rule& left, const Rule& right) {
    const int order = key_of(left).compare(key_of(right));
    return order != 0 ? order < 0 : std::tie(left.list, left.reach) < std::tie(right.list, right.reach);
  });
  Sweep sweep(lists_, categories_);
  for (std::size_t begin = 0, end = 0; begin < rules_.size(); begin = end) {
    const std::string_view key = key_of(rules_[begin]);
    while (end < rules_.size() && key_of(rules_[end]) == key) ++end;
    sweep.take(key, std::span(rules_).subspan(begin, end - begin));
  }
  return std::move(lists_);
}

}  // namespace schoolgate::lists

// Statistics: how much of each list the others have too, and how much of it can never decide anything.
//
//     Statistics statistics({{"one", "adult"}, {"two", "games"}});
//     statistics.add(0, Reach::kBoth, name);       // every rule of every list, in any order
//     for (const ListStatistics& list : statistics.work_out()) …
//
// A list *has* what a rule says when all names that the rule covers are covered by rules of that list: "x.example" has
// "www.x.example" and "=x.example", "=x.example" does not have "x.example". Exceptions and patterns are counted, and compared with
// nothing.
//
// Not thread-safe. 16 octets a rule and the name; five million rules take some 200 MB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.h"
#include "filter/rules/rule.h"

namespace schoolgate::lists {

struct ComparedList {
  std::string id, category;
};

struct ListStatistics {
  std::string id;
  std::uint64_t rules = 0;     // name rules, each once
  std::uint64_t repeated = 0;  // the same rule again
  std::uint64_t covered = 0;   // of `rules`: the list has what they say without them: dead weight
  // Of the rest: another list of its category says it with a rule that is wider. Exceptions of that one are not looked at.
  std::uint64_t covered_by_category = 0;
  std::uint64_t unique = 0;  // of `rules`: no other list has what they say
  std::uint64_t exceptions = 0;
  std::uint64_t patterns = 0;
  std::vector<std::uint64_t> also_in;  // of `rules`, by list: how many that one has, too
};

class Statistics {
 public:
  static constexpr std::size_t kMostLists = 512;

  // REQUIRES: at most kMostLists of them.
  explicit Statistics(const std::vector<ComparedList>& lists);

  void add(std::size_t list, filter::Reach reach, const dns::Name& name);  // in any case
  void add_exception(std::size_t list) { ++lists_[list].exceptions; }
  void add_pattern(std::size_t list) { ++lists_[list].patterns; }

  // Once, at the end.
  std::vector<ListStatistics> work_out();

 private:
  struct Rule {
    std::uint64_t key = 0;  // where it begins in keys_
    std::uint16_t size = 0;
    std::uint16_t list = 0;
    filter::Reach reach = filter::Reach::kBoth;
  };
  class Sweep;

  std::string_view key_of(const Rule& rule) const { return std::string_view(keys_).substr(rule.key, rule.size); }

  std::vector<ListStatistics> lists_;
  std::vector<std::string> categories_;  // by list
  std::string keys_;  // names with their labels from the right: a name stands right before all that are below it
  std::vector<Rule> rules_;
};

}  // namespace schoolgate::lists

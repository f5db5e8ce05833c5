// RuleMerge: the name rules of many lists, each sorted, name by name in the order of their keys.
//
//     RuleMerge merge;
//     merge.add(list, rules.names(), {answers, frames});
//     while (merge.next()) use(merge.key(), merge.rules());
//     if (!merge.is_good()) …
//
// Memory is read once, from front to back. Not thread-safe.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "filter/rules/rule_line.h"

namespace schoolgate::filter {

// What the local data and the frames of a list are called among those of all, by their numbers in the list.
struct LinkedNumbers {
  std::span<const AnswerNumber> answers;
  std::span<const FrameNumber> frames;
};

class RuleMerge {
 public:
  // `names` as ListRules has them. Both must outlive the merge. A list may be added more than once.
  void add(ListNumber list, Octets names, LinkedNumbers numbers);
  // False at the end, and at octets that are no rule.
  bool next();
  bool is_good() const { return is_good_; }
  std::string_view key() const { return {key_.data(), key_size_}; }  // until the next
  // All rules of the name, sorted as sort_same_name() does; their texts lie in the octets. Whoever uses them may change them.
  std::span<RuleLine> rules() { return rules_; }

 private:
  // Of a key, its first sixteen octets: beside `com` and the start of one more label they seldom leave anything to compare.
  struct KeyStart {
    explicit KeyStart(std::string_view key) : first(key_part(key, 0)), second(key_part(key, sizeof first)) {}
    KeyStart() = default;
    friend bool operator==(const KeyStart&, const KeyStart&) = default;
    bool follows(const KeyStart& other) const {
      return first != other.first ? first > other.first : second > other.second;
    }
    std::uint64_t first = 0;
    std::uint64_t second = 0;
  };
  struct Source {
    ListNumber list = 0;
    LinkedNumbers numbers;
    RuleReader reader;
    KeyStart start;
  };
  bool follows(std::size_t left, std::size_t right) const;
  bool is_at_name(const Source& source) const;
  void take_rule(const Source& source);
  void advance_first();
  void sink_first();

  std::vector<Source> sources_;
  std::vector<std::size_t> heap_;  // of them, by key: the first has the least
  bool is_good_ = true;
  std::array<char, dns::Name::kMaxWireOctets> key_;
  std::size_t key_size_ = 0;
  KeyStart start_;  // of it
  std::vector<RuleLine> rules_;
};

}  // namespace schoolgate::filter

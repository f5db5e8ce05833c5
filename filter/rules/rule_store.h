// RuleStore: the name rules of a list, until they are sorted. A rule costs 32 octets, its name, and what its line has around the
// name: they lie in large blocks, nothing is allocated by the name. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filter/rules/memory_block.h"
#include "filter/rules/rule_line.h"
#include "filter/trie/domain_key.h"

namespace schoolgate::filter {

class NameRule {
 public:
  ListNumber list = 0;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  std::uint32_t line = 0;
  AnswerNumber answer = answer_of(Action::kBlock);
  // The line is the name in lower case and nothing else, often the case: text() is empty.
  bool text_is_name = false;
  bool is_dropped = false;  // by sort_same_name()

  std::string_view key() const { return {octets_, key_size_}; }
  std::string text() const;  // the line, at most RuleStore::kMaxTextOctets of it
  void append_text(std::string& to) const;

 private:
  friend class RuleStore;
  static constexpr std::uint8_t kNoName = 255;
  bool has_name() const { return name_at_ != kNoName; }

  std::uint8_t key_size_ = 0;
  // Behind the key stands the line, without the name that most lines have: that would be here, unless it is kNoName.
  std::uint8_t name_at_ = kNoName;
  std::uint16_t text_size_ = 0;
  std::uint64_t part_ = 0;  // of the key, its first octets but for while it is sorted
  const char* octets_ = nullptr;
};

static_assert(sizeof(NameRule) == 32, "there are millions of them");

class RuleStore {
 public:
  // Lines longer than this are cut: they are shown to people.
  static constexpr std::size_t kMaxTextOctets = 1000;

  // So many are to come: takes the memory at once rather than bit by bit.
  void expect(std::size_t rules);
  void add(NameRule rule, const dns::Name& lower_name, std::string_view text);
  // By key, and of one key as sort_same_name() does. The rules stay as long as the store.
  std::span<const NameRule> sorted();

 private:
  std::uint8_t find_name(std::string_view text);
  static void sort_from(std::span<NameRule> rules, std::size_t depth);
  std::vector<NameRule> rules_;
  Arena octets_;
  std::string name_text_;     // of the name that is added
  std::uint8_t name_at_ = 0;  // of the one before, in its line
};

// The rules of a store name by name, in the order of their keys.
//
//     SortedNames names(store.sorted());
//     while (names.next()) use(names.key(), names.rules());
class SortedNames {
 public:
  explicit SortedNames(std::span<const NameRule> sorted) : rest_(sorted) {}
  bool next();
  std::string_view key() const { return key_; }
  std::span<const RuleLine> rules() const { return rules_; }  // until the next

 private:
  std::span<const NameRule> rest_;
  std::string_view key_;
  std::string texts_;
  std::vector<RuleLine> rules_;
};

}  // namespace schoolgate::filter

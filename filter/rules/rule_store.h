// RuleStore: the name rules of a build, before they become a trie. A rule costs 32 octets, its name, and what its line has around the
// name: they lie in large blocks, nothing is allocated by the name. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filter/rules/memory_block.h"
#include "filter/rules/rule.h"
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

  std::string_view key() const { return {octets_, key_size_}; }
  std::string text() const;  // the line, at most RuleStore::kMaxTextOctets of it
  std::size_t text_size() const { return text_size_ + (has_name() ? key_size_ - std::size_t{1} : 0); }
  void append_text(std::string& to) const;
  bool covers_itself() const { return reach != Reach::kSubdomains; }
  bool covers_below() const { return reach != Reach::kExact; }

  // By all but the name: whatever the order of adding, sorted rules are the same.
  static bool precedes_of_same_name(const NameRule& left, const NameRule& right);

 private:
  friend class RuleStore;
  static constexpr std::uint8_t kNoName = 255;
  bool has_name() const { return name_at_ != kNoName; }

  std::uint8_t key_size_ = 0;
  bool is_dropped_ = false;
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
  // Of a list's lines that say the same of a name so many stay, the first: it may say it a million times, and whoever asks for
  // the reasons must not wait for all of them.
  static constexpr std::size_t kMostAlike = 16;
  // Sorted, and without those.
  std::span<const NameRule> sorted();

 private:
  std::uint8_t find_name(std::string_view text);
  static void sort_from(std::span<NameRule> rules, std::size_t depth);
  static void sort_same_name(std::span<NameRule> rules);
  void lay_in_order();
  char* allocate(std::size_t octets);
  std::vector<NameRule> rules_;
  std::vector<MemoryBlock> blocks_;
  std::size_t block_left_ = 0;
  std::string name_text_;     // of the name that is added
  std::uint8_t name_at_ = 0;  // of the one before, in its line
};

}  // namespace schoolgate::filter

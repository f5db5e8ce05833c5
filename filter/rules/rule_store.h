// RuleStore: the name rules of a build, before they become a trie. A rule costs 32 octets and its own text: keys and lines
// lie in large chunks, nothing is allocated by the name. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "filter/rules/rule.h"
#include "filter/trie/domain_key.h"

namespace schoolgate::filter {

class NameRule {
 public:
  ListNumber list = 0;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  // The line is the name in lower case and nothing else, the usual case: text() is empty.
  bool text_is_name = false;
  AnswerNumber answer = answer_of(Action::kBlock);
  std::uint32_t line = 0;

  std::string_view key() const { return {octets_, key_size_}; }
  std::string_view text() const { return {octets_ + key_size_, text_size_}; }
  bool covers_itself() const { return reach != Reach::kSubdomains; }
  bool covers_below() const { return reach != Reach::kExact; }

  // By key, then by all the rest: whatever the order of adding, sorted rules are the same.
  static bool precedes(const NameRule& left, const NameRule& right);

 private:
  friend class RuleStore;
  std::uint8_t key_size_ = 0;
  std::uint16_t text_size_ = 0;
  std::uint64_t start_ = 0;  // of the key, first octet highest: most comparisons end here
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
  void drop_repeated();
  char* allocate(std::size_t octets);
  std::vector<NameRule> rules_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t chunk_left_ = 0;
};

}  // namespace schoolgate::filter

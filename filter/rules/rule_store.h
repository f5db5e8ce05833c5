// RuleStore: the name rules of a list, until they are sorted. A rule costs 32 octets and its name, and its line where that has no
// frame: they lie in large blocks, nothing is allocated by the name. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filter/rules/line_frame.h"
#include "filter/rules/memory_block.h"
#include "filter/rules/rule_line.h"
#include "filter/trie/domain_key.h"

namespace schoolgate::filter {

// A RuleLine, packed: it stands for one wherever it is compared.
class NameRule {
 public:
  ListNumber list = 0;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  std::uint32_t line = 0;
  AnswerNumber answer = answer_of(Action::kBlock);
  bool is_dropped = false;  // by sort_same_name()

  std::string_view key() const { return {octets_, key_size_}; }
  bool has_name_of(const NameRule& other) const { return part_ == other.part_ && key() == other.key(); }
  operator RuleLine() const;  // NOLINT(google-explicit-constructor)

 private:
  friend class RuleStore;
  static constexpr std::uint16_t kNoFrame = 0xffff;

  std::uint8_t key_size_ = 0;
  std::uint16_t frame_ = kNoFrame;
  std::uint16_t text_size_ = 0;  // of the line, when it has no frame: it stands behind the key
  std::uint64_t part_ = 0;       // of the key, its first octets but for while it is sorted
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
  // By key, and of one key as sort_same_name() does. The rules stay as long as the store. Whatever the order of adding they are the
  // same, their frames too, unless there are more frames than there is room for.
  std::span<const NameRule> sorted();
  // Empty again, with its memory for the next list.
  void clear();
  const LineFrameInterner& frames() const { return frames_; }

 private:
  FrameNumber find_frame(std::string_view text);
  void sort_frames();
  static void sort_by_part(std::span<NameRule> rules);
  static void sort_from(std::span<NameRule> rules, std::size_t depth);
  static constexpr LineFrameInterner::Room kRoom{NameRule::kNoFrame, std::size_t{1} << 20};

  std::vector<NameRule> rules_;
  Arena octets_;
  LineFrameInterner frames_{kRoom};
  std::string name_text_;                // of the name that is added
  FrameNumber last_frame_ = kNameAlone;  // of the line before: lines of a list are alike
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
  std::vector<RuleLine> rules_;
};

}  // namespace schoolgate::filter

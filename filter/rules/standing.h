// Standing: what the name rules of all lists together say of a name. Interned: five million names share a few thousand.
//
// A standing holds, by their own numbers in rising order, the lists in force (the list's last word on the name is a rule)
// and the lists lifted (it is an exception: the list's patterns do not count either), and of those in force the tags and the
// answers.
// Number 0 is "no list says anything".
//
// Thread contract: StandingTable is an immutable view and safe over any octets. StandingInterner is not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "filter/file/octets.h"
#include "filter/rules/rule.h"
#include "filter/rules/tag_set.h"
#include "filter/trie/standing_pair.h"

namespace schoolgate::filter {

// List numbers as they lie in the image.
class ListNumbers {
 public:
  ListNumbers() = default;
  explicit ListNumbers(Octets octets) : octets_(octets) {}
  std::size_t size() const { return octets_.size() / sizeof(ListNumber); }
  ListNumber operator[](std::size_t index) const {
    return load<ListNumber>(octets_.data() + index * sizeof(ListNumber));
  }
  bool contains(ListNumber list) const noexcept;

 private:
  Octets octets_;
};

using AnswerNumbers = ListNumbers;
static_assert(sizeof(AnswerNumber) == sizeof(ListNumber));

class StandingTable {
 public:
  struct Standing {
    std::uint32_t tag_set = 0;
    ListNumbers in_force;
    ListNumbers lifted;
    AnswerNumbers answers;  // of those in force, in their order
  };

  StandingTable() = default;
  StandingTable(Octets tag_sets, Octets standings, Octets lists)
      : tag_sets_(tag_sets), standings_(standings), lists_(lists) {}

  // A number or a place that is not there reads as "no list says anything".
  Standing find(StandingNumber number) const noexcept;
  TagSet tags(StandingNumber number) const noexcept {
    TagSet set;
    if (number == kNoStanding || number >= standings_.size() / kStandingOctets) return set;
    const std::size_t tag_set = load<std::uint32_t>(standings_.data() + number * kStandingOctets);
    if (tag_set >= tag_sets_.size() / kTagSetOctets) return set;
    std::memcpy(set.words().data(), tag_sets_.data() + tag_set * kTagSetOctets, kTagSetOctets);
    for (std::uint64_t& word : set.words()) word = in_little_endian(word);
    return set;
  }

 private:
  // tag set u32, first list u32, lists in force u16, lists lifted u16; then the answers, as many as lists in force
  static constexpr std::size_t kStandingOctets = 12;
  static constexpr std::size_t kTagSetOctets = TagSet::kBits / 8;

  Octets tag_sets_;
  Octets standings_;
  Octets lists_;
};

class StandingInterner {
 public:
  // The list's last word on a name.
  struct Word {
    ListNumber list = 0;
    Exception exception = Exception::kNo;
    AnswerNumber answer = answer_of(Action::kBlock);  // of a rule
  };

  explicit StandingInterner(const std::vector<ListEntry>& lists);
  // `above` where these lists have a new last word. Those on the way are interned too. REQUIRES: each list at most once.
  StandingNumber derive(StandingNumber above, std::span<const Word> words);

  const std::string& tag_sets() const { return tag_sets_; }
  const std::string& standings() const { return standings_; }
  const std::string& lists() const { return list_numbers_; }

 private:
  StandingNumber derive(StandingNumber above, const Word& word);
  StandingNumber derive_step(std::uint64_t step, StandingNumber above, const Word& word);
  // A list in force with the answer of its rule.
  struct InForce {
    ListNumber list = 0;
    AnswerNumber answer = 0;
  };
  void take(const StandingTable::Standing& standing);  // as in_force_ and lifted_
  void erase(ListNumber list);                         // from both
  StandingNumber intern();                             // of both
  std::uint32_t intern_tags();
  StandingTable table() const;

  const std::vector<ListEntry>& lists_;
  std::string tag_sets_;
  std::string standings_;
  std::string list_numbers_;
  std::unordered_map<std::u16string, StandingNumber> numbers_;  // by all numbers it holds
  std::unordered_map<std::string, std::uint32_t> tag_numbers_;  // by the 64 octets
  std::unordered_map<std::uint64_t, StandingNumber> derived_;   // by standing and word
  // The last of each of some lists: nearly always a list says the same of a name as of the one before.
  struct Step {
    std::uint64_t step = ~std::uint64_t{0};  // none is
    StandingNumber to = 0;
  };
  std::array<Step, 64> last_steps_;
  std::vector<InForce> in_force_;  // kept for their memory
  std::vector<ListNumber> lifted_;
  std::u16string key_;
};

}  // namespace schoolgate::filter

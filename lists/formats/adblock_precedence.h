// AdblockPrecedence: how the rules of one list stand to each other, by the three modifiers that say so.
//
//     $badfilter   takes back the rule that is written the same without this word, wherever it stands
//     $important   on a rule: an exception at or below its name that is not important itself does not count;
//                  on an exception: a rule at or below its name does not count
//     $denyallow   the rule says nothing of these names and what is under them
//
// In the filter the deepest rule of a list is its last word, and a pattern has no depth. What that cannot say is rejected,
// with the modifier in the reason: an important rule beside exceptions that are patterns, or the reverse. A name that
// $denyallow has becomes an exception, unless the other rules cover it; where an exception would lift patterns too, or is
// of a pattern, the rule becomes a pattern that leaves these names out.
//
// A list without these words costs one search for them; else it is read four times, and what is kept is as large as
// the lines that have them. Immutable after survey(); then thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lists/formats/adblock_rule.h"
#include "lists/formats/format.h"

namespace schoolgate::lists {

// A name and what is under it, as a set: kSelf, kBelow, or both.
using Span = std::uint8_t;
constexpr Span kNothing = 0;
constexpr Span kSelf = 1;
constexpr Span kBelow = 2;
constexpr Span kSelfAndBelow = kSelf | kBelow;

Span span_of(filter::Reach reach);
filter::Reach reach_of(Span span);  // REQUIRES: not kNothing

// Names in any case, each with the span that rules cover.
class CoveredNames {
 public:
  void add(const dns::Name& name, Span span);
  // What of the name and what is under it is covered by one rule: by the name's own, or by one above it.
  Span covered(const dns::Name& name) const;
  // The name's own.
  Span at(const dns::Name& lower_name) const;

 private:
  std::unordered_map<dns::Name, Span> names_;  // lower case
};

// What a rule's $denyallow takes away from it.
struct Denyallow {
  std::vector<dns::Name> names;  // lower case
  std::string_view why_not;      // empty when it can be honoured
};
// REQUIRES: a rule of kName or kPattern that has one.
Denyallow parse_denyallow(const AdblockRule& rule);

class AdblockPrecedence {
 public:
  void survey(std::string_view text);
  // No rule of the list says anything of another.
  bool is_empty() const { return is_empty_; }

  // Whether a line with $badfilter takes this rule back; and whether this rule, which has $badfilter, takes one back.
  bool is_taken_back(const AdblockRule& rule) const;
  bool takes_back(const AdblockRule& rule) const;
  // What a name rule or exception covers that counts; the rest is settled by another's $important.
  Span span_that_counts(const dns::Name& name, filter::Reach reach, filter::Exception exception, bool important) const;
  // Why $important cannot be honoured; empty when it can, and for a rule that does not have it.
  std::string_view why_not_important(const AdblockRule& rule) const;
  // The same of $denyallow, for what one rule alone cannot know.
  std::string_view why_not_denyallow(const AdblockRule& rule) const;
  // Whether $denyallow must be said in the rule's expression.
  bool excepts_by_expression(const AdblockRule& rule) const {
    return rule.kind == AdblockRule::Kind::kPattern || has_patterns_;
  }
  // What of a name that a $denyallow has is to be an exception: what the rules that speak of it do not cover.
  // REQUIRES: lower case.
  Span span_to_except(const dns::Name& name) const;

 private:
  struct DenyallowRule {
    Span span = kNothing;
    std::vector<dns::Name> except;  // lower case
  };
  void note_modified(const AdblockRule& rule);
  void note_watched(const dns::Name& name, filter::Reach reach, filter::Exception exception, bool important);
  bool has_denyallow_rule(const dns::Name& at, Span span, const dns::Name& covering) const;
  bool is_covered(const dns::Name& name, Span part) const;
  void watch(const dns::Name& name);

  std::unordered_map<std::string, bool> taken_back_;  // by the rule without $badfilter: is there such a rule?
  CoveredNames important_rules_;
  CoveredNames important_exceptions_;
  std::unordered_map<dns::Name, std::vector<DenyallowRule>> denyallow_rules_;  // by their names, in lower case
  std::unordered_set<dns::Name> watched_;  // the names of $denyallow and all above them
  CoveredNames rules_;                     // of the watched names, without those that have $denyallow
  CoveredNames exceptions_;                // of the watched names
  std::size_t denyallow_names_ = 0;
  bool is_empty_ = true;
  bool has_patterns_ = false;
  bool has_exceptions_ = false;          // that are not important, or are made of $denyallow
  bool has_pattern_exceptions_ = false;  // that are not important
};

}  // namespace schoolgate::lists

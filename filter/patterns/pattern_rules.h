// PatternRules: the pattern rules of an image, and the set that matches them. See pattern_set.h for what a pattern is.
//
// Thread contract: immutable after opening; any number of threads, each with its own scratch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filter/file/sectioned_file.h"
#include "filter/patterns/pattern_set.h"
#include "filter/rules/rule.h"

namespace schoolgate::filter {

struct PatternGuard;  // guarded_patterns.h

struct PatternRule {
  ListNumber list = 0;
  Exception exception = Exception::kNo;
  std::uint32_t line = 0;
  std::string expression;
  std::string text;                                      // the line as written
  auto operator<=>(const PatternRule&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};

// What a pattern whose match is not known for certain counts as: a rule as matched, an exception as not. Whoever owns a name
// chooses what is in front of it, and must not come through the filter by wearing a pattern out.
inline bool counts(const PatternRule& rule, PatternSet::Match match) {
  return match == PatternSet::Match::kYes || rule.exception == Exception::kNo;
}

// What a pattern says that is a name rule in every respect.
struct FoldedRule {
  ListNumber list = 0;
  Exception exception = Exception::kNo;
  std::uint32_t line = 0;
  NamePart part;
  std::string text;
};

void encode_patterns(const std::vector<PatternRule>& rules, std::string& out);
// False for octets that are no patterns, or name a list that is not there.
bool parse_patterns(Octets octets, std::size_t lists, std::vector<PatternRule>& rules);

class PatternRules {
 public:
  // What a build makes of patterns. Those that are refused, would block what is guarded, or hit too many popular names, are
  // in `rejected`; what is nothing but names is in `names` alone.
  struct Built;
  static base::Result<Built> build(std::vector<PatternRule> rules, const std::vector<ListEntry>& lists,
                                   const PatternGuard& guard, const std::vector<dns::Name>& popular);
  // Takes the compiled set of `compiled_path` when it is there and fits; else compiles, and writes the file anew if it can.
  // kDamaged for a rule that cannot be compiled: the builder would have left it out.
  static base::Result<PatternRules> open(std::vector<PatternRule> rules, const std::string& compiled_path,
                                         const Digest& image);
  // The file for open(); empty when there are no rules.
  base::Result<std::string> encode_compiled(const Digest& image) const;

  PatternRules() = default;
  const std::vector<PatternRule>& rules() const { return rules_; }
  bool empty() const { return rules_.empty(); }
  // open() found no compiled set that fits.
  bool was_compiled() const { return was_compiled_; }
  const PatternSet& set() const { return set_; }

 private:
  PatternRules(std::vector<PatternRule> rules, PatternSet set) : rules_(std::move(rules)), set_(std::move(set)) {}
  std::vector<PatternRule> rules_;  // sorted: a rule's number is its place
  PatternSet set_;
  bool was_compiled_ = false;
};

struct PatternRules::Built {
  PatternRules rules;
  std::vector<FoldedRule> names;
  std::vector<RejectedRule> rejected;
};

}  // namespace schoolgate::filter

// NaiveFilter: what the filter should say, worked out in the slowest and plainest way: every rule is tried against every
// name, labels are compared as vectors of strings, patterns are POSIX extended regular expressions. A pattern written
// (^|\.)NAME$, ^NAME$, \.NAME$ or (^|\.|-)NAME$ is the name rule that it says, and the last of them the pattern -NAME$
// too. The oracle for the trie, the pattern set and explain().
#pragma once

#include <regex.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "dns/name.h"
#include "filter/image.h"

namespace schoolgate::test_support {

struct NaiveRule {
  filter::ListNumber list = 0;
  filter::Exception exception = filter::Exception::kNo;
  filter::Reach reach = filter::Reach::kBoth;
  dns::Name name;          // of a name rule
  std::string expression;  // of a pattern; empty for a name rule
  std::uint32_t line = 0;
};

// Enough of a hit to compare: list, line, exception, in force.
using NaiveHit = std::tuple<filter::ListNumber, std::uint32_t, bool, bool>;

class NaiveFilter {
 public:
  explicit NaiveFilter(std::vector<filter::TagNumber> tag_of_list) : tags_(std::move(tag_of_list)) {}

  void add(NaiveRule rule) {
    given_.push_back(rule);
    static const std::vector<std::tuple<std::string, filter::Reach, std::string>> kForms = {
        {"(^|\\.|-)", filter::Reach::kBoth, "-"},
        {"(^|\\.)", filter::Reach::kBoth, ""},
        {"^", filter::Reach::kExact, ""},
        {"\\.", filter::Reach::kSubdomains, ""},
    };
    for (const auto& [start, reach, rest] : kForms) {
      const auto said = name_between(start, rule.expression);
      if (!said) continue;
      NaiveRule named = rule;
      named.expression.clear();
      named.name = *said;
      named.reach = reach;
      rules_.push_back(named);
      if (rest.empty()) return;
      rule.expression = rest + rule.expression.substr(start.size());
      break;
    }
    rules_.push_back(std::move(rule));
  }
  // As they were added.
  const std::vector<NaiveRule>& rules() const { return given_; }

  filter::TagSet classify(const dns::Name& name) const {
    filter::TagSet tags;
    for (const NaiveRule& rule : rules_) {
      if (in_force(rule, name)) tags.set(tags_[rule.list]);
    }
    return tags;
  }

  std::optional<filter::ListNumber> list_of(const dns::Name& name, filter::TagNumber tag) const {
    for (filter::ListNumber list = 0; list < tags_.size(); ++list) {
      for (const NaiveRule& rule : rules_) {
        if (rule.list == list && tags_[list] == tag && in_force(rule, name)) return list;
      }
    }
    return std::nullopt;
  }

  // Sorted; a line once, in force if anything of it is.
  std::vector<NaiveHit> explain(const dns::Name& name) const {
    std::map<std::tuple<filter::ListNumber, std::uint32_t, bool>, bool> lines;
    for (const NaiveRule& rule : rules_) {
      if (covers(rule, name)) lines[{rule.list, rule.line, is_exception(rule)}] |= in_force(rule, name);
    }
    std::vector<NaiveHit> hits;
    for (const auto& [line, is_in_force] : lines) hits.push_back(std::tuple_cat(line, std::tuple(is_in_force)));
    return hits;
  }

 private:
  static bool is_exception(const NaiveRule& rule) { return rule.exception == filter::Exception::kYes; }
  static bool is_pattern(const NaiveRule& rule) { return !rule.expression.empty(); }

  // "ads.example" of START + "ads\\.example$".
  static std::optional<dns::Name> name_between(const std::string& start, const std::string& expression) {
    if (!expression.starts_with(start) || !expression.ends_with('$')) return std::nullopt;
    std::string text;
    for (std::size_t i = start.size(); i + 1 < expression.size(); ++i) {
      const char c = expression[i];
      if (c == '\\' && expression[i + 1] == '.') {
        text += '.';
        ++i;
      } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') {
        text += c;
      } else {
        return std::nullopt;
      }
    }
    auto name = dns::Name::parse(text);
    if (!name) return std::nullopt;
    return *name;
  }

  // As patterns see it: a dot is the edge of a label, always.
  static std::string text_of(const dns::Name& name) {
    std::string text;
    const auto wire = name.wire();
    for (std::size_t at = 0; wire[at] != 0; at += wire[at] + 1u) {
      if (at != 0) text += '.';
      for (std::size_t i = at + 1; i <= at + wire[at]; ++i) {
        const unsigned octet = wire[i];
        const bool is_plain = octet > 0x20 && octet < 0x7f && octet != '.';
        if (octet == '\\' || octet == '"') text += '\\';
        if (is_plain) {
          text += static_cast<char>(octet);
        } else {
          text += '\\';
          text += std::to_string(1000 + octet).substr(1);
        }
      }
    }
    return text;
  }

  // From the right: {"com", "example", "www"}.
  static std::vector<std::string> labels(const dns::Name& name) {
    std::vector<std::string> labels;
    const auto wire = name.wire();
    for (std::size_t at = 0; wire[at] != 0; at += wire[at] + 1u) {
      labels.insert(labels.begin(), std::string(wire.begin() + static_cast<long>(at) + 1,
                                                wire.begin() + static_cast<long>(at) + 1 + wire[at]));
    }
    return labels;
  }

  static bool matches(const std::string& expression, const std::string& text) {
    regex_t compiled;
    if (::regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0) std::abort();
    const bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    ::regfree(&compiled);
    return found;
  }

  static bool covers(const NaiveRule& rule, const dns::Name& name) {
    if (is_pattern(rule)) {
      return !name.is_root() && matches(rule.expression, text_of(name));
    }
    const auto ours = labels(rule.name.lowered());
    const auto theirs = labels(name);
    if (ours == theirs) return rule.reach != filter::Reach::kSubdomains;
    if (rule.reach == filter::Reach::kExact || ours.size() >= theirs.size()) return false;
    return std::equal(ours.begin(), ours.end(), theirs.begin());
  }

  // An exception pattern lifts all of its list. An exception by name lifts the list's rules that are not deeper, and
  // its patterns unless a deeper rule of the list has the last word.
  bool in_force(const NaiveRule& rule, const dns::Name& name) const {
    if (is_exception(rule) || !covers(rule, name)) return false;
    for (const NaiveRule& other : rules_) {
      if (other.list != rule.list || !is_exception(other) || !covers(other, name)) continue;
      if (is_pattern(other)) return false;
      const std::size_t depth = labels(other.name).size();
      if (is_pattern(rule) ? !has_deeper_rule(other, depth, name) : depth >= labels(rule.name).size()) return false;
    }
    return true;
  }

  bool has_deeper_rule(const NaiveRule& exception, std::size_t depth, const dns::Name& name) const {
    return std::any_of(rules_.begin(), rules_.end(), [&](const NaiveRule& rule) {
      return rule.list == exception.list && !is_exception(rule) && !is_pattern(rule) && covers(rule, name) &&
             labels(rule.name).size() > depth;
    });
  }

  std::vector<filter::TagNumber> tags_;
  std::vector<NaiveRule> given_;
  std::vector<NaiveRule> rules_;  // with patterns as what they say
};

}  // namespace schoolgate::test_support

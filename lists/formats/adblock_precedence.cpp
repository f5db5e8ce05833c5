#include "lists/formats/adblock_precedence.h"

#include <algorithm>
#include <array>
#include <functional>

#include "lists/formats/hosts.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using filter::Reach;
using Kind = AdblockRule::Kind;

// Rules of one name, and names of a list. More could take minutes to hold against each other, and no list has them.
constexpr std::size_t kMostDenyallowRules = 4;
constexpr std::size_t kMostDenyallowNames = 100'000;

constexpr std::array<std::string_view, 3> kWords = {"badfilter", "important", "denyallow"};

// As a modifier, not in a name.
bool has_modifier(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (at > 0 && (text[at - 1] == '$' || text[at - 1] == ',')) return true;
  }
  return false;
}

// The rule without $badfilter, its modifiers in one order.
std::string key_of(const AdblockRule& rule) {
  std::vector<std::string_view> words;
  for (std::string_view rest = rule.modifiers.text; !rest.empty();) {
    if (const auto word = take_part(rest, ','); word != "badfilter") words.push_back(word);
  }
  std::ranges::sort(words);
  std::string key = rule.exception == Exception::kYes ? "@@" : "";
  key += rule.pattern;
  for (const std::string_view word : words) key.append("$").append(word);
  return key;
}

class NameSink final : public RuleSink {
 public:
  using Visit = std::function<void(const dns::Name& name)>;
  explicit NameSink(Visit visit) : visit_(std::move(visit)) {}
  void take(const Line&, Reach, Exception, const dns::Name& name) override { visit_(name); }
  void take_pattern(const Line&, Exception, std::string_view) override {}
  void reject(const Line&, std::string_view) override {}
  void skip(const Line&) override {}

 private:
  Visit visit_;
};

void read_rules(std::string_view text, const std::function<void(const Line&, const AdblockRule&)>& visit) {
  NameSink nobody([](const dns::Name&) {});
  read_rule_lines(text, nobody, [&visit](const Line& line, RuleSink&) { visit(line, parse_adblock_rule(line.text)); });
}

bool is_at_or_below_any(const dns::Name& name, const std::vector<dns::Name>& ancestors) {
  return std::ranges::any_of(ancestors, [&name](const dns::Name& ancestor) { return name.is_at_or_below(ancestor); });
}

}  // namespace

Span span_of(Reach reach) {
  return reach == Reach::kExact ? kSelf : reach == Reach::kSubdomains ? kBelow : kSelfAndBelow;
}

Reach reach_of(Span span) { return span == kSelf ? Reach::kExact : span == kBelow ? Reach::kSubdomains : Reach::kBoth; }

void CoveredNames::add(const dns::Name& name, Span span) { names_[name.lowered()] |= span; }

Span CoveredNames::covered(const dns::Name& name) const {
  if (names_.empty()) return kNothing;
  dns::Name ancestor = name.lowered();
  const auto own = names_.find(ancestor);
  while (!ancestor.is_root()) {
    ancestor = ancestor.parent();
    const auto found = names_.find(ancestor);
    if (found != names_.end() && (found->second & kBelow) != 0) return kSelfAndBelow;
  }
  return own == names_.end() ? kNothing : own->second;
}

Span CoveredNames::at(const dns::Name& lower_name) const {
  const auto found = names_.find(lower_name);
  return found == names_.end() ? kNothing : found->second;
}

Denyallow parse_denyallow(const AdblockRule& rule) {
  if (rule.exception == Exception::kYes) return {{}, "$denyallow: has no meaning on an exception"};
  // An exception would count for what the rule leaves out too, and then must not.
  if (rule.modifiers.important) return {{}, "$denyallow: not together with $important"};
  if (rule.kind == Kind::kPattern && rule.pattern.starts_with('/')) {
    return {{}, "$denyallow: on a regular expression, which can leave names out itself"};
  }
  Denyallow denyallow;
  const dns::Name lower_name = rule.name.lowered();
  for (std::string_view rest = rule.modifiers.denyallow; !rest.empty();) {
    const std::string_view word = take_part(rest, '|');
    if (word.ends_with(".*")) return {{}, "$denyallow: has a wildcard, which stands for domains that we do not know"};
    const auto name = parse_rule_name(word);
    if (!name) return {{}, "$denyallow: not a list of names with '|' between them"};
    denyallow.names.push_back(name->lowered());
    const bool covers_rule = rule.kind == Kind::kName && lower_name.is_at_or_below(denyallow.names.back());
    if (covers_rule) return {{}, "$denyallow: leaves nothing of the rule"};
  }
  // The rest are names that the rule says nothing of as it is.
  if (rule.kind == Kind::kName) {
    std::erase_if(denyallow.names, [&](const dns::Name& name) {
      return rule.reach == Reach::kExact || !name.is_at_or_below(lower_name);
    });
  }
  return denyallow;
}

void AdblockPrecedence::survey(std::string_view text) {
  if (std::ranges::none_of(kWords, [text](std::string_view word) { return has_modifier(text, word); })) return;
  is_empty_ = false;
  read_rules(text, [this](const Line&, const AdblockRule& rule) {
    if (rule.modifiers.badfilter) taken_back_.emplace(key_of(rule), false);
  });
  read_rules(text, [this](const Line&, const AdblockRule& rule) {
    if (rule.modifiers.badfilter) return;
    if (const auto found = taken_back_.empty() ? taken_back_.end() : taken_back_.find(key_of(rule));
        found != taken_back_.end()) {
      found->second = true;
    } else {
      note_modified(rule);
    }
  });
  if (has_pattern_exceptions_) important_rules_ = {};  // why_not_important() rejects them all
  if (watched_.empty()) return;
  read_rules(text, [this](const Line& line, const AdblockRule& rule) {
    if (rule.kind == Kind::kHosts) {
      NameSink names([this](const dns::Name& name) { note_watched(name, Reach::kExact, Exception::kNo, false); });
      read_hosts_line(line, names);
    } else if (rule.kind == Kind::kName && rule.modifiers.denyallow.empty() && !rule.modifiers.badfilter &&
               !is_taken_back(rule) && why_not_important(rule).empty()) {
      note_watched(rule.name, rule.reach, rule.exception, rule.modifiers.important);
    }
  });
}

void AdblockPrecedence::note_modified(const AdblockRule& rule) {
  const bool is_name = rule.kind == Kind::kName;
  if (!is_name && rule.kind != Kind::kPattern) return;
  const bool important = rule.modifiers.important;
  if (rule.exception == Exception::kYes) {
    if (important && is_name) important_exceptions_.add(rule.name, span_of(rule.reach));
    has_exceptions_ = has_exceptions_ || !important;
    has_pattern_exceptions_ = has_pattern_exceptions_ || (!important && !is_name);
    return;
  }
  has_patterns_ = has_patterns_ || !is_name;
  if (important && is_name && rule.modifiers.denyallow.empty()) important_rules_.add(rule.name, span_of(rule.reach));
  if (rule.modifiers.denyallow.empty() || !is_name) return;
  Denyallow denyallow = parse_denyallow(rule);
  if (!denyallow.why_not.empty()) return;
  has_exceptions_ = true;
  denyallow_names_ += denyallow.names.size();
  for (const dns::Name& name : denyallow.names) watch(name);
  denyallow_rules_[rule.name.lowered()].push_back({span_of(rule.reach), std::move(denyallow.names)});
}

void AdblockPrecedence::watch(const dns::Name& name) {
  for (dns::Name ancestor = name; !ancestor.is_root(); ancestor = ancestor.parent()) watched_.insert(ancestor);
}

void AdblockPrecedence::note_watched(const dns::Name& name, Reach reach, Exception exception, bool important) {
  if (!watched_.contains(name.lowered())) return;
  (exception == Exception::kYes ? exceptions_ : rules_).add(name, span_that_counts(name, reach, exception, important));
}

bool AdblockPrecedence::is_taken_back(const AdblockRule& rule) const {
  return !taken_back_.empty() && taken_back_.contains(key_of(rule));
}

bool AdblockPrecedence::takes_back(const AdblockRule& rule) const {
  const auto found = taken_back_.find(key_of(rule));
  return found != taken_back_.end() && found->second;
}

Span AdblockPrecedence::span_that_counts(const dns::Name& name, Reach reach, Exception exception,
                                         bool important) const {
  const Span span = span_of(reach);
  if (exception == Exception::kNo) return span & static_cast<Span>(~important_exceptions_.covered(name));
  return important ? span : span & static_cast<Span>(~important_rules_.covered(name));
}

std::string_view AdblockPrecedence::why_not_important(const AdblockRule& rule) const {
  if (!rule.modifiers.important || rule.exception == Exception::kYes) return {};
  if (rule.kind == Kind::kPattern && has_exceptions_) {
    return "$important: the rule is a pattern, and the list has exceptions, which would lift it";
  }
  if (rule.kind == Kind::kName && has_pattern_exceptions_) {
    return "$important: the list has exceptions that are patterns, and they would lift it";
  }
  return {};
}

// Whether one of them covers the name and does not leave it out.
bool AdblockPrecedence::has_denyallow_rule(const dns::Name& at, Span span, const dns::Name& covering) const {
  const auto found = denyallow_rules_.find(at);
  if (found == denyallow_rules_.end() || found->second.size() > kMostDenyallowRules) return false;
  return std::ranges::any_of(found->second, [&](const DenyallowRule& rule) {
    return (rule.span & span) != 0 && !is_at_or_below_any(covering, rule.except);
  });
}

// The deepest rule that speaks of the name decides, at equal depth the exception, as in the filter.
bool AdblockPrecedence::is_covered(const dns::Name& name, Span part) const {
  for (dns::Name at = name; !at.is_root(); at = at.parent()) {
    const Span span = at == name ? part : kBelow;
    if ((exceptions_.at(at) & span) != 0) return false;
    if ((rules_.at(at) & span) != 0 || has_denyallow_rule(at, span, name)) return true;
  }
  return false;
}

std::string_view AdblockPrecedence::why_not_denyallow(const AdblockRule& rule) const {
  if (denyallow_names_ > kMostDenyallowNames) return "$denyallow: more than 100,000 names in one list";
  const auto found = denyallow_rules_.find(rule.name.lowered());
  const bool too_many = found != denyallow_rules_.end() && found->second.size() > kMostDenyallowRules;
  return too_many && rule.kind == Kind::kName ? "$denyallow: on more than four rules of this name" : "";
}

Span AdblockPrecedence::span_to_except(const dns::Name& name) const {
  Span span = kNothing;
  for (const Span part : {kSelf, kBelow}) {
    if (!is_covered(name, part)) span |= part;
  }
  return span;
}

}  // namespace schoolgate::lists

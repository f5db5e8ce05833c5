#include "filter/patterns/guarded_patterns.h"

#include <string_view>

#include "filter/patterns/name_text.h"
#include "filter/patterns/spelled_names.h"

namespace schoolgate::filter {
namespace {

// Of the names below a protected one those are tried that sites have, for people and for what a page is made of.
constexpr std::string_view kUsualLabels[] = {"www",  "m",   "mobile", "app",    "api",  "login", "help", "support",
                                             "chat", "ask", "cdn",    "static", "mail", "en",    "cy"};

std::string why_names_set_aside(const PatternRule& rule, const PatternParts& parts, const PatternGuard& guard) {
  if (guard.why_set_aside == nullptr) return {};
  for (const NamePart& part : parts.names) {
    std::string why = guard.why_set_aside(rule.list, part.reach, part.name);
    if (!why.empty()) return why;
  }
  return {};
}

// Tries names with all patterns at once.
class Trial {
 public:
  Trial(const PatternSet& set, PatternSet::Scratch scratch, std::vector<std::string>& reasons)
      : set_(set), scratch_(std::move(scratch)), reasons_(reasons) {}

  // The names themselves first: theirs is the better reason.
  void try_all(const std::vector<PatternGuard::Protected>& names) {
    for (const PatternGuard::Protected& name : names) try_name(name.name, name.why);
    for (const std::string_view label : kUsualLabels) {
      for (const PatternGuard::Protected& name : names) {
        const auto below = name.and_below ? name.name.with_prefix(label) : std::nullopt;
        if (below) try_name(*below, name.why);
      }
    }
  }

 private:
  void try_name(const dns::Name& name, const std::string& why) {
    why_ = &why;
    set_.scan(NameText(name).view(), scratch_, note, this);
  }
  static void note(std::uint32_t rule, PatternSet::Match, void* into) {
    auto& self = *static_cast<Trial*>(into);
    if (self.reasons_[rule].empty()) self.reasons_[rule] = *self.why_;
  }

  const PatternSet& set_;
  PatternSet::Scratch scratch_;
  std::vector<std::string>& reasons_;
  const std::string* why_ = nullptr;
};

// What no trial finds: nobody knows all names below a protected one.
class Aim {
 public:
  explicit Aim(const PatternGuard& guard) : names_(below(guard)) {
    for (const PatternGuard::Protected& name : guard.names) {
      if (name.and_below) reasons_.push_back(&name.why);
    }
  }
  std::string why_set_aside(const PatternRule& rule) const {
    const auto found = names_.find_aimed_at(rule.expression);
    return found ? *reasons_[*found] : std::string();
  }

 private:
  static std::vector<dns::Name> below(const PatternGuard& guard) {
    std::vector<dns::Name> names;
    for (const PatternGuard::Protected& name : guard.names) {
      if (name.and_below) names.push_back(name.name);
    }
    return names;
  }

  SpelledNames names_;
  std::vector<const std::string*> reasons_;  // by the place in names_
};

}  // namespace

base::Result<std::vector<PatternSet::Refusal>> find_guarded(const std::vector<PatternRule>& rules,
                                                            const PatternSet& set, const PatternGuard& guard) {
  std::vector<std::string> reasons;  // by rule: the first
  std::vector<bool> is_told;         // by rule: its names say all of it
  for (const PatternRule& rule : rules) {
    const PatternParts parts = take_apart(rule.expression);
    is_told.push_back(parts.kind == PatternParts::Kind::kParts && parts.literals.empty());
    reasons.push_back(why_names_set_aside(rule, parts, guard));
  }
  auto scratch = set.make_scratch();
  if (!scratch) return scratch.error();
  Trial(set, std::move(*scratch), reasons).try_all(guard.names);
  const Aim aim(guard);
  std::vector<PatternSet::Refusal> guarded;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].exception == Exception::kYes) continue;
    if (reasons[i].empty() && !is_told[i]) reasons[i] = aim.why_set_aside(rules[i]);
    if (!reasons[i].empty()) guarded.push_back({i, reasons[i], true});
  }
  return guarded;
}

}  // namespace schoolgate::filter

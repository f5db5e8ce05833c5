#include "filter/patterns/guarded_patterns.h"

#include "filter/patterns/name_text.h"

namespace schoolgate::filter {
namespace {

std::string why_names_set_aside(const PatternRule& rule, const PatternGuard& guard) {
  if (guard.why_set_aside == nullptr) return {};
  for (const NamePart& part : take_apart(rule.expression).names) {
    std::string why = guard.why_set_aside(rule.list, part.reach, part.name);
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace

base::Result<std::vector<PatternSet::Refusal>> find_guarded(const std::vector<PatternRule>& rules,
                                                            const PatternSet& set, const PatternGuard& guard) {
  std::vector<std::string> reasons;  // by rule: the first
  for (const PatternRule& rule : rules) reasons.push_back(why_names_set_aside(rule, guard));
  auto scratch = set.make_scratch();
  if (!scratch) return scratch.error();
  struct Matched {
    std::vector<std::string>& reasons;
    const std::string* why = nullptr;
  } matched{reasons};
  for (const PatternGuard::Protected& name : guard.names) {
    matched.why = &name.why;
    const auto visit = [](std::uint32_t rule, PatternSet::Match, void* into) {
      auto& to = *static_cast<Matched*>(into);
      if (to.reasons[rule].empty()) to.reasons[rule] = *to.why;
    };
    set.scan(NameText(name.name).view(), *scratch, visit, &matched);
  }
  std::vector<PatternSet::Refusal> guarded;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].exception == Exception::kNo && !reasons[i].empty()) guarded.push_back({i, reasons[i], true});
  }
  return guarded;
}

}  // namespace schoolgate::filter

#include "filter/patterns/pattern_plan.h"

#include <map>
#include <string_view>
#include <unordered_map>

namespace schoolgate::filter {
namespace {

std::string fault_of(const std::string& expression, PatternParts::Kind kind) {
  if (expression.empty()) return "it is empty";
  if (kind == PatternParts::Kind::kEverything) return "it matches every name";
  if (kind == PatternParts::Kind::kNothing) return "no name can match it";
  return {};
}

}  // namespace

PatternPlan PatternPlan::without_parts(const std::vector<std::string>& patterns) {
  PatternPlan plan;
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::uint32_t pattern = 0; pattern < patterns.size(); ++pattern) {
    const auto [found, is_new] = places.try_emplace(patterns[pattern], plan.expressions.size());
    if (is_new) plan.expressions.push_back({patterns[pattern], {}, {}, {}});
    plan.expressions[found->second].patterns.push_back(pattern);
  }
  return plan;
}

PatternPlan PatternPlan::of(const std::vector<std::string>& patterns) {
  PatternPlan plan = without_parts(patterns);
  for (Expression& expression : plan.expressions) {
    expression.parts = take_apart(expression.text);
    expression.fault = fault_of(expression.text, expression.parts.kind);
  }
  return plan;
}

PatternPlan::Literals PatternPlan::literals() const {
  Literals made;
  std::map<std::string_view, std::vector<LiteralUse>> uses;
  for (std::uint32_t i = 0; i < expressions.size(); ++i) {
    const Expression& expression = expressions[i];
    if (!expression.fault.empty()) continue;
    for (const LiteralPart& part : expression.parts.literals) {
      uses[part.text].push_back({i, LiteralUse::Kind::kMatches, part.before, part.after});
    }
    for (const LiteralPart& part : expression.parts.triggers) {
      uses[part.text].push_back({i, LiteralUse::Kind::kTriggers, part.before, part.after});
    }
  }
  for (auto& [text, of_text] : uses) {
    made.first_use.push_back(static_cast<std::uint32_t>(made.uses.size()));
    made.uses.insert(made.uses.end(), of_text.begin(), of_text.end());
    made.texts.emplace_back(text);
  }
  made.first_use.push_back(static_cast<std::uint32_t>(made.uses.size()));
  return made;
}

std::vector<std::uint32_t> PatternPlan::engine_expressions(Asked asked) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < expressions.size(); ++i) {
    const PatternParts& parts = expressions[i].parts;
    if (!expressions[i].fault.empty() || parts.kind != PatternParts::Kind::kNeedsEngine) continue;
    if (parts.triggers.empty() == (asked == Asked::kAlways)) found.push_back(i);
  }
  return found;
}

}  // namespace schoolgate::filter

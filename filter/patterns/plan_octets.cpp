#include "filter/patterns/plan_octets.h"

#include <xxhash.h>

#include <utility>

namespace schoolgate::filter {
namespace {

using Kind = PatternParts::Kind;

enum class How : std::uint8_t { kParts = 0, kEngine = 1, kConfirmed = 2 };

std::uint64_t check_of(const PatternPlan& plan) {
  std::uint64_t check = 0;
  for (const PatternPlan::Expression& one : plan.expressions) {
    check = XXH3_64bits_withSeed(one.text.data(), one.text.size(), check);
  }
  return check;
}

void append_distance(std::string& to, const Distance& distance) {
  append(to, distance.min);
  append(to, distance.max);
}

void append_literals(std::string& to, const std::vector<LiteralPart>& literals) {
  append_varint(to, static_cast<std::uint32_t>(literals.size()));
  for (const LiteralPart& literal : literals) {
    append_text(to, literal.text);
    append_distance(to, literal.before);
    append_distance(to, literal.after);
  }
}

How how_of(const PatternPlan::Expression& expression) {
  if (expression.parts.kind == Kind::kParts) return How::kParts;
  return expression.is_confirmed ? How::kConfirmed : How::kEngine;
}

Distance take_distance(OctetReader& from) {
  const auto min = from.number<std::uint16_t>();
  return {min, from.number<std::uint16_t>()};
}

// False at octets that are no literals: an empty one would stand in every name, and one that is too long in none.
bool take_literals(OctetReader& from, std::vector<LiteralPart>& literals) {
  constexpr std::size_t kLongestText = 1000;
  for (std::uint32_t left = from.varint(); left > 0 && from.is_good(); --left) {
    LiteralPart& literal = literals.emplace_back();
    literal.text = from.text();
    literal.before = take_distance(from);
    literal.after = take_distance(from);
    if (literal.text.empty() || literal.text.size() > kLongestText) return false;
  }
  return from.is_good();
}

bool take_expression(OctetReader& from, PatternPlan::Expression& expression) {
  const auto how = from.number<std::uint8_t>();
  if (how > static_cast<std::uint8_t>(How::kConfirmed)) return false;
  expression.parts.kind = how == static_cast<std::uint8_t>(How::kParts) ? Kind::kParts : Kind::kNeedsEngine;
  expression.is_confirmed = how == static_cast<std::uint8_t>(How::kConfirmed);
  PatternParts& parts = expression.parts;
  if (!take_literals(from, parts.literals) || !take_literals(from, parts.triggers)) return false;
  // What has an engine has no other parts, and nothing else has triggers: a trigger without an engine leads nowhere.
  return parts.kind == Kind::kParts ? parts.triggers.empty() : parts.literals.empty();
}

}  // namespace

std::string encode_plan(const PatternPlan& plan) {
  std::string octets;
  append(octets, check_of(plan));
  for (const PatternPlan::Expression& expression : plan.expressions) {
    octets += static_cast<char>(how_of(expression));
    append_literals(octets, expression.parts.literals);
    append_literals(octets, expression.parts.triggers);
  }
  return octets;
}

std::optional<PatternPlan> read_plan(const std::vector<std::string>& patterns, Octets octets) {
  PatternPlan plan = PatternPlan::without_parts(patterns);
  OctetReader reader(octets);
  if (reader.number<std::uint64_t>() != check_of(plan)) return std::nullopt;
  for (PatternPlan::Expression& expression : plan.expressions) {
    if (!take_expression(reader, expression)) return std::nullopt;
  }
  if (!reader.is_good() || !reader.is_at_end()) return std::nullopt;
  return plan;
}

}  // namespace schoolgate::filter

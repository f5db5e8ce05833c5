// Which engine matches which expression: a plan of a pattern set, made from the expressions alone. plan_octets.h keeps it in
// a file, beside the compiled databases.
//
// Expressions that several rules share are there once; a pattern is one rule's place among all that were given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "filter/patterns/pattern_parts.h"

namespace schoolgate::filter {

// What it means that a literal stands somewhere: the expression matches, or its engine is to be asked.
struct LiteralUse {
  enum class Kind : std::uint8_t { kMatches, kTriggers };
  std::uint32_t expression = 0;
  Kind kind = Kind::kMatches;
  Distance before;
  Distance after;
};

struct PatternPlan {
  struct Expression {
    std::string text;
    PatternParts parts;
    std::vector<std::uint32_t> patterns;
    // "" when it is taken.
    std::string fault;
    bool is_confirmed = false;  // found by a prefilter, confirmed by PCRE2
  };
  // By their first pattern. The faults are those that parts and names of their own have; the engine's come later.
  std::vector<Expression> expressions;

  static PatternPlan of(const std::vector<std::string>& patterns);
  // The same before the expressions are taken apart.
  static PatternPlan without_parts(const std::vector<std::string>& patterns);

  // The database of literals, and their uses by literal. Expressions with a fault are left out, here and below.
  struct Literals {
    std::vector<std::string> texts;
    std::vector<LiteralUse> uses;
    std::vector<std::uint32_t> first_use;  // of each literal, and where the last one's end
  };
  Literals literals() const;

  // Those that need the engine, by their place in `expressions`.
  enum class Asked { kWhenTriggered, kAlways };
  std::vector<std::uint32_t> engine_expressions(Asked asked) const;
};

}  // namespace schoolgate::filter

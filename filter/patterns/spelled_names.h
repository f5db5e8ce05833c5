// SpelledNames: does an expression aim at names below one of some given names?
//
//     ^ask\.help\.example$, [a-z]+\.help\.ex, -(chat|ask)\.h[e3]lp\.     below help.example, among others
//     ^ask\., [0-9]\.[a-z]+\.example$                                    at whatever is called so, or has such a name
//
// It does when it may match a name below the given one and, in that match, spells out the given one's first label, or as much
// more as makes four octets ("nhs."), behind the dot. One that only may match, as half of all patterns do, is about something
// else.
//
// Thread contract: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.h"
#include "filter/patterns/expression_automaton.h"

namespace schoolgate::filter {

class SpelledNames {
 public:
  // What an expression may cost, as ExpressionAutomaton counts: 0.2 ms. Of the 1,978 public patterns that are more than names the
  // costliest needs 3,560; one in a hundred over 680.
  static constexpr std::uint64_t kMostWork = 100'000;

  explicit SpelledNames(const std::vector<dns::Name>& names);

  // The place of the first such name, in their order of text. Absent too when it cannot be told: the expression is beyond
  // the automaton, or the work beyond kMostWork.
  std::optional<std::size_t> find_aimed_at(std::string_view expression) const;

 private:
  struct Spelled {
    std::string text;      // as patterns see it
    std::size_t size = 0;  // of what must be spelt, at the beginning of the text
    std::size_t place = 0;
  };
  using Range = std::pair<std::size_t, std::size_t>;  // of names_, where all texts are the same so far

  std::optional<std::size_t> find(ExpressionAutomaton& automaton, Range range, std::size_t depth,
                                  const ExpressionAutomaton::States& states) const;
  static bool goes_on(ExpressionAutomaton& automaton, std::string_view rest, ExpressionAutomaton::States states);

  std::vector<Spelled> names_;  // by text
};

}  // namespace schoolgate::filter

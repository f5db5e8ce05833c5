#include "lists/versions/update_check.h"

#include <fmt/format.h>

namespace schoolgate::lists {
namespace {

constexpr std::uint64_t kShrinksTo = 2;  // a half
constexpr std::uint64_t kLeastLost = 50;
constexpr std::uint64_t kGrowsTo = 10;  // tenfold
constexpr std::uint64_t kLeastGained = 1000;
constexpr std::uint64_t kGuardedOneIn = 1000;  // 0.1 %
constexpr std::uint64_t kLeastGuarded = 3;

bool shrinks(const UpdateFigures& figures) {
  return figures.rules * kShrinksTo <= figures.rules_before && figures.rules + kLeastLost <= figures.rules_before;
}

bool grows(const UpdateFigures& figures) {
  return figures.rules >= figures.rules_before * kGrowsTo && figures.rules >= figures.rules_before + kLeastGained;
}

bool is_guarded(const UpdateFigures& figures) {
  return figures.guarded >= kLeastGuarded && figures.guarded * kGuardedOneIn > figures.rules + figures.guarded;
}

}  // namespace

std::string why_hold_back(const UpdateFigures& figures) {
  const auto digits = [](std::uint64_t number) { return fmt::group_digits(number); };
  if (shrinks(figures)) {
    return fmt::format("shrinks from {} rules to {}", digits(figures.rules_before), digits(figures.rules));
  }
  if (grows(figures)) {
    return fmt::format("grows from {} rules to {}", digits(figures.rules_before), digits(figures.rules));
  }
  if (is_guarded(figures)) {
    return fmt::format("{} of its {} rules would block what is protected", digits(figures.guarded),
                       digits(figures.rules + figures.guarded));
  }
  return {};
}

}  // namespace schoolgate::lists

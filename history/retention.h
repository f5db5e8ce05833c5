// Retention: from which day on the history is kept. Pure.
//
// Deleting cannot be undone, so a clock that jumps far ahead must not make everything old. It shows as a gap of more than
// a month in the days that have a file; a long holiday looks the same, and ends with days that are stored one by one.
#pragma once

#include <optional>
#include <vector>

#include "history/day.h"

namespace schoolgate::history {

constexpr Day kLongestGap = 31;           // days
constexpr std::size_t kDaysBelieved = 7;  // stored since the gap: the clock is right

// The last day before a gap that leaves the clock in doubt: nothing should be deleted. `days`: newest first.
std::optional<Day> find_doubtful_gap(const std::vector<Day>& days, Day today);

}  // namespace schoolgate::history

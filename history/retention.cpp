#include "history/retention.h"

namespace schoolgate::history {

std::optional<Day> find_doubtful_gap(const std::vector<Day>& days, Day today) {
  Day later = today;
  std::size_t since = 0;
  for (const Day day : days) {
    if (day > today) continue;
    if (since >= kDaysBelieved) return std::nullopt;
    if (later - day > kLongestGap) return day;
    later = day;
    ++since;
  }
  return std::nullopt;
}

}  // namespace schoolgate::history

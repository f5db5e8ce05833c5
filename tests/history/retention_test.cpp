#include "history/retention.h"

#include <gtest/gtest.h>

namespace schoolgate::history {
namespace {

using Days = std::vector<Day>;

TEST(Retention, AGapOfMoreThanAMonthLeavesTheClockInDoubt) {
  struct Case {
    const char* what;
    Days days;  // newest first
    std::optional<Day> doubtful;
  };
  constexpr Day kToday = 1000;
  const std::vector<Case> cases = {
      {"nothing stored", {}, {}},
      {"yesterday", {999, 998}, {}},
      {"31 days ago", {969, 968}, {}},
      {"32 days ago", {968, 967}, 968},
      {"today after a gap", {1000, 900, 899}, 900},
      {"six days after a gap", {1000, 999, 998, 997, 996, 995, 900}, 900},
      {"seven days after a gap", {1000, 999, 998, 997, 996, 995, 994, 900}, {}},
      {"days to come do not count", {5000, 4999, 1000, 999}, {}},
      {"nor do they vouch for today", {5006, 5005, 5004, 5003, 5002, 5001, 5000, 900}, 900},
  };
  for (const Case& each : cases) EXPECT_EQ(find_doubtful_gap(each.days, kToday), each.doubtful) << each.what;
}

}  // namespace
}  // namespace schoolgate::history

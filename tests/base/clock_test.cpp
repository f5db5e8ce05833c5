#include "base/clock.h"

#include <ctime>

namespace schoolgate::base {
namespace {

TEST(SystemClock, TellsTheTimeOfDayInMicroseconds) {
  const std::int64_t now_us = SystemClock().wall_us();
  EXPECT_NEAR(static_cast<double>(now_us) / 1e6, static_cast<double>(std::time(nullptr)), 5.0);
}

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  std::int64_t last_us = clock.steady_us();
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t now_us = clock.steady_us();
    ASSERT_GE(now_us, last_us);
    last_us = now_us;
  }
}

}  // namespace
}  // namespace schoolgate::base

#include "resolver/daemon/notify_pace.h"

#include <gtest/gtest.h>

namespace schoolgate::daemon {
namespace {

using Lists = std::vector<std::string>;
constexpr std::int64_t kStartUs = 77'000'000;
constexpr std::int64_t kApartUs = NotifyPace::kLeastApartUs;

TEST(NotifyPace, TheFirstIsTakenAtOnceAndOnce) {
  NotifyPace pace;
  EXPECT_EQ(pace.take(kStartUs), Lists());
  pace.want("b");
  pace.want("a");
  pace.want("b");
  EXPECT_LE(pace.next_us(), kStartUs);
  EXPECT_EQ(pace.take(kStartUs), (Lists{"a", "b"}));
  EXPECT_EQ(pace.take(kStartUs + 100 * kApartUs), Lists()) << "nobody asked again";
  EXPECT_FALSE(pace.next_us());
}

TEST(NotifyPace, TheNextWaitsAndIsNotLost) {
  NotifyPace pace;
  pace.want("a");
  pace.take(kStartUs);
  for (int i = 0; i < 1000; ++i) pace.want("a");
  EXPECT_EQ(pace.take(kStartUs + kApartUs - 1), Lists());
  EXPECT_EQ(pace.next_us(), kStartUs + kApartUs);
  EXPECT_EQ(pace.take(kStartUs + kApartUs), Lists{"a"});
  EXPECT_FALSE(pace.next_us());
}

TEST(NotifyPace, NeverMoreOftenThanTheyMayBe) {
  NotifyPace pace;
  std::size_t taken = 0;
  for (std::int64_t now_us = kStartUs; now_us < kStartUs + 60'000'000; now_us += 1'000) {
    pace.want("a");
    taken += pace.take(now_us).size();
  }
  EXPECT_EQ(taken, 12u);
}

TEST(NotifyPace, EachListHasItsOwnTurn) {
  NotifyPace pace;
  pace.want("a");
  pace.take(kStartUs);
  pace.want("a");
  pace.want("b");
  EXPECT_LT(pace.next_us(), kStartUs);
  EXPECT_EQ(pace.take(kStartUs + 1), Lists{"b"});
  EXPECT_EQ(pace.next_us(), kStartUs + kApartUs);
}

}  // namespace
}  // namespace schoolgate::daemon

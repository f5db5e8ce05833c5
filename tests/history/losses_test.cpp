#include "history/losses.h"

#include <gtest/gtest.h>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

class LossesTest : public testing::Test {
 protected:
  std::string after(std::int64_t seconds, std::uint64_t dropped) {
    clock_.advance(seconds * kSecondUs);
    losses_.observe(dropped);
    return problems_.standing().text;
  }
  static std::string told(int count, const char* since) {
    return fmt::format("{} lookups could not be kept since 2024-10-04T{}Z: the journal was full", count, since);
  }

  FakeClock clock_;
  Problems problems_{clock_};
  Losses losses_{problems_, clock_};
};

TEST_F(LossesTest, AreToldAtOnceThenOnceAMinute) {
  EXPECT_EQ(after(0, 0), "");
  EXPECT_EQ(after(1, 5), told(5, "12:00:01"));
  EXPECT_EQ(after(1, 9), told(5, "12:00:01")) << "not each time";
  EXPECT_EQ(after(59, 9), told(9, "12:00:01"));
}

TEST_F(LossesTest, AreOverSometimeAndCountedAnew) {
  after(1, 5);
  EXPECT_NE(after(599, 5), "");
  EXPECT_EQ(after(1, 5), "");
  EXPECT_EQ(after(1, 7), told(2, "12:10:02"));
}

}  // namespace
}  // namespace schoolgate::history

#include "history/problems.h"

#include <gtest/gtest.h>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

TEST(Problems, StandUntilTheirSubjectIsCleared) {
  FakeClock clock;
  Problems problems(clock);
  EXPECT_EQ(problems.standing().text, "");
  problems.report("disk", "full");
  clock.advance(1);
  problems.report("clock", "wrong");
  EXPECT_EQ(problems.standing().text, "wrong; full");
  EXPECT_EQ(problems.standing().time_us, kNoonUs + 1);
  problems.clear("clock");
  problems.clear("never reported");
  EXPECT_EQ(problems.standing().text, "full");
  problems.clear("disk");
  EXPECT_EQ(problems.standing().text, "");
  EXPECT_EQ(problems.standing().time_us, 0);
}

TEST(Problems, TheSameAgainIsNotNews) {
  FakeClock clock;
  Problems problems(clock);
  problems.report("ring 0", "full");
  clock.advance(1);
  problems.report("ring 0", "full");
  EXPECT_EQ(problems.standing().time_us, kNoonUs);
  problems.report("ring 1", "full");
  EXPECT_EQ(problems.standing().text, "full") << "said once";
  problems.report("ring 0", "broken");
  EXPECT_EQ(problems.standing().time_us, kNoonUs + 1);
}

TEST(Problems, ManyAreCounted) {
  const FakeClock clock;
  Problems problems(clock);
  for (const char* each : {"a", "b", "c", "d", "e"}) problems.report(each, each);
  EXPECT_EQ(problems.standing().text, "a; b; c; and 2 more");
}

}  // namespace
}  // namespace schoolgate::history

#include "lists/versions/update_check.h"

#include <gtest/gtest.h>

namespace schoolgate::lists {
namespace {

TEST(WhyHoldBack, IsNothingForWhatIsNews) {
  for (const UpdateFigures& figures : {UpdateFigures{1000, 1000, 0},
                                       {1000, 501, 0},
                                       {1000, 1999, 0},
                                       {200, 1199, 0},
                                       {10'000, 99'999, 0},
                                       {1'000'000, 500'001, 500}}) {
    EXPECT_EQ(why_hold_back(figures), "") << figures.rules_before << " to " << figures.rules;
  }
}

TEST(WhyHoldBack, AHalfAndTenfoldAreOdd) {
  EXPECT_EQ(why_hold_back({12'000, 6'000, 0}), "shrinks from 12,000 rules to 6,000");
  EXPECT_EQ(why_hold_back({12'000, 0, 0}), "shrinks from 12,000 rules to 0");
  EXPECT_EQ(why_hold_back({1'000, 10'000, 0}), "grows from 1,000 rules to 10,000");
}

TEST(WhyHoldBack, MoreThanOneInAThousandGuardedIsOdd) {
  EXPECT_EQ(why_hold_back({5'000, 5'000, 5}), "");
  EXPECT_EQ(why_hold_back({5'000, 4'994, 6}), "6 of its 5,000 rules would block what is protected");
}

// Who keeps a list of ten names takes half of them out on purpose.
TEST(WhyHoldBack, SmallListsAreTheirOwners) {
  EXPECT_EQ(why_hold_back({99, 50, 0}), "");
  EXPECT_EQ(why_hold_back({100, 50, 0}), "shrinks from 100 rules to 50");
  EXPECT_EQ(why_hold_back({10, 1'009, 0}), "");
  EXPECT_EQ(why_hold_back({10, 1'010, 0}), "grows from 10 rules to 1,010");
  EXPECT_EQ(why_hold_back({10, 10, 2}), "");
  EXPECT_EQ(why_hold_back({10, 10, 3}), "3 of its 13 rules would block what is protected");
}

}  // namespace
}  // namespace schoolgate::lists

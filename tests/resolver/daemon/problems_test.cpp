#include "resolver/daemon/problems.h"

#include <gtest/gtest.h>

namespace schoolgate::daemon {
namespace {

using Texts = std::vector<std::string>;

TEST(Problems, TheNewestTextOfASubjectStandsAlone) {
  Problems problems;
  EXPECT_EQ(problems.texts(), Texts());
  problems.set("image", "damaged");
  problems.set("lists", "unreadable");
  problems.set("image", "gone");
  EXPECT_EQ(problems.texts(), (Texts{"gone", "unreadable"}));
}

TEST(Problems, WellAgainMeansNothingToSay) {
  Problems problems;
  problems.set("image", "damaged");
  problems.set("image", "");
  problems.set("never heard of", "");
  EXPECT_EQ(problems.texts(), Texts());
}

}  // namespace
}  // namespace schoolgate::daemon

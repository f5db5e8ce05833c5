#include "admin-cli/build_watch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "lists/build.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using lists::BuildStep;
using Lines = BuildWatch::Lines;

constexpr std::uint64_t kMiB = 1 << 20;

class BuildWatchTest : public testing::Test {
 protected:
  static lists::ListReport report(std::uint64_t rules) {
    lists::ListReport report;
    report.id = "ut1-adult";
    report.rules = rules;
    return report;
  }
  std::string erase() const { return "\r\x1b[K"; }
  std::ostringstream out_, err_;
  Screen screen_{out_, err_};
};

TEST_F(BuildWatchTest, OnATerminalEachListIsShownAtOnce) {
  screen_.errors_are_seen = true;
  BuildWatch watch(screen_, Lines::kNone);
  watch.see({"small", 1, 2, 10, 0, 4 * kMiB});
  watch.see({"ut1-adult", 2, 2, 3 * kMiB, 1 * kMiB, 4 * kMiB});
  watch.see({"ut1-adult", 2, 2, 3 * kMiB, 2 * kMiB, 4 * kMiB});  // too soon after
  watch.see({"", 2, 2, 0, 4 * kMiB, 4 * kMiB});
  watch.end();
  EXPECT_EQ(err_.str(), erase() + progress_line("small (1 of 2, 10 bytes)", 0, 4 * kMiB, 99) + erase() +
                            progress_line("ut1-adult (2 of 2, 3.0 MiB)", 1 * kMiB, 4 * kMiB, 99) + erase() +
                            progress_line("building the image", 4 * kMiB, 4 * kMiB, 99) + erase());
}

TEST_F(BuildWatchTest, ASizeThatNobodyKnowsIsNotShown) {
  screen_.errors_are_seen = true;
  BuildWatch watch(screen_, Lines::kNone);
  watch.see({"none", 1, 1, 0, 0, 7});
  EXPECT_NE(err_.str().find("none (1 of 1)  ["), std::string::npos) << err_.str();
}

TEST_F(BuildWatchTest, AnywhereElseALineForEachListThatWasRead) {
  BuildWatch watch(screen_, Lines::kEachList);
  watch.see({"ut1-adult", 1, 1, kMiB, 0, kMiB});
  watch.end_list(report(4'600'000), 1.23);
  lists::ListReport kept = report(1);
  kept.kept_copy = true;
  watch.end_list(kept, 0);
  watch.end();
  EXPECT_EQ(err_.str(), "ut1-adult: 4,600,000 rules, 1.2 s\nut1-adult: 1 rule of the version before, 0.0 s\n");
}

TEST_F(BuildWatchTest, TheLineOfTheTerminalIsGoneBeforeThatOfTheList) {
  screen_.errors_are_seen = true;
  BuildWatch watch(screen_, Lines::kEachList);
  watch.see({"ut1-adult", 1, 1, kMiB, 0, kMiB});
  watch.end_list(report(2), 0);
  EXPECT_TRUE(err_.str().ends_with(erase() + "ut1-adult: 2 rules, 0.0 s\n")) << err_.str();
}

TEST(ListsBuild, SaysWhatCameOfEachListAsItIsRead) {
  const Workplace place;
  place.run({"lists", "build"});
  const Ran ran = place.run({"lists", "build"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.err.substr(0, ran.err.find(',')), "our-gambling: 1 rule") << ran.err;
}

TEST(ListsBuild, IsQuietForAnotherProgramAndWhenAllIsUpdated) {
  const Workplace place;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"lists", "build", "--json"}, {"lists", "update"}}) {
    const Ran ran = place.run(words);
    EXPECT_EQ(ran.exit, 0);
    EXPECT_EQ(ran.err, "") << words.back();
  }
}

// It lowers what the process may do: in one of its own.
TEST(ListsBuild, IsQuietInTheBackground) {
  const auto build = [] {
    const Workplace place;
    const Ran ran = place.run({"lists", "build", "--background"});
    std::exit(ran.exit == 0 && ran.err.empty() ? 0 : 1);
  };
  EXPECT_EXIT(build(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace schoolgate::admin_cli

#include "admin-cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>
#include <thread>

namespace schoolgate::admin_cli {
namespace {

TEST(ProgressLine, ABarWhenTheWholeIsKnown) {
  EXPECT_EQ(progress_line("ut1-adult", 6 << 20, 24 << 20, 100),
            "ut1-adult  [#######                       ]  6.0 MiB of 24.0 MiB");
  EXPECT_EQ(progress_line("ut1-adult", 24 << 20, 24 << 20, 100),
            "ut1-adult  [##############################]  24.0 MiB of 24.0 MiB");
  EXPECT_EQ(progress_line("ut1-adult", 6 << 20, 0, 100), "ut1-adult  6.0 MiB");
}

// A server may send more than it said, and a list have any id.
TEST(ProgressLine, StaysOnItsLine) {
  EXPECT_EQ(progress_line("x", 9, 3, 100), "x  [##############################]  9 bytes of 3 bytes");
  EXPECT_EQ(width_of(progress_line("ut1-adult", 6 << 20, 24 << 20, 20)), 20u);
  EXPECT_EQ(progress_line("a\x1b[2J", 1, 0, 100), "a\\027[2J  1 bytes");
}

TEST(Progress, IsShownToATerminalAndGoneAtItsEnd) {
  std::ostringstream out, err;
  Screen screen{out, err};
  screen.errors_are_seen = true;
  Progress progress(&screen, "one");
  progress.tell(0, 0);
  EXPECT_EQ(err.str(), "");
  progress.tell(1'000, 2'000);
  progress.tell(1'001, 2'000);  // too soon after
  progress.end();
  EXPECT_EQ(err.str(), "\r\x1b[K" + progress_line("one", 1'000, 2'000, 99) + "\r\x1b[K");
  EXPECT_EQ(out.str(), "");
}

TEST(Progress, OfSomethingElseIsShownAtOnce) {
  std::ostringstream out, err;
  Screen screen{out, err};
  screen.errors_are_seen = true;
  Progress progress(&screen, "one");
  progress.tell(0, 2'000);
  progress.begin("two");
  progress.tell(1'000, 2'000);
  EXPECT_EQ(err.str(),
            "\r\x1b[K" + progress_line("one", 0, 2'000, 99) + "\r\x1b[K" + progress_line("two", 1'000, 2'000, 99));
}

TEST(Progress, IsNothingAnywhereElse) {
  std::ostringstream out, err;
  const Screen screen{out, err};
  Progress nowhere(nullptr, "one"), file(&screen, "one");
  for (Progress* progress : {&nowhere, &file}) {
    progress->tell(1'000, 2'000);
    progress->end();
  }
  EXPECT_EQ(err.str() + out.str(), "");
}

}  // namespace
}  // namespace schoolgate::admin_cli

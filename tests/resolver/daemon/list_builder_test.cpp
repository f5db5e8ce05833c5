// The builder is a shell script here: what it says and how it ends is what matters.
#include "resolver/daemon/list_builder.h"

#include <gtest/gtest.h>

#include "tests/resolver/daemon/run_until.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::daemon {
namespace {

class ListBuilderTest : public testing::Test {
 protected:
  std::unique_ptr<ListBuilder> builder(const std::string& script, std::uint64_t most_ms = ListBuilder::kMostBuildMs) {
    return std::make_unique<ListBuilder>(
        loop_, std::vector<std::string>{"/bin/sh", "-c", script},
        [this](const base::Status& built) { ended_.push_back(built ? "built" : built.error().message()); }, most_ms);
  }
  std::vector<std::string> outcome(const std::string& script, std::uint64_t most_ms = ListBuilder::kMostBuildMs) {
    const auto made = builder(script, most_ms);
    made->build();
    run_until(loop_, [this] { return !ended_.empty(); });
    return ended_;
  }

  using Texts = std::vector<std::string>;
  resolver::uv::Loop loop_;
  support::TemporaryFolder folder_;
  Texts ended_;
};

TEST_F(ListBuilderTest, ABuild) { EXPECT_EQ(outcome("exit 0"), Texts{"built"}); }

TEST_F(ListBuilderTest, WhatItComplainsOfComesOnOneLine) {
  EXPECT_EQ(outcome("echo first >&2; echo second >&2; exit 1"), Texts{"first; second"});
}

TEST_F(ListBuilderTest, ASilentFailureIsOneToo) { EXPECT_EQ(outcome("exit 3"), Texts{"ended with exit code 3"}); }

TEST_F(ListBuilderTest, KilledByTheSystem) { EXPECT_EQ(outcome("kill -9 $$"), Texts{"ended by signal 9"}); }

TEST_F(ListBuilderTest, OneThatHangsIsEnded) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(outcome("exec sleep 30", 1'000), Texts{"the build was ended, since it took over 1 seconds"});
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
}

TEST_F(ListBuilderTest, AProgramThatIsMissing) {
  ListBuilder missing(loop_, {"/no/such/schoolgate"}, [this](const base::Status& built) {
    ended_.push_back(built ? "built" : built.error().message());
  });
  missing.build();
  EXPECT_EQ(ended_, Texts{"cannot start /no/such/schoolgate: no such file or directory"});
}

TEST_F(ListBuilderTest, AskedForDuringABuildItBuildsOnceMoreAndOnlyOnce) {
  const auto made = builder("echo x >>" + folder_.file("builds") + "; sleep 0.2");
  for (int i = 0; i < 5; ++i) made->build();
  run_until(loop_, [this] { return ended_.size() >= 2; });
  run_for(loop_, 400);
  EXPECT_EQ(ended_, (Texts{"built", "built"}));
  EXPECT_EQ(folder_.read("builds"), "x\nx\n");
}

TEST_F(ListBuilderTest, WordsGoBehindTheCommandAndWaitForTheirTurn) {
  ListBuilder made(loop_, {"/bin/sh", "-c", "echo $@ >>" + folder_.file("builds") + "; sleep 0.2", "sh", "update"},
                   [this](const base::Status& built) { ended_.push_back(built ? "built" : built.error().message()); });
  EXPECT_FALSE(made.is_busy());
  made.build({"one"});
  EXPECT_TRUE(made.is_busy());
  made.build({"two", "three"});
  made.build({"one", "two"});
  run_until(loop_, [this] { return ended_.size() >= 2; });
  EXPECT_FALSE(made.is_busy());
  run_for(loop_, 300);
  EXPECT_EQ(ended_, (Texts{"built", "built"}));
  EXPECT_EQ(folder_.read("builds"), "update one\nupdate two three one\n");
}

TEST_F(ListBuilderTest, DestroyedItSaysNothingMore) {
  builder("sleep 0.1; echo x >" + folder_.file("builds"))->build();
  run_for(loop_, 300);
  EXPECT_EQ(ended_, Texts());
  EXPECT_EQ(folder_.read("builds"), "");
}

}  // namespace
}  // namespace schoolgate::daemon

#include "resolver/daemon/reload_requests.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/resolver/daemon/run_until.h"

namespace schoolgate::daemon {
namespace {

const base::Error kRefused(base::ErrorCode::kUnavailable, "refused");

class ReloadRequestsTest : public testing::Test {
 protected:
  void start() {
    requests_.start(loop_, [this] { ++readings_; });
  }
  // Asked on a thread of its own, and being read when this returns.
  std::future<base::Status> ask() {
    const int before = readings_;
    auto asked = std::async(std::launch::async, [this] { return requests_.ask(); });
    EXPECT_TRUE(run_until(loop_, [&] { return readings_ > before; }));
    return asked;
  }
  static bool is_answered(const std::future<base::Status>& asked) {
    return asked.wait_for(std::chrono::milliseconds(0)) == std::future_status::ready;
  }
  static std::string answer(std::future<base::Status>& asked) {
    if (asked.wait_for(std::chrono::seconds(10)) != std::future_status::ready) return "no answer";
    const base::Status status = asked.get();
    return status ? "in force" : status.error().message();
  }

  resolver::uv::Loop loop_;
  ReloadRequests requests_;
  int readings_ = 0;
};

TEST_F(ReloadRequestsTest, IsAnsweredWhenEveryWorkerHasWhatWasRead) {
  start();
  auto asked = ask();
  requests_.expect(7);
  requests_.came_into_force(6);
  EXPECT_FALSE(is_answered(asked));
  requests_.came_into_force(7);
  EXPECT_EQ(answer(asked), "in force");
  requests_.stop();
}

TEST_F(ReloadRequestsTest, IsAnsweredAtOnceByWhatIsInForceAlready) {
  start();
  auto asked = ask();
  requests_.came_into_force(9);
  EXPECT_FALSE(is_answered(asked)) << "nobody knows yet what was read";
  requests_.expect(8);
  EXPECT_EQ(answer(asked), "in force");
  requests_.stop();
}

TEST_F(ReloadRequestsTest, ARefusalIsAnsweredWithItsReason) {
  start();
  auto asked = ask();
  requests_.refuse(kRefused);
  EXPECT_EQ(answer(asked), "refused");
  requests_.stop();
}

// Each by a reading that began after it asked.
TEST_F(ReloadRequestsTest, WhatComesMeanwhileIsReadForItself) {
  start();
  auto first = ask();
  requests_.expect(2);
  auto second = ask();
  EXPECT_EQ(readings_, 2);
  requests_.refuse(kRefused);
  EXPECT_EQ(answer(second), "refused");
  EXPECT_FALSE(is_answered(first)) << "what it asked for was read, and is on its way";
  requests_.came_into_force(2);
  EXPECT_EQ(answer(first), "in force");
  requests_.stop();
}

TEST_F(ReloadRequestsTest, WhatIsAskedBeforeTheStartWaitsForIt) {
  auto asked = std::async(std::launch::async, [this] { return requests_.ask(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  start();
  EXPECT_TRUE(run_until(loop_, [&] { return readings_ == 1; }));
  requests_.refuse(kRefused);
  EXPECT_EQ(answer(asked), "refused");
  requests_.stop();
}

TEST_F(ReloadRequestsTest, NobodyWaitsForEver) {
  start();
  const auto status = requests_.ask(10);
  ASSERT_FALSE(status);
  EXPECT_EQ(
      status.error().message(),
      "the policy is being read, and not in force in every worker yet: `schoolgate status` says what comes of it");
  auto asked = ask();
  requests_.stop();
  EXPECT_EQ(answer(asked), "schoolgated is stopping: ask again when it runs");
  EXPECT_FALSE(requests_.ask()) << "nor begins to";
}

}  // namespace
}  // namespace schoolgate::daemon

#include "resolver/daemon/succession.h"

#include <gtest/gtest.h>

#include "tests/resolver/daemon/run_until.h"
#include "tests/support/fake_clock.h"
#include "tests/support/rules.h"

namespace schoolgate::daemon {
namespace {

class SuccessionTest : public testing::Test {
 protected:
  static Succession::SnapshotPointer snapshot(std::uint64_t generation) {
    return *support::make_snapshot(support::Rules(), generation);
  }
  void start() {
    succession_.start(loop_,
                      {[this](const Succession::SnapshotPointer& snapshot) { posted_.push_back(snapshot->generation); },
                       [this] { return in_use_; }},
                      [this](std::uint64_t generation) { told_.push_back(generation); });
  }
  std::uint64_t in_force() const { return succession_.in_force()->generation; }

  support::FakeClock clock_;
  Problems problems_;
  resolver::uv::Loop loop_;
  std::uint64_t in_use_ = 1;
  std::vector<std::uint64_t> posted_;
  std::vector<std::uint64_t> told_;  // what came into force
  Succession succession_{snapshot(1), clock_, problems_};
};

TEST_F(SuccessionTest, ComesIntoForceWhenTheLastWorkerHasIt) {
  EXPECT_EQ(in_force(), 1u);
  start();
  succession_.follow(snapshot(2));
  EXPECT_EQ(posted_, std::vector<std::uint64_t>{2});
  run_for(loop_, 30);
  EXPECT_EQ(in_force(), 1u) << "no worker has taken it";
  in_use_ = 2;
  EXPECT_TRUE(run_until(loop_, [this] { return in_force() == 2; }));
  EXPECT_TRUE(problems_.texts().empty());
  EXPECT_EQ(told_, std::vector<std::uint64_t>{2}) << "once, and not before";
}

TEST_F(SuccessionTest, TheNewestOvertakes) {
  start();
  succession_.follow(snapshot(2));
  succession_.follow(snapshot(3));
  in_use_ = 2;
  run_for(loop_, 30);
  EXPECT_EQ(in_force(), 1u);
  in_use_ = 3;
  EXPECT_TRUE(run_until(loop_, [this] { return in_force() == 3; }));
  EXPECT_EQ(told_, std::vector<std::uint64_t>{3});
}

TEST_F(SuccessionTest, AWorkerThatDoesNotTakeItIsToldAgainAndTheProblemShown) {
  start();
  succession_.follow(snapshot(2));
  run_for(loop_, 30);
  EXPECT_TRUE(problems_.texts().empty());
  clock_.advance_seconds(2);
  EXPECT_TRUE(run_until(loop_, [this] { return posted_.size() == 2; }));
  EXPECT_EQ(problems_.texts().size(), 1u);
  in_use_ = 2;
  EXPECT_TRUE(run_until(loop_, [this] { return problems_.texts().empty(); }));
  EXPECT_EQ(in_force(), 2u);
}

TEST_F(SuccessionTest, AFormerOneIsHeldUntilItsLastQueryHasEndedAndGoesHere) {
  start();
  auto second = snapshot(2);
  const std::weak_ptr<const resolver::Snapshot> gone = second;
  auto query = second;  // as one that is in flight
  succession_.follow(std::move(second));
  succession_.follow(snapshot(3));
  in_use_ = 3;
  ASSERT_TRUE(run_until(loop_, [this] { return in_force() == 3; }));
  run_for(loop_, 30);
  EXPECT_EQ(gone.use_count(), 2) << "the query and the succession";
  query.reset();
  EXPECT_EQ(gone.use_count(), 1) << "not on the thread where the query ended";
  EXPECT_TRUE(run_until(loop_, [&] { return gone.expired(); }));
}

}  // namespace
}  // namespace schoolgate::daemon

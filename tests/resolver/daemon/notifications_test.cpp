#include "resolver/daemon/notifications.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/resolver/daemon/run_until.h"
#include "tests/support/fake_clock.h"
#include "tests/support/message.h"
#include "tests/support/rules.h"

namespace schoolgate::daemon {
namespace {

using support::Message;
using Lists = std::vector<std::string>;
using Calls = std::vector<Lists>;

class NotificationsTest : public testing::Test {
 protected:
  ~NotificationsTest() override { notifications_.stop(); }

  // A policy with a list of each of these sources: "list-0", "list-1", …
  static std::shared_ptr<const policy::Policy> policy_of(const Lists& sources) {
    support::Rules rules;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      rules.policy += "[[list]]\nid = \"list-" + std::to_string(i) + "\"\ncategory = \"gambling\"\nsource = \"" +
                      sources[i] + "\"\n";
    }
    const auto snapshot = support::make_snapshot(rules, 1);
    if (!snapshot) throw std::runtime_error(snapshot.error().message());
    return (*snapshot)->policy;
  }
  void start(const Lists& sources) {
    notifications_.start(loop_, [this](const Lists& lists) { fetched_.push_back(lists); });
    notifications_.follow(policy_of(sources));
  }
  // The rcode that a NOTIFY of the zone gets.
  unsigned notify(const std::string& zone, const std::string& sender = "192.0.2.1") {
    Message message;
    message.flags = 4 << 11;
    message.question = Message::Question{zone, "SOA", "IN"};
    const support::Octets octets = message.encode();
    dns::Query query;
    EXPECT_EQ(dns::parse_query(octets, query), dns::QueryFault::kNotify);
    const auto answer = Message::read(notifications_.take_notify(query, octets, *base::IpAddress::parse(sender)));
    return answer ? answer->rcode : 99;
  }
  bool run_until_taken(const std::string& zone) {
    return run_until(loop_, [&] { return notify(zone) == 0; });
  }
  bool run_until_fetched(std::size_t times) {
    return run_until(loop_, [&] { return fetched_.size() >= times; });
  }

  support::FakeClock clock_;
  std::atomic<unsigned> looked_up_ = 0;
  resolver::uv::Loop loop_;
  Notifications notifications_{clock_, [this](const std::string&) -> base::Result<std::vector<base::IpAddress>> {
                                 ++looked_up_;
                                 return std::vector{*base::IpAddress::parse("192.0.2.1")};
                               }};
  Calls fetched_;
};

constexpr unsigned kRefused = 5;

TEST_F(NotificationsTest, BeforeAnyPolicyEverythingIsRefused) { EXPECT_EQ(notify("rpz.example"), kRefused); }

TEST_F(NotificationsTest, AZoneThatHasChangedIsFetched) {
  start({"axfr://192.0.2.1/rpz.example", "ixfr://192.0.2.1/other.example"});
  ASSERT_TRUE(run_until_taken("rpz.example"));
  ASSERT_TRUE(run_until_fetched(1));
  EXPECT_EQ(fetched_, Calls{Lists{"list-0"}});
}

TEST_F(NotificationsTest, APrimaryMayHaveAName) {
  start({"axfr://ns.example/rpz.example"});
  EXPECT_TRUE(run_until_taken("rpz.example"));
  EXPECT_EQ(looked_up_, 1u);
}

TEST_F(NotificationsTest, WhoIsTurnedAwayHasNothingFetched) {
  start({"axfr://192.0.2.1/rpz.example", "axfr://192.0.2.9/first.example"});
  ASSERT_TRUE(run_until(loop_, [&] { return notify("first.example", "192.0.2.9") == 0; }));
  ASSERT_TRUE(run_until_fetched(1));
  EXPECT_EQ(notify("rpz.example", "192.0.2.2"), kRefused);
  EXPECT_EQ(notify("none.example"), kRefused);
  run_for(loop_, 50);
  EXPECT_EQ(fetched_, Calls{Lists{"list-1"}});
}

// Forged ones cost their senders more than us.
TEST_F(NotificationsTest, AThousandAreOneFetchAndOneMoreFiveSecondsLater) {
  start({"axfr://192.0.2.1/rpz.example"});
  ASSERT_TRUE(run_until_taken("rpz.example"));
  ASSERT_TRUE(run_until_fetched(1));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(notify("rpz.example"), 0u) << "each is answered";
  run_for(loop_, 50);
  EXPECT_EQ(fetched_.size(), 1u);
  clock_.advance_us(NotifyPace::kLeastApartUs - 1);
  EXPECT_EQ(notify("rpz.example"), 0u);
  run_for(loop_, 50);
  EXPECT_EQ(fetched_.size(), 1u);
  clock_.advance_us(1);
  EXPECT_EQ(notify("rpz.example"), 0u);
  ASSERT_TRUE(run_until_fetched(2));
  run_for(loop_, 50);
  EXPECT_EQ(fetched_.size(), 2u);
}

// The second change within five seconds: nobody sends another NOTIFY for it.
TEST_F(NotificationsTest, OneThatWaitsIsFetchedWhenItsTimeHasCome) {
  start({"axfr://192.0.2.1/rpz.example"});
  ASSERT_TRUE(run_until_taken("rpz.example"));
  ASSERT_TRUE(run_until_fetched(1));
  clock_.advance_us(NotifyPace::kLeastApartUs - 100'000);
  EXPECT_EQ(notify("rpz.example"), 0u);
  run_for(loop_, 20);
  clock_.advance_us(100'000);
  ASSERT_TRUE(run_until_fetched(2));
}

TEST_F(NotificationsTest, AnotherPolicyHasOtherZones) {
  start({"axfr://192.0.2.1/rpz.example"});
  ASSERT_TRUE(run_until_taken("rpz.example"));
  notifications_.follow(policy_of({"axfr://192.0.2.1/other.example"}));
  ASSERT_TRUE(run_until_taken("other.example"));
  EXPECT_EQ(notify("rpz.example"), kRefused);
  notifications_.follow(policy_of({}));
  EXPECT_EQ(notify("other.example"), kRefused) << "at once, with nothing to look up";
}

TEST_F(NotificationsTest, WorkersAskFromTheirOwnThreads) {
  start({"axfr://192.0.2.1/rpz.example"});
  ASSERT_TRUE(run_until_taken("rpz.example"));
  run_while(loop_, [this] {
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([this] {
        for (int j = 0; j < 200; ++j) {
          EXPECT_EQ(notify("rpz.example"), 0u);
          EXPECT_EQ(notify("none.example"), kRefused);
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    return true;
  });
  EXPECT_EQ(fetched_.size(), 1u);
}

TEST_F(NotificationsTest, StoppedItStillAnswersAndFetchesNothing) {
  start({"axfr://192.0.2.1/rpz.example"});
  ASSERT_TRUE(run_until_taken("rpz.example"));
  ASSERT_TRUE(run_until_fetched(1));
  notifications_.stop();
  clock_.advance_seconds(60);
  EXPECT_EQ(notify("rpz.example"), 0u);
  run_for(loop_, 20);
  EXPECT_EQ(fetched_.size(), 1u);
}

}  // namespace
}  // namespace schoolgate::daemon

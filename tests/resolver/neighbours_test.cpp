// The neighbour table of a network namespace made for the test. Needs root; skipped without.
#include "resolver/neighbours.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace schoolgate::resolver {
namespace {

bool ip(const std::string& arguments) { return std::system(("ip " + arguments).c_str()) == 0; }

base::IpAddress address(const char* text) { return *base::IpAddress::parse(text); }

std::string mac_of(const NeighbourTable& table, const char* of) {
  const auto found = table.find(address(of));
  return found == table.end() ? "none" : found->second.to_text();
}

bool make_network() {
  return ip("link add school0 type veth peer name school1") && ip("addr add 10.9.0.1/24 dev school0") &&
         ip("addr add fd09::1/64 dev school0 nodad") && ip("link set school0 up") && ip("link set school1 up");
}

constexpr int kNoNamespace = 77;

// Runs `body` in a process and a network namespace of its own; its failures are said on standard error and counted here.
void in_network(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNET) != 0 || !make_network()) ::_exit(kNoNamespace);
    body();
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoNamespace) GTEST_SKIP() << "no network namespace: not root";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "see above";
}

TEST(Neighbours, AreReadWithTheirMacAddresses) {
  in_network([] {
    ASSERT_TRUE(ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev school0"));
    ASSERT_TRUE(ip("neigh add fd09::8 lladdr 02:00:00:00:00:08 dev school0"));
    ASSERT_TRUE(ip("neigh add 10.9.0.9 lladdr 02:00:00:00:00:09 dev school0 nud stale"));
    const auto table = read_neighbours();
    ASSERT_TRUE(table) << table.error().message();
    EXPECT_EQ(mac_of(*table, "10.9.0.7"), "02:00:00:00:00:07");
    EXPECT_EQ(mac_of(*table, "fd09::8"), "02:00:00:00:00:08");
    EXPECT_EQ(mac_of(*table, "10.9.0.9"), "02:00:00:00:00:09");
    EXPECT_EQ(mac_of(*table, "10.9.0.10"), "none");
  });
}

TEST(Neighbours, ThoseThatFailedOrWereNeverResolvedAreLeftOut) {
  in_network([] {
    ASSERT_TRUE(ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev school0 nud failed"));
    ASSERT_TRUE(ip("neigh add 10.9.0.8 lladdr 02:00:00:00:00:08 dev school0 nud noarp"));
    const auto table = read_neighbours();
    ASSERT_TRUE(table);
    EXPECT_EQ(mac_of(*table, "10.9.0.7"), "none");
    EXPECT_EQ(mac_of(*table, "10.9.0.8"), "none");
  });
}

TEST(Neighbours, ATableOfManyParcelsIsReadWhole) {
  in_network([] {
    FILE* batch = ::popen("ip -batch -", "w");
    for (int i = 0; i < 900; ++i) {
      ::fprintf(batch, "neigh add 10.9.%d.%d lladdr 02:00:00:00:%02x:%02x dev school0\n", 1 + i / 250, 1 + i % 250,
                i / 256, i % 256);
    }
    ASSERT_EQ(::pclose(batch), 0);
    const auto table = read_neighbours();
    ASSERT_TRUE(table);
    EXPECT_GE(table->size(), 900U);
    EXPECT_EQ(mac_of(*table, "10.9.4.150"), "02:00:00:00:03:83");
  });
}

TEST(NeighbourWatch, PublishesAtTheStartAndAfterEachChange) {
  in_network([] {
    ASSERT_TRUE(ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev school0"));
    uv::Loop loop;
    std::vector<std::string> seen;
    auto watch = NeighbourWatch::start(loop, [&](const std::shared_ptr<const NeighbourTable>& table) {
      seen.push_back(mac_of(*table, "10.9.0.7"));
      switch (seen.size()) {
        case 1:
          EXPECT_TRUE(ip("neigh change 10.9.0.7 lladdr 02:00:00:00:00:77 dev school0"));
          break;
        case 2:
          EXPECT_TRUE(ip("neigh del 10.9.0.7 dev school0"));
          break;
        default:
          loop.stop();
      }
    });
    ASSERT_TRUE(watch) << watch.error().message();
    uv::Timer patience(loop, [&loop] { loop.stop(); });
    patience.start(5'000);
    loop.run();
    EXPECT_EQ(seen, (std::vector<std::string>{"02:00:00:00:00:07", "02:00:00:00:00:77", "none"}));
  });
}

TEST(NeighbourWatch, ChangesWithoutEndDoNotPutItOff) {
  in_network([] {
    uv::Loop loop;
    std::size_t publications = 0;
    auto watch = NeighbourWatch::start(loop, [&](const std::shared_ptr<const NeighbourTable>&) { ++publications; });
    ASSERT_TRUE(watch);
    // A change every five milliseconds: there is never a quiet moment.
    FILE* changes = ::popen(
        "for i in $(seq 1 200); do ip neigh replace 10.9.0.9 lladdr 02:00:00:00:00:$(printf %02x $i) "
        "dev school0; sleep 0.005; done",
        "w");
    ASSERT_NE(changes, nullptr);
    uv::Timer end(loop, [&loop] { loop.stop(); });
    end.start(700);
    loop.run();
    EXPECT_GE(publications, 5U);
    ::pclose(changes);
  });
}

TEST(NeighbourWatch, ManyChangesAreOnePublication) {
  in_network([] {
    uv::Loop loop;
    std::size_t publications = 0, entries = 0;
    auto watch = NeighbourWatch::start(loop, [&](const std::shared_ptr<const NeighbourTable>& table) {
      ++publications;
      entries = table->size();
    });
    ASSERT_TRUE(watch);
    uv::Timer change(loop, [] {
      FILE* batch = ::popen("ip -batch -", "w");
      for (int i = 1; i <= 200; ++i) {
        ::fprintf(batch, "neigh add 10.9.0.%d lladdr 02:00:00:00:00:%02x dev school0\n", i + 1, i);
      }
      EXPECT_EQ(::pclose(batch), 0);
    });
    change.start(100);
    uv::Timer end(loop, [&loop] { loop.stop(); });
    end.start(600);
    loop.run();
    EXPECT_GE(entries, 200U);
    EXPECT_LE(publications, 6U);
  });
}

TEST(NeighbourWatch, AChangeIsPublishedAtOnce) {
  in_network([] {
    uv::Loop loop;
    std::chrono::steady_clock::time_point changed, seen;
    auto watch = NeighbourWatch::start(loop, [&](const std::shared_ptr<const NeighbourTable>& table) {
      if (mac_of(*table, "10.9.0.7") == "none") return;
      seen = std::chrono::steady_clock::now();
      loop.stop();
    });
    ASSERT_TRUE(watch);
    uv::Timer change(loop, [&] {
      EXPECT_TRUE(ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev school0"));
      changed = std::chrono::steady_clock::now();
    });
    change.start(100);
    uv::Timer patience(loop, [&loop] { loop.stop(); });
    patience.start(5'000);
    loop.run();
    EXPECT_LT(seen - changed, std::chrono::milliseconds(15)) << "sooner than what settles";
    EXPECT_GT(seen, changed);
  });
}

// More at once than the socket holds, and the kernel says so with an error: the watch goes on.
TEST(NeighbourWatch, OutlivesAnOverrun) {
  in_network([] {
    uv::Loop loop;
    std::string last;
    auto watch = NeighbourWatch::start(loop, [&](const std::shared_ptr<const NeighbourTable>& table) {
      last = mac_of(*table, "10.9.0.7");
      if (last != "none") loop.stop();
    });
    ASSERT_TRUE(watch);
    uv::Timer flood(loop, [] {
      FILE* batch = ::popen("ip -batch -", "w");
      for (int i = 0; i < 4'000; ++i) {
        ::fprintf(batch, "neigh replace 10.9.0.9 lladdr 02:00:00:00:%02x:%02x dev school0\n", i / 256, i % 256);
      }
      EXPECT_EQ(::pclose(batch), 0);
    });
    uv::Timer change(loop, [] { EXPECT_TRUE(ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev school0")); });
    flood.start(50);
    change.start(600);
    uv::Timer patience(loop, [&loop] { loop.stop(); });
    patience.start(5'000);
    loop.run();
    EXPECT_EQ(last, "02:00:00:00:00:07");
  });
}

}  // namespace
}  // namespace schoolgate::resolver

// What a dead process left, and what a crash at each point between publish and release leaves.
#include "history/recovery.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <random>
#include <set>
#include <thread>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() { std::filesystem::create_directories(journal_); }

  // A ring file with these records in it and no process behind it.
  std::string leave_ring(const std::string& boot_id, std::uint64_t first, std::uint64_t last,
                         std::int64_t from_us = kNoonUs) {
    const auto ring = std::move(*JournalRing::create(journal_, {"node-a", boot_id, 0}, 1024));
    for (std::uint64_t i = first; i <= last; ++i) ring->publish(numbered(i, from_us + static_cast<std::int64_t>(i)));
    return ring->path();
  }
  void expect_stored_once(std::uint64_t count) {
    const auto history = start(settings_, clock_);
    std::set<std::uint32_t> numbers;
    for (const Lookup& lookup : search_all(*history)) {
      EXPECT_TRUE(numbers.insert(lookup.duration_us).second) << "twice: " << lookup.duration_us;
    }
    EXPECT_EQ(numbers.size(), count);
    history->stop();
    EXPECT_TRUE(files_in(journal_).empty());
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  Settings settings_ = settings_for(folder_);
  std::string journal_ = settings_.folder + "/journal";
};

TEST_F(RecoveryTest, EveryRingIsStoredAndDeleted) {
  for (std::uint64_t i = 0; i < 9; ++i) leave_ring("b00t" + std::to_string(i), i * 100 + 1, i * 100 + 100);
  expect_stored_once(900);
}

// Killed between COMMIT and release(): the rows are there, the ring still holds them.
TEST_F(RecoveryTest, CommittedAndNotReleasedIsStoredOnce) {
  const std::string path = leave_ring("b00t", 1, 100);
  {
    Problems problems(clock_);
    DayFiles files(settings_.folder, three_tags(), problems);
    const auto ring = std::move(*JournalRing::open(path));
    std::vector<LookupRecord> records;
    ring->read(0, 60, records);
    ASSERT_EQ(*files.append({ring->key(), ring->node(), "hill-school", 1, records}), 60u);
  }
  expect_stored_once(100);
}

// A batch over midnight is two transactions: killed between them, the second day gets its rows, the first keeps its.
TEST_F(RecoveryTest, HalfABatchOverMidnightIsStoredOnce) {
  const std::int64_t midnight = 20'001 * kDayUs;
  const std::string path = leave_ring("b00t", 1, 100, midnight - 50);
  for (const Day committed : {20'000, 20'001}) {
    const TemporaryFolder other;
    settings_.folder = other.file("history");
    journal_ = settings_.folder + "/journal";
    std::filesystem::create_directories(journal_);
    std::filesystem::copy(path, journal_ + "/left.ring");
    {
      const auto ring = std::move(*JournalRing::open(path));
      std::vector<LookupRecord> records;
      ring->read(0, 100, records);
      const filter::TagTable tags = three_tags();
      const auto store = std::move(*DayStore::open(day_path(settings_.folder, committed), committed, tags));
      ASSERT_GE(*store->append({ring->key(), ring->node(), "hill-school", 1, records}), 49u);
    }
    expect_stored_once(100);
  }
}

TEST_F(RecoveryTest, ADamagedRingIsSetAsideAndTheOthersAreStored) {
  write_file(journal_ + "/bad.ring", "this is no ring");
  leave_ring("b00t", 1, 10);
  const auto history = start(settings_, clock_);
  EXPECT_EQ(search_all(*history).size(), 10u);
  EXPECT_EQ(files_in(journal_), (std::vector<std::string>{"bad.ring.2024-10-04.damaged"}));
  const Statistics statistics = history->statistics();
  EXPECT_NE(statistics.last_problem.find("bad.ring"), std::string::npos);
  EXPECT_NE(statistics.last_problem.find("set aside"), std::string::npos);
  EXPECT_EQ(statistics.last_problem_us, kNoonUs);
}

TEST_F(RecoveryTest, WhatWasSetAsideGoesWithTheRetention) {
  write_file(journal_ + "/old.ring.2023-10-04.damaged", "x");
  write_file(journal_ + "/new.ring.2023-10-05.damaged", "x");
  write_file(journal_ + "/other.txt", "x");
  const auto history = start(settings_, clock_);
  EXPECT_EQ(files_in(journal_), (std::vector<std::string>{"new.ring.2023-10-05.damaged", "other.txt"}));
}

TEST_F(RecoveryTest, WithAFullDiskTheRingsStayForTheNextStart) {
  leave_ring("b00t", 1, 500);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{8192, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  {
    const auto history = start(settings_, clock_);
    EXPECT_NE(history->statistics().last_problem.find("500 lookups stay in"), std::string::npos)
        << history->statistics().last_problem;
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(files_in(journal_).size(), 1u);
  expect_stored_once(500);
}

// The whole room in a child that is killed at a random moment of publishing, storing and releasing: every record whose
// publish() returned is there, and none is there twice.
TEST_F(RecoveryTest, KilledUnderLoadEveryLookupIsThereOnce) {
  std::mt19937 random(23);
  std::uint64_t in_all = 0;
  for (int round = 0; round < 8; ++round) {
    auto* returned = static_cast<std::atomic<std::uint64_t>*>(
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const pid_t child = ::fork();
    if (child == 0) {
      const auto history = start(settings_, clock_);
      JournalRing* ring = *history->add_ring(0);
      for (std::uint64_t i = 1;; ++i) {
        while (ring->waiting() >= settings_.ring_slots) std::this_thread::yield();  // this test is not about dropping
        ring->publish(numbered(in_all + i, kNoonUs + static_cast<std::int64_t>(in_all + i)));
        returned->store(i, std::memory_order_release);
      }
    }
    while (returned->load() == 0) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 150'000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::uint64_t count = returned->load();
    ::munmap(returned, 4096);

    const auto history = start(settings_, clock_);
    Filter filter;
    filter.limit = 10'000;
    std::set<std::uint32_t> numbers;
    for (const Lookup& lookup : search_all(*history, filter)) {
      ASSERT_TRUE(numbers.insert(lookup.duration_us).second) << "twice: " << lookup.duration_us;
    }
    ASSERT_GE(numbers.size(), in_all + count);
    ASSERT_LE(numbers.size(), in_all + count + 1);  // published, and killed before it could say so
    ASSERT_EQ(*numbers.rbegin(), numbers.size()) << "a hole";
    in_all = numbers.size();
  }
}

TEST_F(RecoveryTest, AnotherProcessCannotTakeTheFolder) {
  auto history = start(settings_, clock_);
  const auto exit_code_of_child = [&] {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto second = History::start(settings_, three_tags(), clock_);
      ::_exit(second ? 0 : 10 + static_cast<int>(second.error().code()));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  EXPECT_EQ(exit_code_of_child(), 10 + static_cast<int>(base::ErrorCode::kInUse));
}

}  // namespace
}  // namespace schoolgate::history

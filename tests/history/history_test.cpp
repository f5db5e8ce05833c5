#include "history/history.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

using base::ErrorCode;

TEST(Verdict, WordsAndBack) {
  for (const char* word : {"allowed", "blocked", "rewritten", "refused", "failed"}) {
    ASSERT_TRUE(parse_verdict(word)) << word;
    EXPECT_EQ(to_text(*parse_verdict(word)), word);
  }
  EXPECT_EQ(parse_verdict("Allowed"), std::nullopt);
  EXPECT_EQ(to_text(static_cast<LookupVerdict>(200)), "unknown");
}

TEST(History, StoresEveryFieldOfALookup) {
  const TemporaryFolder folder;
  const FakeClock clock;
  const auto history = start(settings_for(folder), clock);
  LookupRecord record = make_record("bet.example.org", kNoonUs + 7);
  record.qtype = 28;
  record.rcode = 3;
  record.verdict = LookupVerdict::kBlocked;
  record.transport = Transport::kTcp;
  record.cached = 1;
  record.duration_us = 4'000'000'000;
  record.client = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3};
  record.tags[0] = 1u << 1;
  record.tags[1] = 1u << 6;
  record.tags[7] = std::uint64_t{1} << 63;
  LookupRecord::put(record.category, "gambling");
  LookupRecord::put(record.list, "ut1-gambling");
  (*history->add_ring(0))->publish(record);
  history->flush();

  const auto page = history->search({});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->lookups.size(), 1u);
  EXPECT_TRUE(page->problems.empty());
  const Lookup& lookup = page->lookups[0];
  EXPECT_EQ(lookup.time_us, kNoonUs + 7);
  EXPECT_EQ(lookup.device, "lab-pc-07");
  EXPECT_EQ(lookup.client, "10.1.2.3");
  EXPECT_EQ(lookup.name, "bet.example.org");
  EXPECT_EQ(lookup.type, "AAAA");
  EXPECT_EQ(lookup.verdict, LookupVerdict::kBlocked);
  EXPECT_EQ(lookup.category, "gambling");
  EXPECT_EQ(lookup.list, "ut1-gambling");
  EXPECT_EQ(lookup.tags, (std::vector<std::string>{"gambling", "games", "test"}));
  EXPECT_EQ(lookup.rcode, "NXDOMAIN");
  EXPECT_EQ(lookup.transport, Transport::kTcp);
  EXPECT_EQ(lookup.duration_us, 4'000'000'000u);
  EXPECT_TRUE(lookup.cached);
}

TEST(History, IsNobodyElsesToRead) {
  const TemporaryFolder folder;
  const FakeClock clock;
  const Settings settings = settings_for(folder);
  std::filesystem::create_directories(settings.folder);
  std::filesystem::permissions(settings.folder, std::filesystem::perms(0755));  // as earlier versions made it
  const auto history = start(settings, clock);
  EXPECT_EQ(std::filesystem::status(settings.folder).permissions(), std::filesystem::perms(0750));
}

// Published from several rings, flushed: all there, once.
TEST(History, StoresEveryRecordOfEveryRingOnce) {
  constexpr std::uint64_t kEach = 10'000;
  const TemporaryFolder folder;
  const FakeClock clock;
  Settings settings = settings_for(folder);
  settings.ring_slots = 1 << 14;
  const auto history = start(settings, clock);
  std::vector<std::thread> workers;
  for (std::uint32_t worker = 0; worker < 3; ++worker) {
    JournalRing* ring = *history->add_ring(worker);
    workers.emplace_back([ring, worker] {
      for (std::uint64_t i = 1; i <= kEach; ++i) ring->publish(numbered(worker * kEach + i));
    });
  }
  for (std::thread& worker : workers) worker.join();
  flush_all(*history);
  EXPECT_EQ(history->statistics().stored, 3 * kEach);
  EXPECT_EQ(history->statistics().waiting, 0u);
  EXPECT_EQ(history->statistics().dropped, 0u);
  Filter filter;
  filter.limit = 10'000;
  std::vector<bool> seen(3 * kEach + 1);
  for (const Lookup& lookup : search_all(*history, filter)) {
    EXPECT_EQ(lookup.name, "n" + std::to_string(lookup.duration_us) + ".example.org");
    EXPECT_FALSE(seen[lookup.duration_us]) << "twice: " << lookup.duration_us;
    seen[lookup.duration_us] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), static_cast<std::ptrdiff_t>(3 * kEach));
}

// Without flush(): a lookup can be found a moment after its answer.
TEST(History, TheWriterWakesByItself) {
  const TemporaryFolder folder;
  const FakeClock clock;
  const auto history = start(settings_for(folder), clock);
  (*history->add_ring(0))->publish(numbered(1));
  for (int i = 0; i < 200 && history->statistics().stored == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(history->statistics().stored, 1u);
}

TEST(History, StopStoresTheRestAndDeletesTheRings) {
  const TemporaryFolder folder;
  const FakeClock clock;
  const auto history = start(settings_for(folder), clock);
  JournalRing* ring = *history->add_ring(0);
  EXPECT_EQ(files_in(folder.file("history/journal")).size(), 1u);
  for (std::uint64_t i = 1; i <= 500; ++i) ring->publish(numbered(i));
  history->stop();
  EXPECT_EQ(history->statistics().stored, 500u);
  EXPECT_TRUE(files_in(folder.file("history/journal")).empty());
  history->stop();   // again is nothing
  history->flush();  // nor does this hang
}

TEST(History, StartsAgainWhereItStopped) {
  const TemporaryFolder folder;
  const FakeClock clock;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    const auto history = start(settings_for(folder), clock);
    (*history->add_ring(0))->publish(numbered(i));
    history->flush();
    EXPECT_EQ(search_all(*history).size(), i);
  }
}

TEST(History, RecordsGoToTheirOwnDay) {
  const TemporaryFolder folder;
  const FakeClock clock;
  const auto history = start(settings_for(folder), clock);
  JournalRing* ring = *history->add_ring(0);
  const std::int64_t midnight = 20'001 * kDayUs;
  // An answer that took long is published after those of the next day.
  const std::vector<std::int64_t> times = {midnight - 2, midnight, midnight - 1, midnight + 1, midnight - 3};
  for (std::size_t i = 0; i < times.size(); ++i) ring->publish(numbered(i, times[i]));
  history->flush();
  const auto files = files_in(folder.file("history"));
  EXPECT_TRUE(std::count(files.begin(), files.end(), "2024-10-04.sqlite"));
  EXPECT_TRUE(std::count(files.begin(), files.end(), "2024-10-05.sqlite"));
  std::vector<std::uint32_t> order;
  for (const Lookup& lookup : search_all(*history)) order.push_back(lookup.duration_us);
  EXPECT_EQ(order, (std::vector<std::uint32_t>{3, 1, 2, 0, 4}));
}

TEST(History, OneFolderOneProcess) {
  const TemporaryFolder folder;
  const FakeClock clock;
  auto first = start(settings_for(folder), clock);
  const auto second = History::start(settings_for(folder), three_tags(), clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kInUse);
  EXPECT_NE(second.error().message().find(folder.file("history")), std::string::npos);
  first.reset();
  EXPECT_TRUE(History::start(settings_for(folder), three_tags(), clock));
}

TEST(History, DaysOlderThanTheRetentionAreDeletedAtTheStartAndHourly) {
  const TemporaryFolder folder;
  FakeClock clock;
  Settings settings = settings_for(folder);
  settings.retention_days = 2;
  std::filesystem::create_directories(settings.folder);
  for (const char* name : {"2024-09-30.sqlite", "2024-10-01.sqlite.damaged", "2024-10-01.sqlite-wal", "notes.txt"}) {
    write_file(settings.folder + "/" + name, "");
  }
  const auto history = start(settings, clock);
  JournalRing* ring = *history->add_ring(0);
  const auto day_files = [&] {
    auto files = files_in(settings.folder);
    std::erase_if(files,
                  [](const std::string& name) { return !name.ends_with(".sqlite") && !name.ends_with(".damaged"); });
    return files;
  };
  EXPECT_TRUE(day_files().empty());
  for (std::int64_t day = 0; day < 3; ++day) ring->publish(numbered(1, kNoonUs - day * kDayUs));
  history->flush();
  EXPECT_EQ(day_files(), (std::vector<std::string>{"2024-10-02.sqlite", "2024-10-03.sqlite", "2024-10-04.sqlite"}));
  clock.advance(kDayUs);
  history->flush();
  EXPECT_EQ(day_files(), (std::vector<std::string>{"2024-10-03.sqlite", "2024-10-04.sqlite"}));
  EXPECT_TRUE(std::filesystem::exists(settings.folder + "/notes.txt"));
  EXPECT_EQ(search_all(*history).size(), 2u);
}

TEST(History, AClockThatJumpsAheadDeletesNothing) {
  const TemporaryFolder folder;
  FakeClock clock;
  auto history = start(settings_for(folder), clock);
  JournalRing* ring = *history->add_ring(0);
  ring->publish(numbered(1));
  history->flush();
  clock.set_forward(4000 * kDayUs);
  clock.advance(2 * 3600 * kSecondUs);
  history->flush();
  EXPECT_EQ(search_all(*history).size(), 1u);
  EXPECT_NE(history->problem().find("the clock says 2035-09-17"), std::string::npos) << history->problem();
  EXPECT_NE(history->problem().find("since 2024-10-04"), std::string::npos) << history->problem();

  ring->publish(numbered(2, clock.wall_us()));  // what it stores itself proves nothing
  history->flush();
  clock.advance(2 * 3600 * kSecondUs);
  history->flush();
  EXPECT_EQ(search_all(*history).size(), 2u);
  history.reset();
  EXPECT_EQ(search_all(*start(settings_for(folder), clock)).size(), 2u) << "nor after a start";
}

TEST(History, AClockSetRightAgainIsNoProblem) {
  const TemporaryFolder folder;
  FakeClock clock;
  const auto history = start(settings_for(folder), clock);
  (*history->add_ring(0))->publish(numbered(1));
  history->flush();
  clock.set_forward(4000 * kDayUs);
  clock.advance(3600 * kSecondUs);
  history->flush();
  EXPECT_NE(history->problem(), "");
  clock.set_forward(-4000 * kDayUs);
  clock.advance(60 * kSecondUs);
  history->flush();
  EXPECT_EQ(history->problem(), "");
}

TEST(History, StatisticsSayWhatThereIs) {
  const TemporaryFolder folder;
  const FakeClock clock;
  Settings settings = settings_for(folder);
  settings.ring_slots = 2;
  const auto history = start(settings, clock);
  EXPECT_EQ(history->statistics().last_problem, "");
  JournalRing* ring = *history->add_ring(0);
  for (std::uint64_t i = 1; i <= 1000; ++i) ring->publish(numbered(i));
  history->flush();
  const Statistics statistics = history->statistics();
  EXPECT_EQ(statistics.stored + statistics.dropped, 1000u);
  EXPECT_GT(statistics.dropped, 0u);
  EXPECT_GT(statistics.bytes, 4096u);
}

}  // namespace
}  // namespace schoolgate::history

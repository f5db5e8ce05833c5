#include "history/looked_up_names.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <map>
#include <random>

#include "history/day.h"
#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

using base::Error;
using base::ErrorCode;
using base::Status;
using Counts = std::map<std::string, std::uint64_t>;

constexpr std::int64_t kLastUs = std::numeric_limits<std::int64_t>::max();

class LookedUpNames : public testing::Test {
 protected:
  void publish(const std::string& name, std::int64_t time_us, const std::string& device = "pc-1",
               LookupVerdict verdict = LookupVerdict::kAllowed) {
    LookupRecord record = make_record(name, time_us);
    record.verdict = verdict;
    LookupRecord::put(record.device, device);
    ring_->publish(record);
  }
  std::string day_file(std::int64_t time_us) const { return day_path(history_folder(), day_of(time_us)); }
  std::string history_folder() const { return settings_.folder; }

  // In the order they came.
  std::vector<std::pair<std::string, std::uint64_t>> read(TimeSpan span) {
    flush_all(*history_);
    std::vector<std::pair<std::string, std::uint64_t>> names;
    const auto done = read_looked_up_names(history_folder(), span, [&](const dns::Name& name, std::uint64_t lookups) {
      names.emplace_back(name.to_text(), lookups);
      return Status();
    });
    EXPECT_TRUE(done) << done.error().message();
    if (!done) return names;
    read_ = *done;
    return names;
  }
  Counts counts(TimeSpan span) {
    const auto names = read(span);
    const Counts counts(names.begin(), names.end());
    EXPECT_EQ(counts.size(), names.size()) << "each name once";
    return counts;
  }
  // The same by what search finds, counted one by one.
  Counts searched(TimeSpan span) {
    Filter filter;
    filter.from_us = span.from_us;
    filter.to_us = span.to_us;
    filter.limit = 10'000;
    Counts counts;
    for (const Lookup& lookup : search_all(*history_, filter)) ++counts[lookup.name];
    return counts;
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  Settings settings_ = settings_for(folder_);
  std::unique_ptr<History> history_ = start(settings_, clock_);
  JournalRing* ring_ = *history_->add_ring(0);
  NamesRead read_;
};

TEST_F(LookedUpNames, AreCountedOverDaysDevicesAndVerdicts) {
  publish("www.example.org", kNoonUs - 2 * kDayUs);
  publish("bet.example.com", kNoonUs - kDayUs, "pc-1", LookupVerdict::kBlocked);
  publish("bet.example.com", kNoonUs - kDayUs, "pc-2", LookupVerdict::kBlocked);
  publish("www.example.org", kNoonUs);
  publish("bet.example.com", kNoonUs, "pc-2");
  EXPECT_EQ(counts({kNoonUs - 3 * kDayUs, kLastUs}), (Counts{{"bet.example.com", 3}, {"www.example.org", 2}}));
  EXPECT_EQ(read_.names, 2u);
  EXPECT_EQ(read_.lookups, 5u);
  EXPECT_TRUE(read_.problems.empty());
}

TEST_F(LookedUpNames, TheTimeIsToTheMicrosecond) {
  publish("a.example", kNoonUs - 1);
  publish("b.example", kNoonUs);
  publish("b.example", kNoonUs + 1);
  publish("c.example", kNoonUs + 2);
  EXPECT_EQ(counts({kNoonUs, kNoonUs + 2}), (Counts{{"b.example", 2}}));
  EXPECT_EQ(counts({kNoonUs, kNoonUs}), Counts());
  EXPECT_EQ(counts({kNoonUs + 2, kNoonUs}), Counts());
}

TEST_F(LookedUpNames, ComeWithThoseUnderANameRightAfterIt) {
  for (const char* name : {"b.test", "www.example.org", "example.org", "example.com", "a.www.example.org", "."})
    publish(name, kNoonUs - (name[0] == 'e' ? kDayUs : 0));
  std::vector<std::string> order;
  for (const auto& [name, lookups] : read({0, kLastUs})) order.push_back(name);
  EXPECT_EQ(order, (std::vector<std::string>{".", "example.com", "example.org", "www.example.org", "a.www.example.org",
                                             "b.test"}));
}

// Spans that begin and end anywhere, midnight too, against what search finds.
TEST_F(LookedUpNames, AreWhatSearchFinds) {
  std::mt19937 random(11);
  const std::int64_t first_us = start_us(day_of(kNoonUs)) - 3 * kDayUs;
  const auto moment = [&] {
    const std::int64_t day_us = static_cast<std::int64_t>(random() % 5) * kDayUs;
    return first_us + day_us + (random() % 4 == 0 ? 0 : static_cast<std::int64_t>(random() % 86'400) * kSecondUs);
  };
  for (int i = 0; i < 3'000; ++i) {
    publish("n" + std::to_string(random() % 200) + ".example", moment(), "pc-" + std::to_string(random() % 3),
            static_cast<LookupVerdict>(random() % 5));
    if (i % 1'000 == 0) flush_all(*history_);
  }
  flush_all(*history_);
  std::uint64_t lookups = 0;
  for (int i = 0; i < 60; ++i) {
    const TimeSpan span{moment(), moment()};
    const Counts wanted = span.from_us < span.to_us ? searched(span) : Counts();
    EXPECT_EQ(counts(span), wanted) << span.from_us << " to " << span.to_us;
    lookups += read_.lookups;
  }
  EXPECT_GT(lookups, 10'000u) << "so that something was compared";
}

TEST_F(LookedUpNames, WhatIsNoNameIsLeftOut) {
  LookupRecord record = make_record("a.example");
  record.name_size = 3;
  ring_->publish(record);
  publish("b.example", kNoonUs);
  EXPECT_EQ(counts({0, kLastUs}), (Counts{{"b.example", 1}}));
}

TEST_F(LookedUpNames, ADamagedDayIsSaidAndTheOthersAreRead) {
  publish("a.example", kNoonUs - kDayUs);
  publish("b.example", kNoonUs);
  flush_all(*history_);
  write_file(day_path(history_folder(), day_of(kNoonUs) - 2), "not a database at all, but a text of some length");
  EXPECT_EQ(counts({0, kLastUs}), (Counts{{"a.example", 1}, {"b.example", 1}}));
  ASSERT_EQ(read_.problems.size(), 1u);
  EXPECT_NE(read_.problems[0].find("2024-10-02.sqlite"), std::string::npos) << read_.problems[0];
  read({kNoonUs, kLastUs});
  EXPECT_TRUE(read_.problems.empty()) << "of another time";
}

TEST_F(LookedUpNames, TheFirstErrorOfWhoTakesThemEndsIt) {
  publish("a.example", kNoonUs);
  publish("b.example", kNoonUs);
  flush_all(*history_);
  int taken = 0;
  const auto read = read_looked_up_names(history_folder(), {0, kLastUs}, [&](const dns::Name&, std::uint64_t) {
    ++taken;
    return Status(Error(ErrorCode::kUnavailable, "enough"));
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(), "enough");
  EXPECT_EQ(taken, 1);
}

TEST_F(LookedUpNames, NoHistoryIsNotAnEmptyOne) {
  const auto nobody = [](const dns::Name&, std::uint64_t) { return Status(); };
  const auto none = read_looked_up_names(folder_.file("none"), {0, kLastUs}, nobody);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), ErrorCode::kNotFound);
  const auto empty = read_looked_up_names(history_folder(), {0, kLastUs}, nobody);
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->names, 0u);
}

}  // namespace
}  // namespace schoolgate::history

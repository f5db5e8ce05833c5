#include "history/search.h"

#include <gtest/gtest.h>

#include <set>

#include "history/day.h"
#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

using base::ErrorCode;
using namespace std::string_literals;

// Three days of lookups; `duration_us` is the number of each.
class SearchTest : public testing::Test {
 protected:
  void publish(std::uint32_t number, std::int64_t time_us, const std::string& name, const std::string& device,
               const std::string& category, LookupVerdict verdict) {
    LookupRecord record = make_record(name, time_us);
    record.duration_us = number;
    record.verdict = verdict;
    LookupRecord::put(record.device, device);
    LookupRecord::put(record.category, category);
    ring_->publish(record);
  }
  std::vector<std::uint32_t> numbers(const Filter& filter) {
    history_->flush();
    std::vector<std::uint32_t> out;
    for (const Lookup& lookup : search_all(*history_, filter)) out.push_back(lookup.duration_us);
    return out;
  }
  ErrorCode refusal(const Filter& filter) {
    const auto page = history_->search(filter);
    EXPECT_FALSE(page);
    return page ? ErrorCode::kUnavailable : page.error().code();
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  std::unique_ptr<History> history_ = start(settings_for(folder_), clock_);
  JournalRing* ring_ = *history_->add_ring(0);
};

Filter by_name(std::string name) {
  Filter filter;
  filter.name = std::move(name);
  return filter;
}

TEST_F(SearchTest, ByEachFieldAndByAllTogether) {
  const auto allowed = LookupVerdict::kAllowed;
  const auto blocked = LookupVerdict::kBlocked;
  publish(1, kNoonUs - 2 * kDayUs, "www.example.org", "pc-1", "", allowed);
  publish(2, kNoonUs - kDayUs, "bet.example.com", "pc-1", "gambling", blocked);
  publish(3, kNoonUs - kDayUs + 1, "bet.example.com", "pc-2", "gambling", blocked);
  publish(4, kNoonUs, "play.example.com", "pc-2", "games", blocked);
  publish(5, kNoonUs + 1, "bet.example.com", "pc-2", "gambling", allowed);
  using Numbers = std::vector<std::uint32_t>;
  EXPECT_EQ(numbers({}), (Numbers{5, 4, 3, 2, 1}));

  Filter filter;
  filter.device = "pc-2";
  EXPECT_EQ(numbers(filter), (Numbers{5, 4, 3}));
  filter.category = "gambling";
  EXPECT_EQ(numbers(filter), (Numbers{5, 3}));
  filter.verdict = blocked;
  EXPECT_EQ(numbers(filter), (Numbers{3}));
  filter.name = "bet.example.com";
  EXPECT_EQ(numbers(filter), (Numbers{3}));
  filter.from_us = kNoonUs - kDayUs + 2;
  EXPECT_EQ(numbers(filter), Numbers{});

  filter = {};
  filter.verdict = blocked;
  EXPECT_EQ(numbers(filter), (Numbers{4, 3, 2}));
  filter = {};
  filter.category = "games";
  EXPECT_EQ(numbers(filter), (Numbers{4}));
  filter.category = "nothing";
  EXPECT_EQ(numbers(filter), Numbers{});
  filter = {};
  filter.device = "PC-2";
  EXPECT_EQ(numbers(filter), Numbers{}) << "an id is exact";
}

TEST_F(SearchTest, ByClient) {
  const auto publish_from = [this](std::uint32_t number, const char* client) {
    LookupRecord record = make_record("a.example", kNoonUs + number);
    record.duration_us = number;
    record.client = base::IpAddress::parse(client)->bytes();
    ring_->publish(record);
  };
  publish_from(1, "10.1.2.3");
  publish_from(2, "2001:db8::7");
  publish_from(3, "10.1.2.3");
  Filter filter = by_name("a.example");
  filter.client = base::IpAddress::parse("10.1.2.3");
  EXPECT_EQ(numbers(filter), (std::vector<std::uint32_t>{3, 1}));
  filter.client = base::IpAddress::parse("2001:db8::7");
  EXPECT_EQ(numbers(filter), (std::vector<std::uint32_t>{2}));
  filter.client = base::IpAddress::parse("10.1.2.4");
  EXPECT_EQ(numbers(filter), std::vector<std::uint32_t>{});
}

TEST_F(SearchTest, TimeIsFromInclusiveToExclusive) {
  for (std::uint32_t i = 0; i < 4; ++i) publish(i, kNoonUs + i, "a.example", "d", "", LookupVerdict::kAllowed);
  publish(9, kNoonUs - kDayUs, "a.example", "d", "", LookupVerdict::kAllowed);
  Filter filter;
  filter.from_us = kNoonUs + 1;
  filter.to_us = kNoonUs + 3;
  EXPECT_EQ(numbers(filter), (std::vector<std::uint32_t>{2, 1}));
  filter.name = "a.example";
  EXPECT_EQ(numbers(filter), (std::vector<std::uint32_t>{2, 1})) << "the summary's times do not widen it";
  filter = {};
  filter.to_us = kNoonUs;
  EXPECT_EQ(numbers(filter), (std::vector<std::uint32_t>{9}));
  filter.from_us = kNoonUs;
  EXPECT_EQ(numbers(filter), std::vector<std::uint32_t>{});
}

struct NameCase {
  const char* pattern;
  std::vector<std::uint32_t> found;
};

TEST_F(SearchTest, ByName) {
  const std::vector<std::string> names = {"example.org",       "www.example.org",   "a.b.example.org", "notexample.org",
                                          "example.org.uk",    "\\255.example.org", "x%y_z.example",   "org",
                                          "\\042.wild.example"};
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    publish(i, kNoonUs + i, names[i], "d", "", LookupVerdict::kAllowed);
  }
  const std::vector<NameCase> cases = {
      {"example.org", {0}},
      {"EXAMPLE.ORG.", {0}},
      {"*.example.org", {5, 2, 1}},
      {"*.org", {5, 3, 2, 1, 0}},
      {"*example.org*", {5, 4, 3, 2, 1, 0}},
      {"*EXAMPLE.*", {5, 4, 3, 2, 1, 0}},
      {"*%*", {6}},
      {"*_*", {6}},
      {"*\\255*", {5}},
      {"*x%y_z.ex*", {6}},
      {"\\042.wild.example", {8}},
      {"*' OR 1=1 --*", {}},
      {"org", {7}},
      {"absent.example", {}},
  };
  for (const auto& [pattern, found] : cases) EXPECT_EQ(numbers(by_name(pattern)), found) << pattern;
}

TEST_F(SearchTest, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(refusal(by_name("exam*ple.org")), ErrorCode::kInvalid);
  EXPECT_EQ(refusal(by_name("")), ErrorCode::kInvalid);
  Filter filter;
  for (const std::uint32_t limit : {0u, 10'001u, UINT32_MAX}) {
    filter.limit = limit;
    EXPECT_EQ(refusal(filter), ErrorCode::kInvalid) << limit;
  }
  filter = {};
  filter.cursor = "'; DROP TABLE lookup; --";
  EXPECT_EQ(refusal(filter), ErrorCode::kInvalid);
}

// Through all pages, of any size, over days and rings and rows of one microsecond: each row once, newest first.
TEST_F(SearchTest, PagesGiveEachRowOnce) {
  JournalRing* other = *history_->add_ring(1);
  constexpr std::uint32_t kRows = 500;
  for (std::uint32_t i = 0; i < kRows; ++i) {
    LookupRecord record = make_record("a.example", kNoonUs - (i % 3) * kDayUs + (i / 7));
    record.duration_us = i;
    (i % 2 == 0 ? ring_ : other)->publish(record);
  }
  history_->flush();
  for (const std::uint32_t limit : {1u, 2u, 7u, 100u, 250u, 499u, 500u, 501u}) {
    Filter filter;
    filter.limit = limit;
    std::set<std::uint32_t> seen;
    std::int64_t last_us = INT64_MAX;
    do {
      const auto page = history_->search(filter);
      ASSERT_TRUE(page);
      ASSERT_LE(page->lookups.size(), limit);
      for (const Lookup& lookup : page->lookups) {
        ASSERT_LE(lookup.time_us, last_us);
        last_us = lookup.time_us;
        const bool is_new = seen.insert(lookup.duration_us).second;
        ASSERT_TRUE(is_new) << "twice: " << lookup.duration_us;
      }
      ASSERT_TRUE(page->next_cursor.empty() || page->lookups.size() == limit);
      filter.cursor = page->next_cursor;
    } while (!filter.cursor.empty());
    EXPECT_EQ(seen.size(), kRows) << "limit " << limit;
  }
}

TEST_F(SearchTest, LookupsThatArriveMeanwhileDoNotMoveThePages) {
  for (std::uint32_t i = 0; i < 20; ++i) publish(i, kNoonUs + i, "a.example", "d", "", LookupVerdict::kAllowed);
  history_->flush();
  Filter filter;
  filter.limit = 6;
  std::vector<std::uint32_t> seen;
  do {
    const auto page = history_->search(filter);
    ASSERT_TRUE(page);
    for (const Lookup& lookup : page->lookups) seen.push_back(lookup.duration_us);
    filter.cursor = page->next_cursor;
    for (std::uint32_t i = 0; i < 5; ++i) publish(99, kNoonUs + 50, "b.example", "d", "", LookupVerdict::kAllowed);
    history_->flush();
  } while (!filter.cursor.empty());
  std::vector<std::uint32_t> wanted(20);
  for (std::uint32_t i = 0; i < 20; ++i) wanted[i] = 19 - i;
  EXPECT_EQ(seen, wanted);
}

TEST_F(SearchTest, TheLastPageHasNoCursor) {
  for (std::uint32_t i = 0; i < 4; ++i) publish(i, kNoonUs + i, "a.example", "d", "", LookupVerdict::kAllowed);
  history_->flush();
  Filter filter;
  filter.limit = 4;
  EXPECT_EQ(history_->search(filter)->next_cursor, "");
  filter.limit = 3;
  EXPECT_NE(history_->search(filter)->next_cursor, "");
}

// Any octets a client can put into a question come back as they were asked.
TEST_F(SearchTest, HostileNamesAreStoredExactly) {
  std::string longest;
  for (int i = 0; i < 3; ++i) longest += '\x3f' + std::string(63, static_cast<char>('a' + i));
  longest += '\x3d' + std::string(61, 'z') + '\0';
  ASSERT_EQ(longest.size(), 255u);
  const std::vector<std::string> wires = {
      "\1\0\0"s,  "\7a'b\"c;d\0"s, "\3%_*\0"s, "\4\r\n\t\x1b\0"s, "\4\xff\xfe\xc0\x80\0"s,
      "\3a.b\0"s, "\1a\1b\0"s,     "\0"s,      longest,           "\x1e'); drop table lookup; -- xxxx\0"s,
  };
  for (std::size_t i = 0; i < wires.size(); ++i) {
    LookupRecord record = make_record("x", kNoonUs - static_cast<std::int64_t>(i));
    record.duration_us = static_cast<std::uint32_t>(i);
    record.put_name({reinterpret_cast<const std::uint8_t*>(wires[i].data()), wires[i].size()});
    LookupRecord::put(record.device, "it's 100% \"me\"\n\xff");
    ring_->publish(record);
  }
  history_->flush();
  const auto lookups = search_all(*history_);
  ASSERT_EQ(lookups.size(), wires.size());
  for (std::size_t i = 0; i < wires.size(); ++i) {
    const auto name = dns::Name::from_wire({reinterpret_cast<const std::uint8_t*>(wires[i].data()), wires[i].size()});
    ASSERT_TRUE(name) << i;
    EXPECT_EQ(lookups[i].name, name->to_text()) << i;
    EXPECT_EQ(lookups[i].device, "it's 100% \"me\"\n\xff");
    if (lookups[i].name.find('*') != std::string::npos) continue;  // would be a pattern
    EXPECT_EQ(numbers(by_name(lookups[i].name)), (std::vector<std::uint32_t>{static_cast<std::uint32_t>(i)})) << i;
  }
  Filter filter;
  filter.device = "it's 100% \"me\"\n\xff";
  EXPECT_EQ(numbers(filter).size(), wires.size());
}

TEST_F(SearchTest, ACutDeviceIdIsWhatIsStored) {
  LookupRecord record = make_record("a.example");
  LookupRecord::put(record.device, std::string(100, 'd'));
  ring_->publish(record);
  Filter filter;
  filter.device = std::string(64, 'd');
  EXPECT_EQ(numbers(filter).size(), 1u);
}

TEST(Search, OfAnEmptyOrAbsentFolderFindsNothing) {
  const TemporaryFolder folder;
  for (const std::string& path : {folder.path(), folder.file("absent")}) {
    const auto page = history::search(path, {}, [] { return false; });
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->lookups.empty());
    EXPECT_TRUE(page->problems.empty());
  }
}

// A safeguarding lead asks who looked for it, whether or not they were allowed to.
TEST_F(SearchTest, ACategoryFindsWhatWasAllowedToo) {
  LookupRecord record = make_record("bet.example");
  record.tags[0] = 1u << 1;  // gambling
  record.tags[1] = 1u << 6;  // games
  ring_->publish(record);
  ring_->publish(make_record("plain.example"));
  history_->flush();
  for (const char* category : {"gambling", "games"}) {
    Filter filter;
    filter.category = category;
    const auto page = history_->search(filter);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->lookups.size(), 1u) << category;
    EXPECT_EQ(page->lookups[0].name, "bet.example");
  }
  Filter part;
  part.category = "game";
  EXPECT_TRUE(history_->search(part)->lookups.empty());
}

// Twice as many names as SQLite's machine takes steps between two questions, more or less.
class LongSearch : public SearchTest {
 protected:
  LongSearch() {
    for (std::uint32_t i = 0; i < 4'000; ++i) {
      publish(i, kNoonUs + i, "n" + std::to_string(i) + ".example", "pc-1", "", LookupVerdict::kAllowed);
    }
    publish(1, kNoonUs - kDayUs, "the-day-before.example", "pc-1", "", LookupVerdict::kAllowed);
    flush_all(*history_);
  }
};

TEST_F(LongSearch, GivesUpAndSaysWhereItStopped) {
  const auto page = history::search(settings_for(folder_).folder, by_name("*day-before*"), [] { return true; });
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->lookups.empty());
  ASSERT_EQ(page->problems.size(), 1u);
  EXPECT_NE(page->problems[0].find("ended on " + to_text(day_of(kNoonUs))), std::string::npos) << page->problems[0];
}

TEST_F(LongSearch, IsPatientForAWhile) {
  const auto page = history_->search(by_name("*day-before*"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->lookups.size(), 1u);
  EXPECT_TRUE(page->problems.empty());
}

TEST_F(LongSearch, EndsBeforeAStop) {
  history_->end_searches();
  const auto page = history_->search(by_name("*day-before*"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->problems.size(), 1u);
}

TEST_F(SearchTest, ADayThatIsNotFilledYetIsEmpty) {
  write_file(settings_for(folder_).folder + "/2024-10-03.sqlite", "");
  publish(1, kNoonUs, "a.example", "d", "", LookupVerdict::kAllowed);
  history_->flush();
  const auto page = history_->search({});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->lookups.size(), 1u);
  EXPECT_TRUE(page->problems.empty());
}

}  // namespace
}  // namespace schoolgate::history

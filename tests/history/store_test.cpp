#include "history/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

using base::ErrorCode;

class StoreTest : public testing::Test {
 protected:
  std::unique_ptr<DayStore> open() { return std::move(*DayStore::open(path_, kDay, tags_)); }
  Batch batch(std::uint64_t first, const std::vector<LookupRecord>& records, std::string_view ring = "node-a-b00t-0") {
    return {ring, "node-a", "hill-school", first, records};
  }
  std::vector<LookupRecord> records(std::uint64_t first, std::uint64_t last) {
    std::vector<LookupRecord> out;
    for (std::uint64_t i = first; i <= last; ++i) out.push_back(numbered(i, kNoonUs + static_cast<std::int64_t>(i)));
    return out;
  }
  // What a fresh reader sees.
  std::int64_t number(const std::string& sql) {
    SQLite::Database database(path_, SQLite::OPEN_READONLY);
    return database.execAndGet(sql).getInt64();
  }
  std::string text(const std::string& sql) {
    SQLite::Database database(path_, SQLite::OPEN_READONLY);
    return database.execAndGet(sql).getString();
  }

  static constexpr Day kDay = 20'000;
  TemporaryFolder folder_;
  std::string path_ = day_path(folder_.path(), kDay);
  filter::TagTable tags_ = three_tags();
};

TEST_F(StoreTest, AddsABatchAndRemembersItsRing) {
  const auto store = open();
  EXPECT_EQ(*store->append(batch(1, records(1, 10))), 10u);
  EXPECT_EQ(number("SELECT count(*) FROM lookup"), 10);
  EXPECT_EQ(number("SELECT sequence FROM ring"), 10);
  EXPECT_EQ(text("SELECT key || ' ' || node || ' ' || site FROM ring"), "node-a-b00t-0 node-a hill-school");
  EXPECT_EQ(number("SELECT count(*) FROM lookup WHERE sequence = duration_us"), 10);
}

TEST_F(StoreTest, ABatchOfferedAgainAddsWhatIsMissingOnly) {
  {
    const auto store = open();
    EXPECT_EQ(*store->append(batch(1, records(1, 10))), 10u);
    EXPECT_EQ(*store->append(batch(1, records(1, 10))), 0u);
    EXPECT_EQ(*store->append(batch(8, records(8, 14))), 4u);
  }
  const auto store = open();  // and after a start
  EXPECT_EQ(*store->append(batch(1, records(1, 20))), 6u);
  EXPECT_EQ(number("SELECT count(*) FROM lookup"), 20);
  EXPECT_EQ(number("SELECT count(DISTINCT duration_us) FROM lookup"), 20);
  EXPECT_EQ(number("SELECT sum(count) FROM summary"), 20);
}

TEST_F(StoreTest, AnOlderBatchDoesNotTakeTheSequenceBack) {
  const auto store = open();
  EXPECT_TRUE(store->append(batch(1, records(1, 10))));
  EXPECT_EQ(*store->append(batch(1, records(1, 5))), 0u);
  EXPECT_EQ(number("SELECT sequence FROM ring"), 10);
}

TEST_F(StoreTest, EachRingGoesByItsOwnSequence) {
  const auto store = open();
  EXPECT_EQ(*store->append(batch(1, records(1, 10), "ring-one")), 10u);
  EXPECT_EQ(*store->append(batch(1, records(1, 10), "ring-two")), 10u);
  EXPECT_EQ(number("SELECT count(*) FROM lookup"), 20);
}

TEST_F(StoreTest, TakesItsOwnDayOnly) {
  auto mixed = records(1, 6);
  mixed[1].time_us += kDayUs;
  mixed[4].time_us -= kDayUs;
  const auto store = open();
  EXPECT_EQ(*store->append(batch(1, mixed)), 4u);
  EXPECT_EQ(number("SELECT sequence FROM ring"), 6);
}

TEST_F(StoreTest, EachValueIsStoredOnce) {
  std::vector<LookupRecord> same(100, make_record("www.example.org"));
  const auto store = open();
  EXPECT_EQ(*store->append(batch(1, same)), 100u);
  EXPECT_EQ(*store->append(batch(101, same)), 100u);
  for (const char* table : {"device", "client", "name", "category", "list", "tag_set"}) {
    EXPECT_EQ(number(std::string("SELECT count(*) FROM ") + table), 1) << table;
  }
  EXPECT_EQ(text("SELECT text FROM name"), "www.example.org");
  EXPECT_EQ(text("SELECT text FROM device"), "lab-pc-07");
}

TEST_F(StoreTest, TheSummaryCountsPerDeviceNameAndVerdict) {
  auto some = std::vector<LookupRecord>(5, make_record("www.example.org"));
  for (std::size_t i = 0; i < some.size(); ++i) some[i].time_us += static_cast<std::int64_t>(10 - i);
  some[3].verdict = LookupVerdict::kBlocked;
  LookupRecord::put(some[4].device, "other");
  const auto store = open();
  EXPECT_EQ(*store->append(batch(1, some)), 5u);
  EXPECT_EQ(*store->append(batch(6, some)), 5u);
  EXPECT_EQ(number("SELECT count(*) FROM summary"), 3);
  const std::string lab = " FROM summary s JOIN device d ON d.id = s.device WHERE d.text = 'lab-pc-07' AND verdict = ";
  EXPECT_EQ(number("SELECT count" + lab + "0"), 6);
  EXPECT_EQ(number("SELECT first_us" + lab + "0"), kNoonUs + 8);
  EXPECT_EQ(number("SELECT last_us" + lab + "0"), kNoonUs + 10);
  EXPECT_EQ(number("SELECT count" + lab + "1"), 2);
}

// A transaction that fails half-way leaves nothing: no row, no sequence, and no number in a cache for a value that was
// rolled back. A trigger plays the failing disk.
TEST_F(StoreTest, AllOrNothing) {
  const auto store = open();
  EXPECT_TRUE(store->append(batch(1, records(1, 2))));
  {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE);
    database.exec(
        "CREATE TRIGGER fail BEFORE INSERT ON lookup WHEN NEW.duration_us = 5 BEGIN"
        " SELECT RAISE(ROLLBACK, 'no'); END");
  }
  const auto failed = store->append(batch(3, records(3, 8)));
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message().find("cannot write " + path_), std::string::npos) << failed.error().message();
  EXPECT_EQ(number("SELECT count(*) FROM lookup"), 2);
  EXPECT_EQ(number("SELECT sequence FROM ring"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM name"), 2);
  {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE);
    database.exec("DROP TRIGGER fail");
  }
  EXPECT_EQ(*store->append(batch(3, records(3, 8))), 6u);
  EXPECT_EQ(number("SELECT count(*) FROM lookup l JOIN name n ON n.id = l.name"
                   " WHERE n.text = 'n' || l.duration_us || '.example.org'"),
            8);
  EXPECT_EQ(number("SELECT sum(count) FROM summary"), 8);
}

TEST_F(StoreTest, RefusesWhatIsNotADay) {
  write_file(path_, std::string(10'000, 'x'));
  EXPECT_EQ(DayStore::open(path_, kDay, tags_).error().code(), ErrorCode::kDamaged);
  std::filesystem::remove(path_);
  SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE other (x)");
  const auto other = DayStore::open(path_, kDay, tags_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kDamaged);
  EXPECT_NE(other.error().message().find(path_), std::string::npos);
}

TEST_F(StoreTest, RefusesADayWithoutItsTables) {
  open().reset();
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("DROP TABLE summary");
  EXPECT_EQ(DayStore::open(path_, kDay, tags_).error().code(), ErrorCode::kDamaged);
}

TEST_F(StoreTest, AReaderDoesNotStopTheWriter) {
  const auto store = open();
  EXPECT_TRUE(store->append(batch(1, records(1, 10))));
  SQLite::Database database(path_, SQLite::OPEN_READONLY);
  SQLite::Statement rows(database, "SELECT * FROM lookup");
  ASSERT_TRUE(rows.executeStep());
  EXPECT_EQ(*store->append(batch(11, records(11, 20))), 10u);
  int seen = 1;
  while (rows.executeStep()) ++seen;
  EXPECT_EQ(seen, 10) << "a reader sees one moment";
}

}  // namespace
}  // namespace schoolgate::history

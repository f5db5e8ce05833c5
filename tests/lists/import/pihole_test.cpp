// Pi-hole's gravity.db, as its versions 5 and 6 make it, and as nobody should.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <chrono>

#include "lists/import/foreign_setup.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using support::TemporaryFolder;

constexpr const char* kTables =
    "CREATE TABLE \"group\" (id INTEGER PRIMARY KEY, enabled BOOLEAN, name TEXT);"
    "INSERT INTO \"group\" VALUES (0, 1, 'Default');"
    "CREATE TABLE adlist (id INTEGER PRIMARY KEY, address TEXT, enabled BOOLEAN, comment TEXT, type INTEGER DEFAULT 0);"
    "CREATE TABLE domainlist (id INTEGER PRIMARY KEY, type INTEGER, domain TEXT, enabled BOOLEAN, comment TEXT);";

class PiholeTest : public testing::Test {
 protected:
  base::Result<ForeignSetup> read(const std::string& tables, const std::string& rows = "") {
    SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(tables + rows);
    return read_foreign_setup(path_);
  }
  static std::string left_out(const ForeignSetup& setup) {
    std::string text;
    for (const LeftOut& one : setup.left_out) text += one.what + ": " + one.reason + '\n';
    return text;
  }
  TemporaryFolder folder_;
  std::string path_ = folder_.file("gravity.db");
};

TEST_F(PiholeTest, TakesTheListsThatAreSwitchedOn) {
  const auto setup =
      read(kTables,
           "INSERT INTO adlist (address, enabled) VALUES ('https://lists.example/a.txt', 1),"
           "('https://lists.example/off.txt', 0), ('http://lists.example/b.txt', 1),"
           "('file:///etc/pihole/own.list', 1), ('lists.example/c.txt', 1);"
           "INSERT INTO adlist (address, enabled, type) VALUES ('https://lists.example/allow.txt', 1, 1);");
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_EQ(setup->product, "pihole");
  ASSERT_EQ(setup->lists.size(), 1u);
  EXPECT_EQ(setup->lists[0].address, "https://lists.example/a.txt");
  EXPECT_EQ(left_out(*setup),
            "list https://lists.example/off.txt: is switched off there\n"
            "list http://lists.example/b.txt: http:// is not taken: whoever is in between could change it; look for an "
            "https:// address\n"
            "list file:///etc/pihole/own.list: a file of that machine: copy it here, then schoolgate lists add --id … "
            "--category … --source FILE\n"
            "list lists.example/c.txt: is no https:// address\n"
            "list https://lists.example/allow.txt: is a list of allowed names: here a list lifts only its own rules\n");
}

TEST_F(PiholeTest, ItsRulesMeanTheSameInTheList) {
  const auto setup =
      read(kTables,
           "INSERT INTO domainlist (type, domain, enabled) VALUES (1, 'bad.example', 1), (1, 'off.example', 0),"
           "(3, '(\\.|^)worse\\.example$', 1), (0, 'good.bad.example', 1), (2, '^fine\\.', 1), (7, 'odd', 1);");
  ASSERT_TRUE(setup) << setup.error().message();
  std::string text;
  for (const std::string& rule : setup->rules) text += rule + '\n';
  EXPECT_EQ(text, "0.0.0.0 bad.example\n/(\\.|^)worse\\.example$/\n@@/^good\\.bad\\.example$/\n@@/^fine\\./\n");
  const auto events = events_of("adblock", text);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0], "1: exact bad.example");
  EXPECT_EQ(events[1], "2: pattern (\\.|^)worse\\.example$");
  EXPECT_NE(events[2].find("exception"), std::string::npos) << events[2];
  EXPECT_EQ(
      left_out(*setup),
      "off.example: is switched off there\n"
      "allow good.bad.example: lifts only what the imported rules block; for all lists: schoolgate local allow "
      "--exact good.bad.example\n"
      "allow /^fine\\./: lifts only what the imported rules block; for all lists: name them in a group's allow_names\n"
      "odd: is of a kind that we do not know: 7\n");
}

TEST_F(PiholeTest, GroupsAreTold) {
  const auto setup = read(kTables, "INSERT INTO \"group\" VALUES (1, 1, 'Year 7'), (2, 1, 'Year 8');");
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_EQ(left_out(*setup),
            "2 groups: groups and clients are not taken over: write [[group]] and [[device]] into the policy file\n");
}

TEST_F(PiholeTest, OfVersionFiveNoTypeIsAsked) {
  const auto setup = read(
      "CREATE TABLE adlist (id INTEGER PRIMARY KEY, address TEXT UNIQUE, enabled BOOLEAN);"
      "CREATE TABLE domainlist (id INTEGER PRIMARY KEY, type INTEGER, domain TEXT, enabled BOOLEAN);",
      "INSERT INTO adlist (address, enabled) VALUES ('https://lists.example/a.txt', 1);");
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_EQ(setup->lists.size(), 1u);
}

TEST_F(PiholeTest, AnotherDatabaseIsSaidToBeOne) {
  const auto setup = read("CREATE TABLE adlist (id INTEGER);");
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code(), base::ErrorCode::kInvalid);
  EXPECT_EQ(setup.error().message(), path_ + ": has no table domainlist: is it the gravity.db of Pi-hole 5 or later?");
}

TEST_F(PiholeTest, TheFileIsNotTouched) {
  ASSERT_TRUE(read(kTables));
  const std::string before = folder_.read("gravity.db");
  ASSERT_TRUE(read_foreign_setup(path_));
  EXPECT_TRUE(folder_.read("gravity.db") == before);
}

TEST_F(PiholeTest, ValuesThatFitNoLineAreLeftOut) {
  const auto setup = read(kTables,
                          "INSERT INTO domainlist (type, domain, enabled) VALUES (1, 'a' || char(10) || '||evil^', 1),"
                          "(1, x'6100ff', 1), (1, '', 1), (1, NULL, 1);"
                          "INSERT INTO domainlist (type, domain, enabled) SELECT 1, hex(zeroblob(3000)), 1;"
                          "INSERT INTO adlist (address, enabled) VALUES ('https://x' || char(10), 1);");
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_TRUE(setup->rules.empty());
  EXPECT_TRUE(setup->lists.empty());
  EXPECT_EQ(setup->left_out.size(), 6u);
}

TEST_F(PiholeTest, AHugeValueEndsInAnError) {
  const auto setup =
      read(kTables, "INSERT INTO domainlist (type, domain, enabled) SELECT 1, hex(zeroblob(4000000)), 1;");
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().message().find("cannot read " + path_), 0u) << setup.error().message();
}

TEST_F(PiholeTest, TooManyRowsAreTold) {
  const auto setup = read(kTables,
                          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)"
                          "INSERT INTO domainlist (type, domain, enabled) SELECT 1, 'a' || i || '.example', 1 FROM n;");
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_EQ(setup->rules.size(), 100'000u);
  EXPECT_EQ(left_out(*setup), "the rest of domainlist: has more than 100000 rows\n");
}

// A view is no table, so one that never ends is never asked.
TEST_F(PiholeTest, AViewIsNoTable) {
  const auto setup = read(
      "CREATE TABLE domainlist (type INTEGER, domain TEXT, enabled BOOLEAN);"
      "CREATE VIEW adlist AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS address, 1 AS "
      "enabled "
      "FROM n;");
  ASSERT_FALSE(setup);
  EXPECT_NE(setup.error().message().find("has no table adlist"), std::string::npos) << setup.error().message();
}

// A column may be computed when it is read.
TEST_F(PiholeTest, WhatTakesTooLongIsGivenUp) {
  const std::string tables =
      "CREATE TABLE domainlist (type INTEGER, domain TEXT, enabled BOOLEAN);"
      "CREATE TABLE adlist (address TEXT, enabled AS (length(hex(zeroblob(400000 + length(address))))));";
  const std::string rows =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
      "INSERT INTO adlist (address) SELECT 'https://x.example/' || i FROM n;";
  SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(tables + rows);
  const auto begun = std::chrono::steady_clock::now();
  const auto setup = read_pihole(path_, std::chrono::milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code(), base::ErrorCode::kInvalid);
  EXPECT_EQ(setup.error().message(), path_ + ": takes too long to read");
}

TEST_F(PiholeTest, DamageIsSaidAndHarmless) {
  ASSERT_TRUE(read(kTables, "INSERT INTO adlist (address, enabled) VALUES ('https://lists.example/a.txt', 1);"));
  const std::string good = folder_.read("gravity.db");
  for (std::size_t at = 16; at < good.size(); at += 61) {
    std::string bad = good;
    for (std::size_t i = at; i < std::min(at + 40, bad.size()); ++i) bad[i] = static_cast<char>(bad[i] ^ 0x5a);
    folder_.write("gravity.db", bad);
    const auto setup = read_foreign_setup(path_);
    if (!setup) {
      EXPECT_NE(setup.error().message().find(path_), std::string::npos) << setup.error().message();
    }
  }
  folder_.write("gravity.db", "SQLite format 3" + std::string(5'000, '\xff'));
  const auto setup = read_foreign_setup(path_);
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code(), base::ErrorCode::kDamaged);
}

}  // namespace
}  // namespace schoolgate::lists

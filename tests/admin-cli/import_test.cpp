// lists import: what it writes, and what it leaves alone.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "tests/lists/full_disk.h"
#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

constexpr const char* kYaml = R"yaml(filters:
  - enabled: true
    url: https://lists.example/filter_1.txt
    name: The "best" list; 2026
  - enabled: true
    url: https://lists.example/filter_2.txt
    name: The best list 2026
  - enabled: true
    url: https://lists.example/filter_2.txt
    name: Again
  - enabled: true
    url: http://lists.example/filter_3.txt
    name: Plain
user_rules:
  - '||bad.example^'
  - '||bad.example/page'
)yaml";

class ImportTest : public testing::Test {
 protected:
  ImportTest() { place_.write("AdGuardHome.yaml", kYaml); }
  std::string text(const std::string& file) const { return base::read_file(place_.path(file)).value_or("unreadable"); }
  Ran import(std::vector<std::string> more = {}, const std::string& file = "AdGuardHome.yaml") const {
    std::vector<std::string> words = {"lists", "import", place_.path(file), "--category", "gambling"};
    words.insert(words.end(), more.begin(), more.end());
    return place_.run(words, 300);
  }
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  // Refused with that exit code and message, and no file written.
  void expect_refused(const Ran& ran, int exit, const std::string& said, const std::string& policy) const {
    EXPECT_EQ(ran.exit, exit) << ran.out;
    EXPECT_TRUE(has(ran.err, said)) << ran.err;
    EXPECT_EQ(text("policy.toml"), policy);
  }
  Workplace place_;
};

TEST_F(ImportTest, WritesListsAndRules) {
  const std::string before = text("policy.toml");
  const Ran ran = import();
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(
      text("policy.toml"),
      before +
          "\n# Imported. The \"best\" list; 2026\n[[list]]\nid = \"the-best-list-2026\"\ncategory = \"gambling\"\n"
          "source = \"https://lists.example/filter_1.txt\"\n"
          "\n# Imported. The best list 2026\n[[list]]\nid = \"the-best-list-2026-2\"\ncategory = \"gambling\"\n"
          "source = \"https://lists.example/filter_2.txt\"\n"
          "\n# Our own rules of before, imported.\n[[list]]\nid = \"imported-adguard\"\ncategory = \"gambling\"\n"
          "source = \"imported-adguard.txt\"\nformat = \"adblock\"\n");
  EXPECT_EQ(text("imported-adguard.txt"), "||bad.example^\n||bad.example/page\n");
  for (const char* words : {"2 rules of your own are in", "is in the policy already", "http:// is not taken",
                            "||bad.example/page", "schoolgated does not run: this is in force when it starts.\n",
                            "`schoolgate lists update` fetches what is not here yet.\n"}) {
    EXPECT_TRUE(has(ran.out, words)) << words << "\n" << ran.out;
  }
}

TEST_F(ImportTest, WhatItWroteIsBuilt) {
  ASSERT_EQ(import().exit, 0);
  ASSERT_EQ(place_.run({"lists", "remove", "the-best-list-2026"}).exit, 0);
  ASSERT_EQ(place_.run({"lists", "remove", "the-best-list-2026-2"}).exit, 0);
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  EXPECT_TRUE(has(place_.run({"check", "www.bad.example", "--group", "pupils", "--offline"}).out, "is BLOCKED"));
}

TEST_F(ImportTest, ADaemonThatRunsReadsThePolicyAgain) {
  place_.start_daemon();
  EXPECT_EQ(import({"--dry-run"}).exit, 0);
  EXPECT_EQ(place_.service.reloads, 0);
  const Ran ran = import();
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(ran.out.ends_with(
      "\nIn force.\nschoolgated fetches what is not here yet: `schoolgate lists ls` shows what has come.\n"))
      << ran.out;
  EXPECT_EQ(place_.service.reloads, 1);
}

TEST_F(ImportTest, ADryRunWritesNothing) {
  const std::string before = text("policy.toml");
  const Ran ran = import({"--dry-run"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(ran.out, "WOULD BE ADDED") && has(ran.out, "the-best-list-2026-2")) << ran.out;
  EXPECT_TRUE(has(ran.out, "2 rules of your own would be in")) << ran.out;
  EXPECT_TRUE(has(ran.out, "Nothing was changed.")) << ran.out;
  EXPECT_EQ(text("policy.toml"), before);
  EXPECT_FALSE(std::filesystem::exists(place_.path("imported-adguard.txt")));
}

TEST_F(ImportTest, ProgramsGetAllOfIt) {
  const Json json = Json::parse(import({"--json", "--dry-run"}).out, nullptr, false);
  EXPECT_EQ(json["policy"], place_.path("policy.toml"));
  EXPECT_EQ(json["dry_run"], true);
  EXPECT_EQ(json["added"].size(), 3u);
  EXPECT_EQ(json["rules_file"], place_.path("imported-adguard.txt"));
  EXPECT_EQ(json["rules"], 2);
  ASSERT_EQ(json["left_out"].size(), 3u);
  EXPECT_EQ(json["left_out"][1].dump(),
            R"({"what":"list https://lists.example/filter_2.txt","reason":"is in the policy already"})");
}

TEST_F(ImportTest, PiholesDatabaseToo) {
  SQLite::Database(place_.path("gravity.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec(
          "CREATE TABLE adlist (id INTEGER PRIMARY KEY, address TEXT, enabled BOOLEAN);"
          "CREATE TABLE domainlist (id INTEGER PRIMARY KEY, type INTEGER, domain TEXT, enabled BOOLEAN);"
          "INSERT INTO adlist (address, enabled) VALUES ('https://lists.example/Ads/hosts.txt', 1);"
          "INSERT INTO domainlist (type, domain, enabled) VALUES (1, 'bad.example', 1);");
  const Ran ran = import({}, "gravity.db");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(text("policy.toml"), "id = \"lists-example-ads-hosts-txt\"\n")) << text("policy.toml");
  EXPECT_EQ(text("imported-pihole.txt"), "0.0.0.0 bad.example\n");
}

TEST_F(ImportTest, TwiceIsRefused) {
  ASSERT_EQ(import().exit, 0);
  const std::string after = text("policy.toml");
  expect_refused(import(), 1, "the list 'imported-adguard' is there already, from an import before", after);
  ASSERT_EQ(place_.run({"lists", "remove", "imported-adguard"}).exit, 0);
  expect_refused(import(), 1, "imported-adguard.txt is there already", text("policy.toml"));
}

TEST_F(ImportTest, WhatIsWrongWritesNoFile) {
  const std::string before = text("policy.toml");
  expect_refused(place_.run({"lists", "import", place_.path("AdGuardHome.yaml"), "--category", "gamblin"}), 2,
                 "unknown category 'gamblin' (did you mean 'gambling'?)", before);
  expect_refused(import({}, "absent.yaml"), 1, "there is no file", before);
  expect_refused(import({}, "policy.toml"), 2, "policy.toml", before);
  EXPECT_EQ(place_.run({"lists", "import", place_.path("AdGuardHome.yaml")}).exit, 2) << "the category is asked for";
  EXPECT_EQ(place_.run({"lists", "import", "--category", "gambling"}).exit, 2);
  {
    const lists::FullDisk full(40);  // the rules fit, the policy does not
    expect_refused(import(), 1, "cannot write " + place_.path("policy.toml"), before);
  }
  EXPECT_FALSE(std::filesystem::exists(place_.path("imported-adguard.txt")));
}

}  // namespace
}  // namespace schoolgate::admin_cli

// lists add and remove: what they write into the policy file, and what they say.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "admin-cli/file_edit.h"
#include "base/file.h"
#include "tests/lists/full_disk.h"
#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

constexpr const char* kCatalogue = R"toml([[list]]
id = "big-gambling"
category = "gambling"
source = "https://lists.example/gambling.txt"
format = "hosts"
licence = "CC BY-NC 4.0"
page = "https://lists.example/"
size = 1200
counted = "2026-08"
changes = "daily"
quality = "Kept well."
[[list]]
id = "dark"
category = "self-harm"
source = "https://lists.example/dark.tar.gz"
format = "squidguard"
licence = "MIT"
page = "https://lists.example/"
changes = "rarely"
quality = "Short."
[[set]]
id = "secondary"
meaning = "From 11 to 16."
lists = ["big-gambling", "dark"]
)toml";

class ListChangesTest : public testing::Test {
 protected:
  ListChangesTest() { place_.write("catalogue.toml", kCatalogue); }
  std::string policy() const { return base::read_file(place_.path("policy.toml")).value_or("unreadable"); }
  Json json(std::vector<std::string> words) const {
    words.insert(words.end(), "--json");
    const Ran ran = place_.run(words);
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return Json::parse(ran.out, nullptr, false);
  }
  // Refused with that exit code and that message, and nothing written.
  void expect_refused(const std::vector<std::string>& words, int exit, const std::string& said) {
    const std::string before = policy();
    const Ran ran = place_.run(words);
    EXPECT_EQ(ran.exit, exit) << ran.out;
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(policy(), before);
  }
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  Workplace place_;
};

TEST_F(ListChangesTest, AddTakesAnIdAndNoMore) {
  const std::string before = policy();
  const Ran ran = place_.run({"lists", "add", "big-gambling"}, 200);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(policy(),
            before +
                "\n# From the catalogue: Kept well. Licence: CC BY-NC 4.0; see https://lists.example/\n[[list]]\n"
                "id = \"big-gambling\"\ncategory = \"gambling\"\nsource = \"https://lists.example/gambling.txt\"\n"
                "format = \"hosts\"\nrefresh = \"1d\"\n");
  for (const char* words :
       {"big-gambling", "gambling", "CC BY-NC 4.0", "schoolgated does not run: this is in force when it starts.\n",
        "`schoolgate lists update` fetches what is not here yet.\n"}) {
    EXPECT_TRUE(has(ran.out, words)) << words << "\n" << ran.out;
  }
  EXPECT_FALSE(has(ran.out, "Nobody is stopped")) << "pupils may not gamble";
}

TEST_F(ListChangesTest, RemoveGivesTheFileBack) {
  const std::string before = policy();
  ASSERT_EQ(place_.run({"lists", "add", "big-gambling", "dark"}).exit, 0);
  const Ran ran = place_.run({"lists", "remove", "big-gambling"}, 200);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(ran.out, "  # From the catalogue: Kept well.")) << ran.out;
  EXPECT_TRUE(has(ran.out, "  id = \"big-gambling\"\n")) << ran.out;
  EXPECT_TRUE(has(ran.out, "schoolgated does not run: this is in force when it starts.\n")) << ran.out;
  EXPECT_FALSE(has(policy(), "big-gambling"));
  const Json removed = json({"lists", "remove", "dark"})["removed"];
  EXPECT_EQ(removed["id"], "dark");
  EXPECT_EQ(removed["category"], "self-harm");
  EXPECT_EQ(policy(), before);
}

TEST_F(ListChangesTest, RemovingTheLastListOfWhatIsBlockedIsSaid) {
  ASSERT_EQ(place_.run({"lists", "add", "big-gambling"}).exit, 0);
  EXPECT_FALSE(has(place_.run({"lists", "remove", "big-gambling"}).out, "no list is left"));
  EXPECT_TRUE(
      has(place_.run({"lists", "remove", "our-gambling"}).out, "Groups block gambling, and no list is left for it."));
}

TEST_F(ListChangesTest, ASetAddsWhatIsNotThere) {
  ASSERT_EQ(place_.run({"lists", "add", "dark"}).exit, 0);
  const Json outcome = json({"lists", "add", "--set", "secondary"});
  EXPECT_EQ(outcome["policy"], place_.path("policy.toml"));
  ASSERT_EQ(outcome["added"].size(), 1u);
  EXPECT_EQ(
      outcome["added"][0].dump(),
      R"({"id":"big-gambling","category":"gambling","source":"https://lists.example/gambling.txt","format":"hosts",)"
      R"("licence":"CC BY-NC 4.0"})");
  EXPECT_EQ(outcome["already"], Json::array({"dark"}));
  const std::string before = policy();
  const Ran again = place_.run({"lists", "add", "--set", "secondary"});
  EXPECT_EQ(again.exit, 0);
  EXPECT_TRUE(has(again.out, "Nothing to add")) << again.out;
  EXPECT_FALSE(has(again.out, "schoolgated")) << again.out;
  EXPECT_EQ(policy(), before);
}

TEST_F(ListChangesTest, ADaemonThatRunsReadsThePolicyAgain) {
  place_.write("more.txt", "more.example\n");
  place_.start_daemon();
  place_.service.builds_seen = 3;
  const Ran own =
      place_.run({"lists", "add", "--id", "more", "--category", "gambling", "--source", place_.path("more.txt")});
  EXPECT_EQ(own.exit, 0) << own.err;
  EXPECT_TRUE(own.out.ends_with("\nIn force.\n")) << own.out;
  EXPECT_EQ(place_.service.reloads, 1);
  EXPECT_EQ(place_.service.builds_seen, 0) << "it waits for the lists";
  EXPECT_TRUE(
      place_.run({"lists", "add", "dark"})
          .out.ends_with(
              "\nIn force.\nschoolgated fetches what is not here yet: `schoolgate lists ls` shows what has come.\n"));
  EXPECT_EQ(json({"lists", "remove", "more"})["reload"], "In force.");
  EXPECT_TRUE(place_.run({"lists", "remove", "dark"}).out.ends_with("\nIn force.\n"));
  EXPECT_EQ(place_.service.reloads, 4);
}

TEST_F(ListChangesTest, NothingToAddIsNothingToRead) {
  ASSERT_EQ(place_.run({"lists", "add", "--set", "secondary"}).exit, 0);
  place_.start_daemon();
  EXPECT_EQ(json({"lists", "add", "--set", "secondary"}).count("reload"), 0u);
  EXPECT_EQ(place_.run({"lists", "add", "dark"}).exit, 1) << "it is there";
  EXPECT_EQ(place_.service.reloads, 0);
}

TEST_F(ListChangesTest, APolicyThatTheDaemonRefusesIsSaid) {
  place_.start_daemon();
  place_.service.reloaded =
      base::Error(base::ErrorCode::kUnavailable, "the new policy is not in force, the old one stays: cannot open it");
  const Ran ran = place_.run({"lists", "add", "dark"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_EQ(ran.err, "the new policy is not in force, the old one stays: cannot open it\n");
  EXPECT_TRUE(has(ran.out, "dark") && !has(ran.out, "n force")) << ran.out;
  EXPECT_TRUE(has(policy(), "id = \"dark\"")) << "it was added all the same";
  const Ran removed = place_.run({"lists", "remove", "dark", "--json"});
  EXPECT_EQ(removed.exit, 1);
  EXPECT_EQ(Json::parse(removed.out)["reload"], "the new policy is not in force, the old one stays: cannot open it");
}

TEST_F(ListChangesTest, ADaemonThatMayNotBeAskedLeavesItOpen) {
  place_.start_daemon({12345});
  const Ran ran = place_.run({"lists", "remove", "our-gambling"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(ran.out, "\nNot in force yet: ")) << ran.out;
  EXPECT_EQ(place_.service.reloads, 0);
}

// While it waits for the lists, another schoolgate may change the file.
TEST_F(ListChangesTest, ThePolicyFileIsFreeWhileTheListsAreBuilt) {
  place_.start_daemon();
  place_.service.builds_seen = 50;  // a second
  auto first = std::async(std::launch::async, [this] { return place_.run({"lists", "add", "dark"}); });
  while (!has(policy(), "id = \"dark\"")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_TRUE(FileEdit::open(place_.path("policy.toml"), 1'000'000));
  EXPECT_EQ(first.get().exit, 0);
}

TEST_F(ListChangesTest, WhatNobodyIsStoppedByIsSaid) {
  const Ran ran = place_.run({"lists", "add", "dark"});
  EXPECT_TRUE(has(ran.out, "Nobody is stopped by self-harm yet: add \"self-harm\" to a group's block.")) << ran.out;
  ASSERT_EQ(place_.run({"lists", "remove", "dark"}).exit, 0);
  EXPECT_EQ(json({"lists", "add", "--set", "secondary"})["blocked_by_nobody"], Json::array({"self-harm"}));
}

// Nothing lifts a locked category, so a list of it stops everybody.
TEST_F(ListChangesTest, ALockedCategoryStopsEverybody) {
  place_.write("illegal.txt", "bad.example\n");
  const Json outcome =
      json({"lists", "add", "--id", "illegal", "--category", "child-abuse", "--source", place_.path("illegal.txt")});
  EXPECT_EQ(outcome["blocked_by_nobody"], Json::array());
}

TEST_F(ListChangesTest, AListOfOnesOwnIsWrittenRelativeToThePolicy) {
  place_.write("more.txt", "0.0.0.0 more.example\n");
  const Ran ran = place_.run({"lists", "add", "--id", "more", "--category", "gambling", "--source",
                              place_.path("more.txt"), "--format", "hosts"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(policy(),
                  "\n# A list of our own.\n[[list]]\nid = \"more\"\ncategory = \"gambling\"\nsource = \"more.txt\"\n"
                  "format = \"hosts\"\n"))
      << policy();
  EXPECT_FALSE(has(ran.out, "lists update")) << "there is nothing to fetch";
  EXPECT_EQ(place_.run({"lists", "build"}).exit, 0);
}

TEST_F(ListChangesTest, AFileElsewhereIsWrittenWhole) {
  const Json outcome = json({"lists", "add", "--id", "more", "--category", "gambling", "--source", "/etc/hosts"});
  EXPECT_EQ(outcome["added"][0]["source"], "/etc/hosts");
  EXPECT_TRUE(has(policy(), "source = \"/etc/hosts\"\n")) << policy();
}

TEST_F(ListChangesTest, WhatIsWrongIsRefusedAndNothingIsWritten) {
  expect_refused({"lists", "add", "big-gamblin"}, 1,
                 "the catalogue has no list 'big-gamblin' (did you mean 'big-gambling'?)");
  expect_refused({"lists", "add", "dark", "nothing"}, 1, "the catalogue has no list 'nothing'");
  expect_refused({"lists", "add", "--set", "secondry"}, 1, "has no set 'secondry' (did you mean 'secondary'?)");
  expect_refused({"lists", "remove", "our-gamblin"}, 1, "has no list 'our-gamblin' (did you mean 'our-gambling'?)");
  expect_refused({"lists", "add", "dark", "dark"}, 2, "not changed, for " + place_.path("policy.toml"));
  const std::string source = place_.path("gambling.txt");
  expect_refused({"lists", "add", "--id", "x", "--category", "gamblin", "--source", source}, 2,
                 "unknown category 'gamblin' (did you mean 'gambling'?)");
  expect_refused({"lists", "add", "--id", "X y", "--category", "gambling", "--source", source}, 2, "policy.toml:");
  expect_refused({"lists", "add", "--id", "x", "--category", "gambling", "--source", source, "--format", "host"}, 2,
                 "format 'host'");
  expect_refused({"lists", "add", "--id", "x", "--category", "gambling", "--source", place_.path("absent.txt")}, 1,
                 "there is no file " + place_.path("absent.txt"));
  expect_refused({"lists", "add", "--id", "x", "--category", "gambling", "--source", "ftp://x/y"}, 2, "'ftp://x/y'");
}

TEST_F(ListChangesTest, WhatIsThereAlreadyIsRefused) {
  ASSERT_EQ(place_.run({"lists", "add", "dark"}).exit, 0);
  expect_refused({"lists", "add", "big-gambling", "dark"}, 1, "the list 'dark' is there already; nothing was changed");
  expect_refused({"lists", "add", "--id", "our-gambling", "--category", "gambling", "--source", "/etc/hosts"}, 1,
                 "policy.toml:2:1: the list 'our-gambling' is there already");
}

TEST_F(ListChangesTest, AWrongPolicyOrCatalogueIsSaidFirst) {
  place_.write("catalogue.toml", "[[list]]\nid = \"a\"\n");
  expect_refused({"lists", "add", "dark"}, 2, "catalogue.toml:1:1: 'category' is missing");
  expect_refused({"lists", "catalogue"}, 2, "catalogue.toml:1:1: 'category' is missing");
  place_.write("policy.toml", "default_group = \"pupil\"\n");
  expect_refused({"lists", "add", "dark"}, 2, "policy.toml:1:17: unknown group 'pupil'");
  expect_refused({"lists", "remove", "dark"}, 2, "policy.toml:1:17: unknown group 'pupil'");
}

TEST_F(ListChangesTest, AFullDiskLeavesThePolicyAsItIs) {
  const lists::FullDisk full(100);
  expect_refused({"lists", "add", "dark"}, 1, "cannot write " + place_.path("policy.toml"));
}

TEST_F(ListChangesTest, AnotherEditAtTheSameTimeIsRefused) {
  const auto other = FileEdit::open(place_.path("policy.toml"), 1'000'000);
  ASSERT_TRUE(other);
  expect_refused({"lists", "add", "dark"}, 1, "is being changed by another schoolgate");
  expect_refused({"lists", "remove", "our-gambling"}, 1, "is being changed by another schoolgate");
}

TEST_F(ListChangesTest, OwnerAndModeStay) {
  const std::string path = place_.path("policy.toml");
  ASSERT_EQ(::chmod(path.c_str(), 0604), 0);
  ASSERT_EQ(place_.run({"lists", "add", "dark"}).exit, 0);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0604u);
}

TEST_F(ListChangesTest, BadUsageIsTwo) {
  const std::vector<std::vector<std::string>> cases = {
      {"lists", "add"},
      {"lists", "add", ""},
      {"lists", "add", "dark", "--set", "secondary"},
      {"lists", "add", "dark", "--id", "x", "--category", "gambling", "--source", "f"},
      {"lists", "add", "--id", "x", "--source", "f"},
      {"lists", "add", "--id", "x", "--category", "gambling"},
      {"lists", "add", "--category", "gambling", "--source", "f"},
      {"lists", "add", "--set", "secondary", "--format", "hosts"},
      {"lists", "remove"},
      {"lists", "remove", "a", "b"},
      {"lists", "catalogue", "--category", ""},
  };
  for (const auto& words : cases) {
    const std::string before = policy();
    EXPECT_EQ(place_.run(words).exit, 2) << words.back();
    EXPECT_EQ(policy(), before);
  }
}

// By what the catalogue says of its changes.
TEST_F(ListChangesTest, EachListOfTheCatalogueIsFetchedAsOftenAsItChanges) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"hourly", "1h"}, {"daily", "1d"}, {"weekly", "1w"}, {"monthly", "30d"}, {"rarely", "30d"}};
  for (const auto& [changes, refresh] : cases) {
    std::string catalogue = kCatalogue;
    catalogue.replace(catalogue.find("\"daily\""), 7, "\"" + changes + "\"");
    place_.write("catalogue.toml", catalogue);
    ASSERT_EQ(place_.run({"lists", "add", "big-gambling"}).exit, 0);
    EXPECT_TRUE(has(policy(), "\nrefresh = \"" + refresh + "\"\n")) << changes;
    ASSERT_EQ(place_.run({"lists", "remove", "big-gambling"}).exit, 0);
  }
}

// What we ship: each list can be added, and each set.
TEST_F(ListChangesTest, EveryShippedListFitsThePolicyFile) {
  for (const char* file : {"taxonomy.toml", "catalogue.toml"}) {
    place_.write(file, base::read_file(std::string(SCHOOLGATE_SOURCE_DIR) + "/lists/data/" + file).value_or(""));
  }
  std::vector<std::string> words = {"lists", "add"};
  const Json catalogue = json({"lists", "catalogue"});
  for (const Json& list : catalogue["lists"]) words.push_back(list["id"]);
  ASSERT_GT(words.size(), 50u);
  const Ran ran = place_.run(words);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  for (const char* set : {"primary", "secondary", "college"}) {
    EXPECT_EQ(json({"lists", "add", "--set", set})["added"], Json::array());
  }
}

}  // namespace
}  // namespace schoolgate::admin_cli

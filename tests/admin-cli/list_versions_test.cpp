// schoolgate lists log | diff | accept | refuse | rollback, on real files and before a daemon that is faked.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "recorded.h"
#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

std::string names(const std::string& start, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += start + std::to_string(i) + ".example\n";
  return text;
}

class ListVersions : public testing::Test {
 protected:
  Ran build(const std::string& list) {
    place_.write("gambling.txt", list);
    return place_.run({"lists", "build"});
  }
  Ran lists(std::vector<std::string> words) const {
    words.insert(words.begin(), "lists");
    return place_.run(std::move(words));
  }
  Json json(std::vector<std::string> words) const {
    words.insert(words.end(), "--json");
    return Json::parse(lists(std::move(words)).out);
  }
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  Workplace place_;
};

TEST_F(ListVersions, AHeldUpdateIsSaidByTheBuildAndShownByDiff) {
  build(names("a", 200));
  const Ran ran = build(names("b", 30));
  EXPECT_TRUE(has(ran.out, "! our-gambling: an update is held back, since it shrinks from 200 rules to 30")) << ran.out;
  const Ran diff = lists({"diff", "our-gambling"});
  EXPECT_EQ(diff.exit, 0) << diff.err;
  EXPECT_EQ(diff.out.find("From version 1 (in force) to version 2 (held): 30 rules more, 200 rules fewer.\n"), 0u)
      << diff.out;
  EXPECT_TRUE(has(diff.out, "+ b0.example\n")) << diff.out;
  EXPECT_TRUE(has(diff.out, "+ … and 10 more: --all shows them\n")) << diff.out;
  EXPECT_TRUE(has(lists({"diff", "our-gambling", "--all"}).out, "- a199.example\n- a2.example\n"));
}

TEST_F(ListVersions, ADecisionIsInTheLogWithWhoAndWhy) {
  build(names("a", 200));
  build(names("b", 30));
  const Ran ran = lists({"accept", "our-gambling", "--reason", "they closed"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out.find("Version 2 of our-gambling: in force.\n"), 0u) << ran.out;
  EXPECT_TRUE(has(ran.out, "schoolgated does not run")) << ran.out;
  const Json versions = json({"log", "our-gambling"})["versions"];
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0]["standing"], "before");
  EXPECT_EQ(versions[1]["standing"], "in force");
  EXPECT_EQ(versions[1]["reason"], "they closed");
  EXPECT_NE(versions[1]["decided_by"], "");
  EXPECT_TRUE(has(lists({"log", "our-gambling"}).out, "they closed"));
}

TEST_F(ListVersions, RefusedItIsMentionedAndNoProblem) {
  build(names("a", 200));
  build(names("b", 30));
  const Ran ran = lists({"refuse", "our-gambling", "--reason", "looks torn"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(ran.out,
                  "our-gambling: version 2, as the source has it, was refused (looks torn); version 1 is in "
                  "force\n"))
      << ran.out;
  EXPECT_FALSE(has(ran.out, "! our-gambling")) << ran.out;
}

TEST_F(ListVersions, RollbackGoesBackAndDiffTellsBothWays) {
  build(names("a", 200));
  build(names("a", 201));
  EXPECT_EQ(lists({"rollback", "our-gambling"}).exit, 0);
  EXPECT_EQ(json({"log", "our-gambling"})["versions"][1]["standing"], "refused");
  EXPECT_EQ(json({"diff", "our-gambling", "2"})["removed"], Json({"a200.example"}));
  EXPECT_EQ(json({"diff", "our-gambling", "1", "2"})["added"], Json({"a200.example"}));
}

TEST_F(ListVersions, NamesLatelyLookedUpAreHeldAgainstADifference) {
  build(names("a", 200));
  build(names("a", 200) + "new.example\n");
  place_.write("names.txt", "www.new.example,12\nhttps://new.example/page\nother.example\n\n-\n");
  const Ran ran = lists({"diff", "our-gambling", "--names", place_.path("names.txt")});
  EXPECT_TRUE(
      has(ran.out,
          "2 would be answered otherwise by this list:\n  www.new.example (12 lookups): in the list from then on\n"
          "  new.example (1 lookup): in the list from then on\n"))
      << ran.out;
  EXPECT_EQ(lists({"diff", "our-gambling", "--names", place_.path("none.txt")}).exit, 2);
}

TEST_F(ListVersions, AHeldUpdateSaysByItselfWhichNamesLatelyLookedUpItTouches) {
  build(names("a", 200));
  build(names("b", 30));
  EXPECT_FALSE(json({"diff", "our-gambling"}).contains("touched")) << "there is no history";
  EXPECT_FALSE(has(lists({"diff", "our-gambling"}).out, "looked up"));
  std::vector<Recorded> lookups = {{"www.a7.example", 40},
                                   {"b1.example", 50},
                                   {"b1.example", 5, 6 * 86'400},
                                   {"a9.example", 99, 8 * 86'400},
                                   {"c.example", 70}};
  for (int i = 10; i < 35; ++i) lookups.push_back({"a" + std::to_string(i) + ".example", i % 3 + 1});
  record(place_, lookups);
  const Json told = json({"diff", "our-gambling"});
  ASSERT_EQ(told["touched"].size(), 20u);
  EXPECT_EQ(told["touched_more"], 7);
  EXPECT_EQ(told["touched"][0], Json({{"name", "b1.example"}, {"lookups", 55}, {"before", false}, {"after", true}}));
  EXPECT_EQ(told["touched"][1],
            Json({{"name", "www.a7.example"}, {"lookups", 40}, {"before", true}, {"after", false}}));
  EXPECT_EQ(told["touched"][19]["lookups"], 1);
  EXPECT_EQ(told["looked_up"]["names"], 28);
  EXPECT_EQ(json({"diff", "our-gambling", "--all"})["touched"].size(), 27u);
  const Ran ran = lists({"diff", "our-gambling"});
  EXPECT_TRUE(has(ran.out,
                  ", 27 would be answered otherwise by this list:\n"
                  "  b1.example (55 lookups): in the list from then on\n"
                  "  www.a7.example (40 lookups): not in the list any more\n"))
      << ran.out;
  EXPECT_TRUE(has(ran.out, "  … and 7 more: --all shows them\n")) << ran.out;
  EXPECT_EQ(json({"diff", "our-gambling", "--since", "30d", "--all"})["touched"][0]["name"], "a9.example");
  lists({"accept", "our-gambling"});
  EXPECT_FALSE(json({"diff", "our-gambling"}).contains("touched")) << "nothing waits";
  EXPECT_EQ(json({"diff", "our-gambling", "--since", "7d"})["touched"].size(), 20u);
}

TEST_F(ListVersions, OfAWideUpdateTheMostLookedUpAreFoundAmongAllNames) {
  build(names("a", 200) + "wide.example\n");
  build(names("b", 30));
  std::vector<Recorded> lookups;
  for (int i = 0; i < 10'100; ++i)
    lookups.push_back({"n" + std::to_string(i) + ".wide.example", i == 3 ? 4 : i == 10'099 ? 5 : 1});
  record(place_, lookups);
  const Json told = json({"diff", "our-gambling"});
  EXPECT_EQ(told["touched"].size(), 20u);
  EXPECT_EQ(told["touched_more"], 10'080);
  EXPECT_EQ(told["touched"][0]["name"], "n10099.wide.example");
  EXPECT_EQ(told["touched"][1]["name"], "n3.wide.example");
  EXPECT_EQ(told["touched"][2]["lookups"], 1);
}

TEST_F(ListVersions, WhatThereIsNotIsRefused) {
  const Ran none = lists({"log", "our-gambling"});
  EXPECT_EQ(none.exit, 1);
  EXPECT_EQ(none.err, "no version of a list 'our-gambling' was ever read\n");
  build(names("a", 200));
  EXPECT_EQ(lists({"diff", "our-gambling"}).err, "list 'our-gambling' has one version only\n");
  EXPECT_EQ(lists({"diff", "our-gambling", "7"}).err, "list 'our-gambling' has no version 7\n");
  build(names("a", 201));
  EXPECT_EQ(lists({"diff", "our-gambling", "--since", "7d"}).exit, 1) << "no history";
  EXPECT_EQ(lists({"accept", "our-gambling"}).err, "no update of list 'our-gambling' is held back\n");
  EXPECT_EQ(lists({"accept"}).exit, 2);
  EXPECT_EQ(lists({"rollback", "our-gambling", "x"}).exit, 2);
}

TEST_F(ListVersions, ARunningDaemonIsToldOfABuild) {
  const std::string digest = json({"build"})["image_digest"];
  place_.service.digest_when_taken = digest;
  place_.start_daemon();
  EXPECT_TRUE(has(lists({"build"}).out, "; in force\n"));
}

TEST_F(ListVersions, WhatTheGuardSetsAsideIsCountedApart) {
  const Ran ran = build("a.example\nwww.childline.org.uk\nb..example\n");
  EXPECT_TRUE(has(ran.out, "SET ASIDE")) << ran.out;
  EXPECT_TRUE(has(ran.out, "would block 'childline.org.uk', which is a helpline")) << ran.out;
  place_.write("gambling.txt", "a.example\nwww.childline.org.uk\nb..example\n");
  const Json list = json({"build"})["lists"][0];
  EXPECT_EQ(list["guarded"], 1);
  EXPECT_EQ(list["rejected_count"], 2);
}

}  // namespace
}  // namespace schoolgate::admin_cli

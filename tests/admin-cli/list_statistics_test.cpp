// schoolgate lists stats, on lists that were built.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "recorded.h"
#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

class ListStats : public testing::Test {
 protected:
  void SetUp() override {
    place_.write("policy.toml",
                 "default_group = \"everyone\"\n"
                 "[[list]]\nid = \"one\"\ncategory = \"gambling\"\nsource = \"one.txt\"\nformat = \"adblock\"\n"
                 "[[list]]\nid = \"two\"\ncategory = \"gambling\"\nsource = \"two.txt\"\n"
                 "[[list]]\nid = \"three\"\ncategory = \"gambling\"\nsource = \"three.txt\"\nopaque = true\n");
    place_.write("one.txt",
                 "||a.example^\n||a.example^\n||www.a.example^\n||b.example^\n@@||ok.b.example^\n/^bet[0-9]/\n");
    place_.write("two.txt", "b.example\nc.example\nok.b.example\n");
    place_.write("three.txt", "hidden.example\n");
  }
  void build() { ASSERT_EQ(place_.run({"lists", "build"}).exit, 0); }
  Json list(std::size_t place, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"lists", "stats", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return Json::parse(place_.run(words).out).at("lists").at(place);
  }
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  Workplace place_;
};

TEST_F(ListStats, EachListBesideTheOthers) {
  build();
  const Json one = list(0), two = list(1);
  EXPECT_EQ(one["list"], "one");
  EXPECT_EQ(one["rules"], 3);
  EXPECT_EQ(one["repeated"], 1);
  EXPECT_EQ(one["covered"], 1);
  EXPECT_EQ(one["unique"], 2);
  EXPECT_EQ(one["exceptions"], 1);
  EXPECT_EQ(one["patterns"], 1);
  EXPECT_EQ(one["also_in"], Json({{"two", 1}}));
  EXPECT_EQ(two["unique"], 1);
  EXPECT_EQ(two["also_in"], Json({{"one", 2}}));
  const Ran ran = place_.run({"lists", "stats"});
  EXPECT_TRUE(has(ran.out, "2 (67 %)")) << ran.out;
  EXPECT_TRUE(has(ran.out, "67 % in one")) << ran.out;
  EXPECT_TRUE(has(ran.out, "Not compared, since their names are stored nowhere: three\n")) << ran.out;
}

TEST_F(ListStats, WhichListLookedUpNamesNeeded) {
  build();
  place_.write("names.txt",
               "www.a.example,3\n1 b.example\nok.b.example\nc.example\nother.example\n\na..b\nbet7.example\n");
  const std::vector<std::string> names = {"--names", place_.path("names.txt")};
  const Json one = list(0, names), two = list(1, names);
  EXPECT_EQ(one["names"], 3) << "a, b, and bet7, of which the second list has b";
  EXPECT_EQ(one["names_alone"], 2);
  EXPECT_EQ(two["names"], 3) << "b, ok.b, c";
  EXPECT_EQ(two["names_alone"], 2);
  EXPECT_TRUE(has(place_.run({"lists", "stats", names[0], names[1]}).out, "Of 6 names looked up.\n"));
  EXPECT_EQ(place_.run({"lists", "stats", "--names", place_.path("none.txt")}).exit, 2);
}

TEST_F(ListStats, OrWhichTheRecordedLookupsNeeded) {
  build();
  record(place_, {{"www.a.example", 5},
                  {"b.example", 4},
                  {"www.a.example", 2, 2 * 86'400},
                  {"c.example", 3, 3 * 86'400},
                  {"hidden.example", 7},
                  {"old.a.example", 9, 20 * 86'400},
                  {"other.example", 6}});
  const Json told = Json::parse(place_.run({"lists", "stats", "--since", "7d", "--json"}).out);
  const auto hits = [](const Json& list) { return Json{list["names"], list["names_alone"], list["lookups"]}; };
  EXPECT_EQ(hits(told["lists"][0]), Json({2, 1, 11})) << "a and b";
  EXPECT_EQ(hits(told["lists"][1]), Json({2, 1, 7})) << "b and c";
  EXPECT_EQ(told["opaque_hits"][0]["list"], "three");
  EXPECT_EQ(hits(told["opaque_hits"][0]), Json({1, 1, 7}));
  EXPECT_EQ(told["looked_up"]["names"], 5);
  EXPECT_EQ(told["looked_up"]["lookups"], 27);
  EXPECT_EQ(list(0, {"--since", "30d"})["lookups"], 20);
  const Ran ran = place_.run({"lists", "stats", "--since", "7d"}, 160);
  EXPECT_TRUE(has(ran.out, "Of 5 names looked up 27 times since 20")) << ran.out;
  EXPECT_TRUE(has(ran.out, "\nthree ")) << ran.out;
  EXPECT_FALSE(has(ran.out + place_.run({"lists", "stats", "--since", "7d", "--json"}).out, "hidden"));
}

TEST_F(ListStats, WithoutAHistoryItIsSaid) {
  build();
  const Ran none = place_.run({"lists", "stats", "--since", "7d"});
  EXPECT_EQ(none.exit, 1);
  EXPECT_TRUE(has(none.err, "state/history: No such file or directory")) << none.err;
  record(place_, {{"www.a.example"}});
  const Ran torn = place_.run({"lists", "stats", "--since", "yesterdayish"});
  EXPECT_EQ(torn.exit, 2);
  EXPECT_TRUE(has(torn.err, "--since: 'yesterdayish' is no time")) << torn.err;
  EXPECT_EQ(place_.run({"lists", "stats", "--since", "7d", "--names", place_.path("one.txt")}).exit, 2);
  place_.write("state/history/2999-01-01.sqlite", "no database, but long enough to be looked at as if it were one");
  const Ran damaged = place_.run({"lists", "stats", "--since", "7d"});
  EXPECT_EQ(damaged.exit, 0);
  EXPECT_TRUE(has(damaged.err, "Not every lookup was counted: ")) << damaged.err;
  EXPECT_TRUE(has(damaged.out, "Of 1 name looked up 1 time since ")) << damaged.out;
}

TEST_F(ListStats, WhatItsCategorySaysAlreadyIsCounted) {
  place_.write("two.txt", "x.a.example\nc.example\n");
  build();
  EXPECT_EQ(list(1)["covered_by_category"], 1);
  EXPECT_EQ(list(0)["covered_by_category"], 0);
  EXPECT_TRUE(has(place_.run({"lists", "stats"}).out, "BY CATEGORY"));
}

TEST_F(ListStats, BeforeTheFirstBuildThereIsNothing) { EXPECT_EQ(place_.run({"lists", "stats"}).exit, 1); }

}  // namespace
}  // namespace schoolgate::admin_cli

// schoolgate lists find, on lists that were built.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

class ListFind : public testing::Test {
 protected:
  void SetUp() override {
    place_.write("policy.toml",
                 "default_group = \"everyone\"\n"
                 "[[list]]\nid = \"one\"\ncategory = \"gambling\"\nsource = \"one.txt\"\nformat = \"adblock\"\n"
                 "[[list]]\nid = \"two\"\ncategory = \"gambling\"\nsource = \"two.txt\"\nformat = \"regex\"\n"
                 "[[list]]\nid = \"three\"\ncategory = \"gambling\"\nsource = \"three.txt\"\nopaque = true\n");
    place_.write("one.txt", "! ours\n||casino.example^\n@@||good.casino.example^\n");
    place_.write("two.txt", "^casino\\.\n");
    place_.write("three.txt", "hidden.example\nwww.hidden.example\n");
    ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  }
  Ran find(const std::string& name) const { return place_.run({"lists", "find", name}); }
  // "list:line text", with what it does not do.
  std::vector<std::string> rules(const std::string& name) const {
    std::vector<std::string> told;
    const Json found = Json::parse(place_.run({"lists", "find", name, "--json"}).out);
    for (const Json& rule : found["rules"]) {
      const std::string line = rule["line"].is_null() ? "-" : std::to_string(rule["line"].get<int>());
      told.push_back(rule["list"].get<std::string>() + ":" + line + " " + rule["text"].get<std::string>() +
                     (rule["in_force"].get<bool>() ? "" : " (not in force)"));
    }
    return told;
  }
  Json json(const std::string& name) const { return Json::parse(place_.run({"lists", "find", name, "--json"}).out); }
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  Workplace place_;
};

using Rules = std::vector<std::string>;

TEST_F(ListFind, EachRuleOfEachListWithItsLine) {
  EXPECT_EQ(rules("casino.example"), (Rules{"one:2 ||casino.example^", "two:1 ^casino\\."}));
  EXPECT_EQ(rules("www.casino.example"), Rules{"one:2 ||casino.example^"});
  const Ran ran = find("casino.example");
  EXPECT_EQ(ran.out.find("casino.example: 2 rules\n"), 0u) << ran.out;
  EXPECT_TRUE(has(ran.out, "||casino.example^")) << ran.out;
}

TEST_F(ListFind, WhatAnExceptionLiftsIsShownAndSaid) {
  EXPECT_EQ(rules("good.casino.example"),
            (Rules{"one:3 @@||good.casino.example^ (not in force)", "one:2 ||casino.example^ (not in force)"}));
  EXPECT_TRUE(has(find("good.casino.example").out, "lifted by an exception of this list"));
}

TEST_F(ListFind, TellsByWhatARuleCovers) {
  EXPECT_EQ(json("casino.example")["rules"][0]["match"], "exact");
  EXPECT_EQ(json("casino.example")["rules"][1]["match"], "pattern");
  EXPECT_EQ(json("www.casino.example")["rules"][0]["match"], "covers");
  EXPECT_TRUE(has(find("www.casino.example").out, "||casino.example^  covers")) << find("www.casino.example").out;
}

TEST_F(ListFind, AnAddressHasTheRulesThatGoByIt) {
  place_.write("two.txt", "^casino\\.\n");
  place_.write("one.txt",
               "$ORIGIN rpz.example.\n24.0.2.0.192.rpz-ip CNAME .\n32.7.2.0.192.rpz-ip CNAME rpz-passthru.\n");
  place_.write("policy.toml",
               "default_group = \"everyone\"\n"
               "[[list]]\nid = \"one\"\ncategory = \"gambling\"\nsource = \"one.txt\"\n");
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  EXPECT_EQ(rules("192.0.2.7"), (Rules{"one:3 32.7.2.0.192.rpz-ip CNAME rpz-passthru. (not in force)",
                                       "one:2 24.0.2.0.192.rpz-ip CNAME . (not in force)"}));
  EXPECT_EQ(rules("192.0.2.8"), Rules{"one:2 24.0.2.0.192.rpz-ip CNAME ."});
  EXPECT_TRUE(has(find("192.0.2.8").out, "192.0.2.8: 1 rule\n"));
  const Ran none = find("2001:db8::1");
  EXPECT_EQ(none.exit, 1);
  EXPECT_TRUE(has(none.err, "no list has 2001:db8::1 or covers it")) << none.err;
}

TEST_F(ListFind, CountsTheRulesBelowByList) {
  place_.write("one.txt", "||casino.example^\n||a.casino.example^\n||b.a.casino.example^\n@@||good.casino.example^\n");
  place_.write("two.txt", "(^|\\.)c\\.casino\\.example$\n");
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  EXPECT_EQ(json("casino.example")["below"],
            Json::parse(R"([{"list": "one", "rules": 2}, {"list": "two", "rules": 1}])"));
  EXPECT_EQ(json("b.a.casino.example")["below"], Json::array());
  const Ran ran = find("casino.example");
  EXPECT_TRUE(has(ran.out, "\nAnd for names below it: 2 rules of one, 1 rule of two.\n")) << ran.out;
  EXPECT_FALSE(has(find("b.a.casino.example").out, "below it"));
  const Ran above = find("example");
  EXPECT_EQ(above.exit, 1);
  EXPECT_EQ(above.err, "no list has example or covers it; for names below it: 3 rules of one, 1 rule of two\n");
}

TEST_F(ListFind, OfAnOpaqueListItsIdAlone) {
  EXPECT_EQ(rules("hidden.example"), Rules{"three:- "});
  EXPECT_EQ(rules("a.www.hidden.example"), Rules{"three:- "}) << "once, and not for each name above that is in it";
  EXPECT_EQ(json("hidden.example")["rules"][0]["match"], Json());
  EXPECT_EQ(json("hidden.example")["below"], Json::array());
  EXPECT_TRUE(has(find("hidden.example").out, "(not stored)"));
}

TEST_F(ListFind, ANameIsReadAsPeoplePasteIt) {
  EXPECT_EQ(rules(" HTTPS://Casino.Example./page "), rules("casino.example"));
  EXPECT_EQ(find("two words").exit, 2);
}

TEST_F(ListFind, WhatNoListHasIsNotFound) {
  const Ran ran = find("other.example");
  EXPECT_EQ(ran.exit, 1);
  EXPECT_EQ(ran.err, "no list has other.example or covers it\n");
  EXPECT_EQ(rules("other.example"), Rules{});
}

}  // namespace
}  // namespace schoolgate::admin_cli

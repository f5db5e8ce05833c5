#include "web/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fake_service.h"

namespace schoolgate::web {
namespace {

std::vector<std::string> keys(const Json& json) {
  std::vector<std::string> found;
  for (const auto& [key, value] : json.items()) found.push_back(key);
  return found;
}

TEST(Json, CheckHasTheContractsKeys) {
  const Json json = to_json(blocked_by_category("bet365.com", "gambling"));
  for (const char* key : {"name", "verdict", "category", "decided_by", "chain"}) EXPECT_TRUE(json.contains(key)) << key;
  for (const char* key : {"step", "rule", "list", "line", "outcome"}) {
    EXPECT_TRUE(json["chain"][0].contains(key)) << key;
  }
  EXPECT_TRUE(json["chain"][0]["line"].is_null());
  EXPECT_EQ(json["chain"][1]["line"], 12);
  EXPECT_EQ(json["hits"][0]["in_force"], true);
  EXPECT_EQ(json["hits"][0]["exception"], false);
}

TEST(Json, ALocalRuleHasNoLine) {
  policy::CheckReport report;
  filter::RuleHit hit;
  hit.list = "local rules";
  report.hits = {hit};
  hit.line = 4;
  hit.lifted_locally = true;
  report.hits.push_back(hit);
  const Json json = to_json(report);
  EXPECT_TRUE(json["hits"][0]["line"].is_null());
  EXPECT_EQ(json["hits"][0]["lifted_locally"], false);
  EXPECT_EQ(json["hits"][1]["line"], 4);
  EXPECT_EQ(json["hits"][1]["lifted_locally"], true);
}

TEST(Json, LookupHasTheContractsKeysInOrder) {
  history::Lookup lookup;
  lookup.time_us = 1'772'443'800'000'042;
  lookup.device = "lab-pc-07";
  lookup.name = "bet365.com";
  lookup.verdict = history::LookupVerdict::kRewritten;
  lookup.tags = {"gambling", "test"};
  lookup.transport = history::Transport::kTcp;
  const Json json = to_json(lookup);
  EXPECT_EQ(keys(json), (std::vector<std::string>{"time", "device", "client", "name", "type", "verdict", "category",
                                                  "list", "tags", "rcode", "transport", "duration_us", "cached"}));
  EXPECT_EQ(json["time"], "2026-03-02T09:30:00.000042Z");
  EXPECT_EQ(json["verdict"], "rewritten");
  EXPECT_EQ(json["transport"], "tcp");
  EXPECT_EQ(json["tags"], Json::array({"gambling", "test"}));
}

TEST(Json, EmptyListsAreListsNotNull) {
  EXPECT_EQ(to_json(history::Lookup())["tags"], Json::array());
  EXPECT_EQ(to_json(policy::CheckReport())["chain"], Json::array());
  EXPECT_EQ(to_json(ServerState())["upstreams"], Json::array());
  EXPECT_EQ(to_json(lists::BuildOutcome(), test_taxonomy())["lists"], Json::array());
}

TEST(Json, StatusSaysThatValidationIsNotThere) {
  ServerState state;
  state.problems = {"no list could be fetched"};
  state.upstreams = {{"udp://192.0.2.1:53", ".", "answering", 10, 1, 12.5}};
  const Json json = to_json(state);
  EXPECT_EQ(json["dnssec_validation"], false);
  EXPECT_TRUE(json["started"].is_null());
  EXPECT_EQ(json["problems"], Json::array({"no list could be fetched"}));
  EXPECT_EQ(json["upstreams"][0]["server"], "udp://192.0.2.1:53");
  EXPECT_EQ(json["upstreams"][0]["latency_ms"], 12.5);
}

TEST(Json, TextIsAsciiOnOneLineWhateverTheBytes) {
  history::Lookup lookup;
  for (int octet = 0; octet < 256; ++octet) lookup.name += static_cast<char>(octet);
  lookup.device = "\xe2\x80\xae\xc2\x9b";
  const std::string text = to_text(to_json(lookup));
  for (const char c : text) EXPECT_TRUE(c >= 0x20) << static_cast<int>(c);
  EXPECT_FALSE(Json::parse(text, nullptr, false).is_discarded());
}

TEST(Json, ThinCategoriesAreMarkedWhereTheirRulesAreCounted) {
  lists::ListReport thin, usual;
  thin.category = "self-harm";
  usual.category = "gambling";
  usual.rejected = {{"l", 3, "bad..name", "empty label"}};
  usual.rejected_count = 101;
  usual.reasons = {{"empty label", 101, 3, "bad..name"}};
  const Json json = to_json(lists::BuildOutcome{{thin, usual}, "d", 2, 0.5}, test_taxonomy());
  EXPECT_EQ(json["lists"][0]["thin"], true);
  EXPECT_EQ(json["lists"][1]["thin"], false);
  EXPECT_EQ(json["lists"][1]["rejected"][0]["line"], 3);
  EXPECT_EQ(json["lists"][1]["rejected_count"], 101);
  EXPECT_EQ(json["lists"][1]["reasons"][0].dump(),
            R"({"reason":"empty label","count":101,"line":3,"text":"bad..name"})");
}

TEST(Json, AnOpaqueListIsMarkedAndItsHitHasNoLine) {
  lists::ListReport opaque, usual;
  opaque.opaque = true;
  const Json lists = to_json(lists::BuildOutcome{{opaque, usual}, "d", 2, 0.5}, test_taxonomy())["lists"];
  EXPECT_EQ(lists[0]["opaque"], true);
  EXPECT_EQ(lists[1]["opaque"], false);
  policy::CheckReport report = blocked_by_category("x.example", "gambling");
  EXPECT_EQ(to_json(report)["hits"][0]["line"], 12);
  EXPECT_EQ(to_json(report)["hits"][0]["opaque"], false);
  report.hits[0].opaque = true;
  EXPECT_EQ(to_json(report)["hits"][0]["line"], nullptr);
  EXPECT_EQ(to_json(report)["hits"][0]["opaque"], true);
}

TEST(Json, OurOwnTestNamesAreNoListOfIllegalContent) {
  lists::ListReport starter;
  starter.category = "child-abuse";
  starter.rules = 1;
  lists::BuildOutcome outcome{{starter}, "", 1, 0};
  EXPECT_EQ(locked_without_list(outcome, test_taxonomy()), std::vector<std::string>{"child-abuse"});
  outcome.lists[0].rules = 9;
  EXPECT_FALSE(locked_without_list(outcome, test_taxonomy()).empty());
  outcome.lists[0].rules = 10;
  EXPECT_TRUE(locked_without_list(outcome, test_taxonomy()).empty());
}

TEST(Json, WhatIsBlockedAndBelowItsFloorIsNotCovered) {
  lists::Taxonomy taxonomy = test_taxonomy();  // self-harm has a floor of 100, gambling of 1,000
  auto settings = policy::parse_policy(
      "default_group = \"everyone\"\n[[group]]\nid = \"everyone\"\nblock = [\"self-harm\", \"gambling\"]\n", "p.toml",
      taxonomy.tags());
  ASSERT_TRUE(settings) << settings.error().message();
  const auto policy = policy::Policy::compile(std::move(*settings), taxonomy.tags());
  lists::ListReport one, two, illegal;
  one.category = two.category = "gambling";
  illegal.category = "child-abuse";
  one.rules = 12;
  two.rules = 987;
  illegal.rules = 1;
  const auto said = [&] { return to_json(below_floor(*policy, {{one, two, illegal}, "", 0, 0}, taxonomy)).dump(); };
  EXPECT_EQ(said(), R"([{"category":"gambling","names":999,"floor":1000}])") << "self-harm has no name at all";
  two.rules = 988;
  EXPECT_EQ(said(), "[]");
  two.category = "self-harm";
  EXPECT_EQ(said(), R"([{"category":"gambling","names":12,"floor":1000}])");
  two.rules = 99;
  EXPECT_EQ(said(),
            R"([{"category":"self-harm","names":99,"floor":100},{"category":"gambling","names":12,"floor":1000}])");
}

TEST(Json, WhatNoGroupBlocksNeedsNoNames) {
  const lists::Taxonomy taxonomy = test_taxonomy();
  auto settings = policy::parse_policy("default_group = \"everyone\"\n", "p.toml", taxonomy.tags());
  ASSERT_TRUE(settings) << settings.error().message();
  const auto policy = policy::Policy::compile(std::move(*settings), taxonomy.tags());
  lists::ListReport few;
  few.category = "gambling";
  few.rules = 1;
  EXPECT_TRUE(below_floor(*policy, {{few}, "", 0, 0}, taxonomy).empty());
}

TEST(Json, PolicyShowsWhatEachGroupBlocksInTheEnd) {
  const lists::Taxonomy taxonomy = test_taxonomy();
  auto settings = policy::parse_policy(R"(
default_group = "pupils"
[[group]]
id = "everyone"
block = ["self-harm"]
[[group]]
id = "pupils"
parent = "everyone"
block = ["gambling"]
block_names = ["*.example.org"]
[[device]]
id = "lab-pc-07"
match = { mac = "02:00:00:00:00:07" }
group = "pupils"
)",
                                       "policy.toml", taxonomy.tags());
  ASSERT_TRUE(settings) << settings.error().message();
  const Json json = to_json(*policy::Policy::compile(std::move(*settings), taxonomy.tags()), taxonomy.tags());
  EXPECT_EQ(json["default_group"], "pupils");
  const Json& pupils = json["groups"][1];
  EXPECT_EQ(pupils["id"], "pupils");
  EXPECT_EQ(pupils["block"], Json::array({"gambling"}));
  EXPECT_EQ(pupils["blocked"], Json::array({"child-abuse", "self-harm", "gambling"}));
  EXPECT_EQ(pupils["block_names"][0]["name"], "*.example.org");
  EXPECT_EQ(json["devices"][0]["match"]["mac"], "02:00:00:00:00:07");
}

}  // namespace
}  // namespace schoolgate::web

#include "web/api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fake_service.h"
#include "web/json.h"

namespace schoolgate::web {
namespace {

using base::Error;
using base::ErrorCode;
using ::testing::Test;

constexpr std::uint32_t kDaemon = 977;

class ApiTest : public Test {
 protected:
  Response ask(const std::string& target, const std::string& method = "GET", std::optional<std::uint32_t> uid = 0) {
    Request request;
    request.method = method;
    request.peer.uid = uid;
    EXPECT_TRUE(read_target(target, request)) << target;
    return api_.handle(request);
  }
  Json json(const std::string& target) {
    const Response response = ask(target);
    EXPECT_EQ(response.status, 200u) << target << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    return Json::parse(response.body);
  }
  std::pair<unsigned, std::string> error(const Response& response) {
    const Json body = Json::parse(response.body);
    EXPECT_TRUE(body["error"]["message"].is_string());
    return {response.status, body["error"]["code"].get<std::string>()};
  }

  FakeService service_;
  Api api_{service_, {0, kDaemon}};
};

using Refusal = std::pair<unsigned, std::string>;

TEST_F(ApiTest, AnswersOnlyRootAndTheDaemonItself) {
  EXPECT_EQ(ask("/api/v1/status", "GET", 0).status, 200u);
  EXPECT_EQ(ask("/api/v1/status", "GET", kDaemon).status, 200u);
  for (const std::optional<std::uint32_t> uid : {std::optional<std::uint32_t>(1000), {65534}, {}}) {
    for (const char* target : {"/api/v1/status", "/api/v1/history/lookups", "/nothing"}) {
      EXPECT_EQ(error(ask(target, "GET", uid)), Refusal(403, "forbidden")) << target;
    }
  }
}

TEST_F(ApiTest, RefusesWhatItDoesNotKnow) {
  struct Case {
    std::string method, target;
    Refusal refusal;
  };
  const std::vector<Case> cases = {
      {"GET", "/", {404, "not_found"}},
      {"GET", "/api/v1/status/", {404, "not_found"}},
      {"GET", "/api/v1/../v1/status", {404, "not_found"}},
      {"POST", "/api/v1/status", {405, "method_not_allowed"}},
      {"DELETE", "/api/v1/policy", {405, "method_not_allowed"}},
      {"PUT", "/api/v1/local-rules", {405, "method_not_allowed"}},
      {"POST", "/api/v1/local-rules?name=a&by=b", {400, "invalid"}},
      {"POST", "/api/v1/local-rules?effect=block&name=a&by=b", {400, "invalid"}},
      {"POST", "/api/v1/local-rules?effect=give&by=b", {400, "invalid"}},
      {"POST", "/api/v1/local-rules?effect=give&name=a", {400, "invalid"}},
      {"DELETE", "/api/v1/local-rules?name=a&by=b&reason=c", {400, "invalid"}},
      {"GET", "/api/v1/local-rules?name=a", {400, "invalid"}},
      {"GET", "/api/v1/status?x=1", {400, "invalid"}},
      {"GET", "/api/v1/check", {400, "invalid"}},
      {"GET", "/api/v1/check?name=", {400, "invalid"}},
      {"GET", "/api/v1/check?name=a&name=b", {400, "invalid"}},
      {"GET", "/api/v1/check?name=a&grup=b", {400, "invalid"}},
      {"GET", "/api/v1/check?name=a&group=b&device=c", {400, "invalid"}},
      {"GET", "/api/v1/check?name=a&type=NONSENSE", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?limit=0", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?limit=-1", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?limit=10001", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?limit=5x", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?limit=99999999999999999999", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?from=yesterday", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?to=2026-03-02", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?verdict=naughty", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?device=", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?client=pc-1", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?client=10.0.0.1&device=10.0.0.2", {400, "invalid"}},
      {"GET", "/api/v1/history/lookups?from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", {400, "invalid"}},
  };
  for (const auto& each : cases) EXPECT_EQ(error(ask(each.target, each.method)), each.refusal) << each.target;
}

TEST_F(ApiTest, MisspeltParametersAreExplained) {
  const Response response = ask("/api/v1/history/lookups?catgory=gambling");
  EXPECT_NE(response.body.find("did you mean 'category'?"), std::string::npos) << response.body;
}

TEST_F(ApiTest, AMisspeltCategoryIsNotNothingFound) {
  const Response response = ask("/api/v1/history/lookups?category=gamblign");
  EXPECT_EQ(response.status, 400u);
  EXPECT_NE(response.body.find("did you mean 'gambling'?"), std::string::npos) << response.body;
}

TEST_F(ApiTest, ADeviceMayBeGivenAsItsAddressOrMac) {
  json("/api/v1/history/lookups?device=10.0.0.7");
  EXPECT_EQ(service_.asked_filter.client, base::IpAddress::parse("10.0.0.7"));
  EXPECT_FALSE(service_.asked_filter.device);
  json("/api/v1/history/lookups?device=02-00-00-00-00-0A");
  EXPECT_EQ(service_.asked_filter.device, "mac:02:00:00:00:00:0a");
  json("/api/v1/history/lookups?device=net&client=10.0.0.9");
  EXPECT_EQ(service_.asked_filter.device, "net");
  EXPECT_EQ(service_.asked_filter.client, base::IpAddress::parse("10.0.0.9"));
}

TEST_F(ApiTest, ErrorsOfTheServiceKeepTheirMeaning) {
  const std::vector<std::pair<ErrorCode, Refusal>> cases = {
      {ErrorCode::kInvalid, {400, "invalid"}},
      {ErrorCode::kNotBuiltYet, {400, "not_built_yet"}},
      {ErrorCode::kForbidden, {403, "forbidden"}},
      {ErrorCode::kNotFound, {404, "not_found"}},
      {ErrorCode::kUnavailable, {503, "unavailable"}},
      {ErrorCode::kDamaged, {503, "damaged"}},
      {ErrorCode::kInUse, {503, "in_use"}},
  };
  for (const auto& [code, refusal] : cases) {
    service_.report = Error(code, "no device \"\xff\x1b");
    service_.page = Error(code, "x");
    service_.built = Error(code, "x");
    EXPECT_EQ(error(ask("/api/v1/check?name=a")), refusal);
    EXPECT_EQ(error(ask("/api/v1/history/lookups")), refusal);
    EXPECT_EQ(error(ask("/api/v1/lists")), refusal);
  }
  service_.in_force.reset();
  EXPECT_EQ(error(ask("/api/v1/policy")), Refusal(503, "unavailable"));
  EXPECT_EQ(json("/api/v1/status")["blocked_without_list"], Json::array());
}

TEST_F(ApiTest, CheckPassesTheQuestionOnAndShowsTheChain) {
  service_.report = blocked_by_category("bet365.com", "gambling");
  const Json report = json("/api/v1/check?name=https%3A%2F%2FBet365.com%2Fx&device=lab-pc-07&type=aaaa");
  EXPECT_EQ(service_.asked_check.name, "https://Bet365.com/x");
  EXPECT_EQ(service_.asked_check.device, "lab-pc-07");
  EXPECT_EQ(service_.asked_check.type, dns::Type::kAaaa);
  EXPECT_EQ(report["name"], "bet365.com");
  EXPECT_EQ(report["verdict"], "blocked");
  EXPECT_EQ(report["category"], "gambling");
  ASSERT_EQ(report["chain"].size(), 3u);
  EXPECT_EQ(report["chain"][1]["line"], 12);
  EXPECT_EQ(report["targets"], service_.report->targets);
  json("/api/v1/check?name=a&group=staff");
  EXPECT_EQ(service_.asked_check.group, "staff");
  EXPECT_FALSE(service_.asked_check.device);
}

TEST_F(ApiTest, HistoryPassesEveryFilterOn) {
  service_.page->next_cursor = "c2";
  service_.page->lookups.resize(2);
  service_.page->problems = {"cannot read 2026-03-01"};
  const Json page = json(
      "/api/v1/history/lookups?device=d&name=*.example&category=gambling&verdict=blocked&from=2026-03-02T00:00:00Z"
      "&to=2026-03-03T00:00:00Z&limit=7&cursor=c1");
  EXPECT_EQ(service_.asked_filter.device, "d");
  EXPECT_EQ(service_.asked_filter.name, "*.example");
  EXPECT_EQ(service_.asked_filter.category, "gambling");
  EXPECT_EQ(service_.asked_filter.verdict, history::LookupVerdict::kBlocked);
  EXPECT_EQ(service_.asked_filter.from_us, 1'772'409'600'000'000);
  EXPECT_EQ(service_.asked_filter.to_us, 1'772'496'000'000'000);
  EXPECT_EQ(service_.asked_filter.limit, 7u);
  EXPECT_EQ(service_.asked_filter.cursor, "c1");
  EXPECT_EQ(page["next_cursor"], "c2");
  EXPECT_EQ(page["lookups"].size(), 2u);
  EXPECT_EQ(page["problems"], Json::array({"cannot read 2026-03-01"}));
}

TEST_F(ApiTest, StatusNamesIllegalCategoriesWithoutAList) {
  EXPECT_EQ(json("/api/v1/status")["locked_without_list"], Json::array({"child-abuse"}));
  service_.built = Error(ErrorCode::kNotFound, "never built");
  EXPECT_EQ(json("/api/v1/status")["locked_without_list"], Json::array({"child-abuse"}));
  lists::ListReport feed;
  feed.category = "child-abuse";
  feed.rules = 5'000;
  service_.built = lists::BuildOutcome{{feed}, "", 0, 0};
  EXPECT_EQ(json("/api/v1/status")["locked_without_list"], Json::array());
}

// Who reads the policy believes that what it blocks is stopped.
TEST_F(ApiTest, StatusNamesBlockedCategoriesWithoutAList) {
  EXPECT_EQ(json("/api/v1/status")["blocked_without_list"], Json::array());
  service_.set_policy(
      "default_group = \"pupils\"\n[[group]]\nid = \"pupils\"\nblock = [\"gambling\", \"self-harm\"]\n"
      "[[group]]\nid = \"staff\"\nparent = \"pupils\"\nallow = [\"gambling\", \"self-harm\"]\n");
  EXPECT_EQ(json("/api/v1/status")["blocked_without_list"], Json::array({"self-harm", "gambling"}));
  lists::ListReport list;
  list.category = "gambling";
  list.rules = 1;
  service_.built = lists::BuildOutcome{{list}, "", 0, 0};
  EXPECT_EQ(json("/api/v1/status")["blocked_without_list"], Json::array({"self-harm"}));
  service_.built->lists[0].rules = 0;
  EXPECT_EQ(json("/api/v1/status")["blocked_without_list"], Json::array({"self-harm", "gambling"}));
}

TEST_F(ApiTest, MethodsThatAPathHasAreSaid) {
  const auto allow = [this](const char* target) {
    for (const auto& [name, value] : ask(target, "PUT").fields) {
      if (name == "Allow") return value;
    }
    return std::string();
  };
  EXPECT_EQ(allow("/api/v1/status"), "GET, HEAD");
  EXPECT_EQ(allow("/api/v1/local-rules"), "GET, HEAD, POST, DELETE");
  EXPECT_EQ(ask("/api/v1/status", "HEAD").status, 200u);
}

TEST_F(ApiTest, LocalRulesAreShownWithWhatIsWrongWithThem) {
  LocalRuleState good, bad;
  ASSERT_TRUE(lists::read_written_name("=x.example", good.rule));
  good.rule.effect = filter::Effect::kLift;
  good.rule.category = "gambling";
  good.rule.reason = "a mistake";
  good.rule.added_by = "jane";
  good.rule.added_us = 1'772'443'800'000'042;
  bad.problem = "there is no category 'gone' any more";
  service_.local = {good, bad};
  const Json rules = json("/api/v1/local-rules")["rules"];
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0], Json({{"name", "=x.example"},
                            {"effect", "lift"},
                            {"category", "gambling"},
                            {"reason", "a mistake"},
                            {"added_by", "jane"},
                            {"added", "2026-03-02T09:30:00.000042Z"},
                            {"in_force", true},
                            {"problem", ""}}));
  EXPECT_EQ(rules[1]["in_force"], false);
  EXPECT_EQ(rules[1]["problem"], "there is no category 'gone' any more");
}

TEST_F(ApiTest, AChangeOfLocalRulesIsPassedOn) {
  service_.outcome->locked = {"child-abuse"};
  service_.outcome->groups = {{"pupils", true, "category gambling"}};
  const Response response =
      ask("/api/v1/local-rules?effect=give&name=*.x.example&category=gambling&reason=a%20lesson&by=jane", "POST");
  EXPECT_EQ(response.status, 200u) << response.body;
  ASSERT_TRUE(service_.asked_change);
  EXPECT_EQ(service_.asked_change->kind, LocalRequest::Kind::kBlock);
  EXPECT_EQ(service_.asked_change->name, "*.x.example");
  EXPECT_EQ(service_.asked_change->category, "gambling");
  EXPECT_EQ(service_.asked_change->reason, "a lesson");
  EXPECT_EQ(service_.asked_change->by, "jane");
  const Json outcome = Json::parse(response.body);
  EXPECT_EQ(outcome["locked"], Json::array({"child-abuse"}));
  EXPECT_EQ(outcome["groups"][0],
            Json({{"group", "pupils"}, {"verdict", "blocked"}, {"decided_by", "category gambling"}}));
  EXPECT_EQ(ask("/api/v1/local-rules?effect=lift&name=x.example&by=jane", "POST").status, 200u);
  EXPECT_EQ(service_.asked_change->kind, LocalRequest::Kind::kAllow);
  EXPECT_FALSE(service_.asked_change->category);
  EXPECT_EQ(ask("/api/v1/local-rules?name=x.example&by=jane", "DELETE").status, 200u);
  EXPECT_EQ(service_.asked_change->kind, LocalRequest::Kind::kRemove);
}

TEST_F(ApiTest, AReloadOfThePolicyIsPassedOnAndItsRefusalTold) {
  EXPECT_EQ(error(ask("/api/v1/policy/reload", "POST", 1000)), Refusal(403, "forbidden"));
  EXPECT_EQ(ask("/api/v1/policy/reload").status, 405u);
  EXPECT_EQ(service_.reloads, 0);
  const Response response = ask("/api/v1/policy/reload", "POST");
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(Json::parse(response.body), Json({{"in_force", true}}));
  EXPECT_EQ(service_.reloads, 1);
  service_.reloaded = Error(ErrorCode::kUnavailable, "policy.toml:1:1: wrong");
  const Response refused = ask("/api/v1/policy/reload", "POST");
  EXPECT_EQ(error(refused), Refusal(503, "unavailable"));
  EXPECT_EQ(Json::parse(refused.body)["error"]["message"], "policy.toml:1:1: wrong");
}

TEST_F(ApiTest, ABuildThatGoesOnIsSaid) {
  EXPECT_EQ(json("/api/v1/status")["image"]["building"], false);
  service_.server.building = true;
  EXPECT_EQ(json("/api/v1/status")["image"]["building"], true);
}

TEST_F(ApiTest, OnlyABlockInsistsOnAProtectedName) {
  const auto post = [this](const char* effect, const char* even_protected) {
    service_.asked_change.reset();
    const std::string target = std::string("/api/v1/local-rules?name=x.example&by=jane&effect=") + effect;
    return ask(target + (*even_protected == 0 ? "" : "&even_protected=") + even_protected, "POST").status;
  };
  EXPECT_EQ(post("give", ""), 200u);
  EXPECT_FALSE(service_.asked_change->even_protected);
  EXPECT_EQ(post("give", "true"), 200u);
  EXPECT_TRUE(service_.asked_change->even_protected);
  EXPECT_EQ(post("give", "false"), 200u);
  EXPECT_FALSE(service_.asked_change->even_protected);
  EXPECT_EQ(post("give", "yes"), 400u);
  EXPECT_EQ(post("lift", "true"), 400u);
  EXPECT_FALSE(service_.asked_change);
}

TEST_F(ApiTest, NobodyElseChangesLocalRules) {
  EXPECT_EQ(error(ask("/api/v1/local-rules?name=x.example&by=jane", "DELETE", 1000)), Refusal(403, "forbidden"));
  EXPECT_FALSE(service_.asked_change);
  service_.outcome = Error(ErrorCode::kForbidden, "locked");
  EXPECT_EQ(error(ask("/api/v1/local-rules?name=x.example&by=jane", "DELETE")), Refusal(403, "forbidden"));
}

TEST_F(ApiTest, ABodyIsNotPassedOverInSilence) {
  Request request;
  request.method = "POST";
  request.peer.uid = 0;
  request.body = "name=x.example";
  ASSERT_TRUE(read_target("/api/v1/local-rules?effect=give&name=y.example&by=jane", request));
  EXPECT_EQ(error(api_.handle(request)), Refusal(400, "invalid"));
  EXPECT_FALSE(service_.asked_change);
}

TEST_F(ApiTest, WhatNeverBecameARequestIsJsonToo) { EXPECT_EQ(error(api_.refuse(413)), Refusal(413, "bad_request")); }

}  // namespace
}  // namespace schoolgate::web

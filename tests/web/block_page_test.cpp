#include "web/block_page.h"

#include <gtest/gtest.h>

#include "fake_service.h"

namespace schoolgate::web {
namespace {

using base::ErrorCode;
using ::testing::Test;

class BlockPageTest : public Test {
 protected:
  Response get(const std::string& host, const std::string& path = "/", const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.path = path;
    request.host = host;
    request.peer.address = *base::IpAddress::parse("10.1.2.3");
    return page_.handle(request);
  }
  bool says(const Response& response, const std::string& words) {
    return response.body.find(words) != std::string::npos;
  }

  FakeService service_;
  BlockPage page_{service_};
};

TEST_F(BlockPageTest, SaysWhatWasAskedForAndWhyAndWhatNext) {
  service_.report = blocked_by_category("bet365.com", "gambling");
  const Response response = get("bet365.com");
  EXPECT_EQ(response.status, 403u);
  for (const char* words : {"This device asked for <strong>bet365.com</strong>", "Gambling &amp; betting",
                            "Betting, casinos and lotteries.", "somebody will listen", "The &lt;Helpline&gt;",
                            "href=\"https://helpline.example/talk?a=1&amp;b=2\"", "Ask a teacher"}) {
    EXPECT_TRUE(says(response, words)) << words;
  }
}

TEST_F(BlockPageTest, AsksForTheHostAndTheClient) {
  service_.report = blocked_by_category("bet365.com", "gambling");
  get("WWW.Bet365.com.:8080");
  EXPECT_EQ(service_.asked_check.name, "www.bet365.com");
  EXPECT_EQ(service_.asked_check.device, "10.1.2.3");
  EXPECT_FALSE(service_.asked_check.group);
}

TEST_F(BlockPageTest, NeverAccusesAndNeverNamesTheList) {
  for (const char* category : {"gambling", "self-harm", "child-abuse", ""}) {
    service_.report = blocked_by_category("name.example", category);
    const Response response = get("name.example");
    EXPECT_FALSE(says(response, "secret-list")) << category;
    for (const char* word : {"visited", "searched", "viewed", "you tried", "denied", "forbidden", "violat"}) {
      EXPECT_FALSE(says(response, word)) << category << ": " << word;
    }
  }
}

TEST_F(BlockPageTest, IllegalContentIsSoberAndNamesNothing) {
  service_.report = blocked_by_category("name.example", "child-abuse");
  const Response response = get("name.example");
  EXPECT_EQ(response.status, 403u);
  EXPECT_FALSE(says(response, "name.example"));
  EXPECT_FALSE(says(response, "Illegal pictures"));
  EXPECT_TRUE(says(response, "you have done nothing wrong"));
  EXPECT_TRUE(says(response, "The &lt;Helpline&gt;"));
  EXPECT_FALSE(says(response, "Think this is wrong"));
}

TEST_F(BlockPageTest, HelpComesFirstWhereSomebodyMayBeInNeed) {
  service_.report = blocked_by_category("name.example", "self-harm");
  const std::string urgent = get("name.example").body;
  EXPECT_LT(urgent.find("Talking helps."), urgent.find("Someone to talk to"));
  EXPECT_LT(urgent.find("Someone to talk to"), urgent.find("What you can do next"));
  service_.report = blocked_by_category("name.example", "gambling");
  const std::string usual = get("name.example").body;
  EXPECT_GT(usual.find("Someone to talk to"), usual.find("What you can do next"));
}

TEST_F(BlockPageTest, ANameRuleIsTheSchoolsOwn) {
  service_.report = blocked_by_category("name.example", "");
  service_.report->chain = {{"name-rule", "block name.example in group pupils", "", 3, "", "blocks"}};
  EXPECT_TRUE(says(get("name.example"), "A rule of your school"));
  service_.report->chain = {{"otherwise", "otherwise block", "", {}, "", "blocks"}};
  EXPECT_TRUE(says(get("name.example"), "Only chosen names are open here"));
}

TEST_F(BlockPageTest, ARuleOfTheSchoolsTakesNoHelpAway) {
  service_.report = blocked_by_category("name.example", "");
  service_.report->tags = {"gambling", "self-harm"};
  service_.report->chain = {{"name-rule", "block name.example in group pupils", "", 3, "", "blocks"}};
  EXPECT_TRUE(says(get("name.example"), "Someone to talk to"));
  EXPECT_TRUE(says(get("name.example"), "Talking helps."));
}

TEST_F(BlockPageTest, WhatIsAllowedNowIsGoodNews) {
  service_.report = blocked_by_category("name.example", "gambling");
  service_.report->verdict = "allowed";
  const Response response = get("name.example");
  EXPECT_EQ(response.status, 403u);
  EXPECT_TRUE(says(response, "name.example"));
  EXPECT_TRUE(says(response, "reload"));
  EXPECT_FALSE(says(response, "Gambling"));
}

TEST_F(BlockPageTest, AnAllowedNameThatLeadsToABlockedOneIsNotOpen) {
  service_.report->verdict = "allowed";
  service_.late_block = "gambling";
  const Response response = get("Cloaked.example");
  EXPECT_EQ(service_.asked_block, "10.1.2.3 cloaked.example");
  for (const char* words :
       {"<strong>cloaked.example</strong>", "because of where it leads", "Gambling &amp; betting"}) {
    EXPECT_TRUE(says(response, words)) << words;
  }
  EXPECT_FALSE(says(response, "open now"));
  service_.late_block = "";
  EXPECT_TRUE(says(get("cloaked.example"), "because of where it leads"));
  EXPECT_FALSE(says(get("cloaked.example"), "Gambling"));
  service_.late_block = "child-abuse";
  EXPECT_FALSE(says(get("cloaked.example"), "cloaked.example"));
  EXPECT_TRUE(says(get("cloaked.example"), "closed for everyone"));
}

// Blocked a minute ago for what the name itself is, and allowed since.
TEST_F(BlockPageTest, ANameThatWasOpenedSinceIsGoodNews) {
  service_.report->verdict = "allowed";
  service_.report->tags = {"gambling"};
  service_.late_block = "gambling";
  EXPECT_TRUE(says(get("name.example"), "this is open now"));
}

TEST_F(BlockPageTest, AServiceInTroubleStillGetsAPage) {
  service_.report = base::Error(ErrorCode::kUnavailable, "no image at /var/lib/secret");
  const Response response = get("name.example");
  EXPECT_EQ(response.status, 403u);
  EXPECT_TRUE(says(response, "cannot say why"));
  EXPECT_FALSE(says(response, "/var/lib"));
}

TEST_F(BlockPageTest, WithoutANameItIsTheSchoolsBlockPage) {
  const std::string long_host(300, 'a');
  const std::string long_name = std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c') + "." +
                                std::string(60, 'd') + "." + std::string(60, 'e');
  for (const std::string& host :
       {std::string(), std::string("10.0.0.2"), std::string("10.0.0.2:80"), std::string("[2001:db8::1]:80"),
        std::string("["), std::string("."), std::string(".."), std::string("a..b"), long_host, long_name}) {
    service_.asked_check = {};
    const Response response = get(host);
    EXPECT_EQ(response.status, 403u) << host;
    EXPECT_TRUE(says(response, "This is the school’s block page")) << host;
    EXPECT_EQ(service_.asked_check.name, "") << host;
  }
}

TEST_F(BlockPageTest, HostileHostsAreShownAsText) {
  struct Case {
    std::string host;
    std::string shown;
  };
  const std::vector<Case> cases = {
      {"<script>alert(1)</script>.example", "&lt;script&gt;alert(1)&lt;/script&gt;.example"},
      {"\"onload=x.example", "\\&quot;onload=x.example"},
      {"'a'&b.example", "&#39;a&#39;&amp;b.example"},
      {"</strong>.example", "&lt;/strong&gt;.example"},
      {std::string("a\x1b[31m.example"), "a\\027[31m.example"},
      {std::string("a\xe2\x80\xae.example"), "a\\226\\128\\174.example"},
  };
  for (const auto& each : cases) {
    for (const std::string verdict : {"blocked", "allowed"}) {
      service_.report = blocked_by_category("x", "gambling");
      service_.report->verdict = verdict;
      const Response response = get(each.host);
      EXPECT_TRUE(says(response, "<strong>" + each.shown + "</strong>")) << each.host << "\n" << response.body;
      EXPECT_FALSE(says(response, "<script")) << each.host;
      EXPECT_EQ(response.body.find('\x1b'), std::string::npos);
    }
  }
}

TEST_F(BlockPageTest, EveryPathAndMethodGetsTheSame) {
  service_.report = blocked_by_category("name.example", "gambling");
  for (const char* method : {"GET", "HEAD", "POST", "OPTIONS", "TRACE", "BREW"}) {
    for (const char* path : {"/", "/a/b.js", "/../../etc/passwd", "/<script>", "*"}) {
      const Response response = get("name.example", path, method);
      EXPECT_EQ(response.status, 403u);
      EXPECT_TRUE(says(response, "name.example"));
      EXPECT_FALSE(says(response, "passwd"));
    }
  }
}

TEST_F(BlockPageTest, TheIconIsNotThere) {
  const Response response = get("name.example", "/favicon.ico");
  EXPECT_EQ(response.status, 404u);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.content_type, "");
}

TEST_F(BlockPageTest, BadRequestsGetAPageToo) {
  for (const unsigned status : {400, 408, 413, 431, 500}) {
    const Response response = page_.refuse(status);
    EXPECT_EQ(response.status, status);
    EXPECT_TRUE(says(response, "<h1>"));
  }
}

}  // namespace
}  // namespace schoolgate::web

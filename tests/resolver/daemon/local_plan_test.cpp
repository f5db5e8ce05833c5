#include "resolver/daemon/local_plan.h"

#include <gtest/gtest.h>

#include "tests/support/rules.h"

namespace schoolgate::daemon {
namespace {

using base::ErrorCode;
using lists::LocalRule;
using Kind = web::LocalRequest::Kind;

class LocalPlanTest : public testing::Test {
 protected:
  LocalPlanTest() {
    rules_.lists = {{"bets", "gambling", {"bets.example", "both.example", "awful.example"}},
                    {"ads", "tracking", {"both.example"}},
                    {"law", "terrorism", {"terror.example", "awful.example"}}};
  }
  static web::LocalRequest request(Kind kind, std::string name, std::optional<std::string> category = std::nullopt) {
    web::LocalRequest request;
    request.kind = kind;
    request.name = std::move(name);
    request.category = std::move(category);
    request.reason = "found in a lesson";
    request.by = "jane";
    return request;
  }
  base::Result<LocalPlan> plan(const web::LocalRequest& request) {
    auto snapshot = support::make_snapshot(rules_, 1);
    EXPECT_TRUE(snapshot) << snapshot.error().message();
    return plan_change(request, **snapshot, guard_, present_, 42);
  }
  // What would be done, "; " between; or why not.
  std::string told(const web::LocalRequest& request) {
    const auto planned = plan(request);
    if (!planned) return planned.error().message();
    std::string text;
    const auto add = [&text](const std::string& one) { text += (text.empty() ? "" : "; ") + one; };
    const auto in_words = [](const LocalRule& rule) {
      return (rule.effect == filter::Effect::kLift ? "lift " : "give ") + rule.category + " at " +
             lists::written_name(rule);
    };
    for (const LocalRule& rule : planned->change.put) add(in_words(rule));
    for (const LocalRule& rule : planned->change.removed) add("remove " + in_words(rule));
    for (const std::string& category : planned->locked) add(category + " stays");
    return text;
  }
  ErrorCode refusal(const web::LocalRequest& request) {
    const auto planned = plan(request);
    EXPECT_FALSE(planned) << request.name;
    return planned ? ErrorCode::kInUse : planned.error().code();
  }
  // As if it had been done before.
  void given(Kind kind, const char* name, const char* category) {
    present_ = lists::with_change(present_, plan(request(kind, name, category)).value().change);
  }

  // Protects help.example with all below it, and www.search.example alone.
  static const lists::Guard& guard() {
    static const lists::Guard kGuard({{*dns::Name::parse("help.example"), true, "a helpline"},
                                      {*dns::Name::parse("www.search.example"), false, "a search engine"}},
                                     lists::PublicSuffixes::read().value(), {*dns::Name::parse("some.github.io")});
    return kGuard;
  }

  support::Rules rules_;
  const lists::Guard* guard_ = &guard();
  std::vector<LocalRule> present_;
};

TEST_F(LocalPlanTest, ABlockGivesTheCategory) {
  const auto planned = plan(request(Kind::kBlock, "*.Casino.Example", "gambling"));
  ASSERT_TRUE(planned) << planned.error().message();
  ASSERT_EQ(planned->change.put.size(), 1u);
  const LocalRule& rule = planned->change.put[0];
  EXPECT_EQ(lists::written_name(rule), "*.casino.example");
  EXPECT_EQ(rule.effect, filter::Effect::kGive);
  EXPECT_EQ(rule.category, "gambling");
  EXPECT_EQ(rule.reason, "found in a lesson");
  EXPECT_EQ(rule.added_by, "jane");
  EXPECT_EQ(rule.added_us, 42);
  EXPECT_EQ(planned->change.by, "jane");
  EXPECT_EQ(lists::written_name(planned->at), "*.casino.example");
  EXPECT_EQ(told(request(Kind::kBlock, "x.example", "terrorism")), "give terrorism at x.example")
      << "giving is not lifting";
}

TEST_F(LocalPlanTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(told(request(Kind::kBlock, "x.example", "gamblign")),
            "unknown category 'gamblign' (did you mean 'gambling'?)");
  EXPECT_EQ(refusal(request(Kind::kBlock, "x.example", "gamblign")), ErrorCode::kInvalid);
  EXPECT_EQ(refusal(request(Kind::kBlock, "x.example")), ErrorCode::kInvalid) << "no category";
  EXPECT_EQ(refusal(request(Kind::kBlock, "http://x.example/a", "gambling")), ErrorCode::kInvalid);
  EXPECT_EQ(refusal(request(Kind::kAllow, "x.example", "gamblign")), ErrorCode::kInvalid);
  auto lines = request(Kind::kBlock, "x.example", "gambling");
  lines.reason = "two\nlines";
  EXPECT_EQ(refusal(lines), ErrorCode::kInvalid);
}

TEST_F(LocalPlanTest, AnAllowLiftsTheCategory) {
  EXPECT_EQ(told(request(Kind::kAllow, "=bets.example", "gambling")), "lift gambling at =bets.example");
  EXPECT_EQ(told(request(Kind::kAllow, "plain.example", "gambling")), "lift gambling at plain.example")
      << "it may be for a list to come";
}

TEST_F(LocalPlanTest, WithoutACategoryItLiftsEachThatTheNameHas) {
  EXPECT_EQ(told(request(Kind::kAllow, "www.bets.example")), "lift gambling at www.bets.example");
  EXPECT_EQ(told(request(Kind::kAllow, "both.example")),
            "lift gambling at both.example; lift tracking at both.example");
  EXPECT_EQ(told(request(Kind::kAllow, "awful.example")), "lift gambling at awful.example; terrorism stays");
}

TEST_F(LocalPlanTest, ALocalCategoryIsOneThatTheNameHas) {
  rules_.local = {{"games", "play.example"}, {"gambling", "@@bets.example"}};
  EXPECT_EQ(told(request(Kind::kAllow, "play.example")), "lift games at play.example");
  EXPECT_EQ(refusal(request(Kind::kAllow, "bets.example")), ErrorCode::kNotFound) << "it has none any more";
}

TEST_F(LocalPlanTest, WhatCannotBeLiftedIsRefused) {
  EXPECT_EQ(told(request(Kind::kAllow, "plain.example")),
            "plain.example has no category that could be lifted: if it is blocked, something else blocks it "
            "(schoolgate check plain.example)");
  EXPECT_EQ(refusal(request(Kind::kAllow, "plain.example")), ErrorCode::kNotFound);
  EXPECT_EQ(
      told(request(Kind::kAllow, "terror.example")),
      "terror.example is 'terrorism', which is locked: it is against the law for everybody, and no local rule lifts "
      "it");
  EXPECT_EQ(refusal(request(Kind::kAllow, "terror.example")), ErrorCode::kForbidden);
  EXPECT_EQ(refusal(request(Kind::kAllow, "terror.example", "terrorism")), ErrorCode::kForbidden);
  EXPECT_EQ(refusal(request(Kind::kAllow, "*.bets.example")), ErrorCode::kInvalid) << "each has its own";
}

TEST_F(LocalPlanTest, ABlockThatALiftWouldUndoIsRefused) {
  given(Kind::kAllow, "bets.example", "gambling");
  EXPECT_EQ(
      told(request(Kind::kBlock, "=bets.example", "gambling")),
      "a local rule allows bets.example and all names below it, whatever lists say of gambling: remove that first "
      "(schoolgate local remove bets.example)");
  EXPECT_EQ(refusal(request(Kind::kBlock, "*.bets.example", "gambling")), ErrorCode::kForbidden);
  EXPECT_EQ(told(request(Kind::kBlock, "bets.example", "gambling")), "give gambling at bets.example")
      << "it replaces it";
  EXPECT_EQ(told(request(Kind::kBlock, "=bets.example", "games")), "give games at =bets.example");
  EXPECT_EQ(told(request(Kind::kBlock, "=www.bets.example", "gambling")), "give gambling at =www.bets.example");
}

// A slip of the hand must not close the school, or open everything.
TEST_F(LocalPlanTest, ATopLevelDomainIsRefused) {
  EXPECT_EQ(told(request(Kind::kAllow, "Com", "gambling")),
            "'com' is a top-level domain, and the rule would be for every name under it: name the site");
  EXPECT_EQ(told(request(Kind::kBlock, "lan", "gambling")),
            "'lan' is a top-level domain, and the rule would be for every name under it: name the site")
      << "though no public suffix";
  for (const Kind kind : {Kind::kBlock, Kind::kAllow}) {
    EXPECT_EQ(refusal(request(kind, "*.com", "gambling")), ErrorCode::kForbidden);
    EXPECT_NE(told(request(kind, "=com", "gambling")), "") << "the name alone may be meant";
    EXPECT_TRUE(plan(request(kind, "=com", "gambling")));
    EXPECT_TRUE(plan(request(kind, "site.com", "gambling")));
  }
  EXPECT_EQ(refusal(request(Kind::kRemove, "com")), ErrorCode::kNotFound) << "what stands there may go";
}

TEST_F(LocalPlanTest, AProtectedNameIsNotBlocked) {
  rules_.policy = "default_group = \"everyone\"\nprotected_names = [\"www.school.example\"]\n";
  for (const char* covering : {"www.school.example", "=www.school.example", "school.example", "*.school.example"}) {
    EXPECT_EQ(refusal(request(Kind::kBlock, covering, "gambling")), ErrorCode::kForbidden) << covering;
  }
  EXPECT_EQ(told(request(Kind::kBlock, "school.example", "gambling")),
            "'school.example' would block 'www.school.example', which protected_names of the policy protects");
  for (const char* other : {"=school.example", "*.www.school.example", "old.school.example", "cool.example"}) {
    EXPECT_TRUE(plan(request(Kind::kBlock, other, "gambling"))) << other;
  }
  EXPECT_TRUE(plan(request(Kind::kAllow, "www.school.example", "gambling"))) << "allowing is no harm";
}

web::LocalRequest even_protected(web::LocalRequest request) {
  request.even_protected = true;
  return request;
}

TEST_F(LocalPlanTest, WhatTheGuardProtectsIsNotBlockedByMistake) {
  EXPECT_EQ(told(request(Kind::kBlock, "Help.example", "gambling")),
            "'help.example' would block 'help.example', which is a helpline: if that is meant, say --even-protected");
  EXPECT_EQ(told(request(Kind::kBlock, "=chat.help.example", "gambling")),
            "'=chat.help.example' would block 'help.example', which is a helpline: if that is meant, say "
            "--even-protected");
  EXPECT_EQ(refusal(request(Kind::kBlock, "search.example", "gambling")), ErrorCode::kForbidden);
  EXPECT_TRUE(plan(request(Kind::kBlock, "ads.www.search.example", "gambling"))) << "protected is the name alone";
  EXPECT_TRUE(plan(request(Kind::kAllow, "help.example", "gambling"))) << "allowing is no harm";
}

TEST_F(LocalPlanTest, AWholePublicSuffixIsNotBlockedByMistake) {
  for (const char* suffix : {"uk", "co.uk", "*.co.uk", "github.io"}) {
    EXPECT_EQ(told(request(Kind::kBlock, suffix, "gambling")),
              "'" + std::string(suffix) +
                  "' covers every name under a public suffix: if that is meant, say --even-protected");
    EXPECT_EQ(refusal(request(Kind::kBlock, suffix, "gambling")), ErrorCode::kForbidden);
  }
  for (const char* site : {"=co.uk", "site.co.uk", "kicks-ass.net"}) {
    EXPECT_TRUE(plan(request(Kind::kBlock, site, "gambling"))) << site;
  }
}

TEST_F(LocalPlanTest, WhoInsistsBlocksIt) {
  for (const char* covering : {"help.example", "search.example", "uk", "co.uk", "github.io", "lan"}) {
    EXPECT_EQ(told(even_protected(request(Kind::kBlock, covering, "gambling"))),
              std::string("give gambling at ") + covering);
  }
  EXPECT_EQ(refusal(even_protected(request(Kind::kAllow, "com", "gambling"))), ErrorCode::kForbidden)
      << "of that it says nothing";
}

TEST_F(LocalPlanTest, NobodyInsistsAgainstThePolicy) {
  rules_.policy = "default_group = \"everyone\"\nprotected_names = [\"www.school.co.uk\"]\n";
  for (const char* covering : {"www.school.co.uk", "school.co.uk", "co.uk", "uk"}) {
    EXPECT_EQ(
        told(even_protected(request(Kind::kBlock, covering, "gambling"))),
        "'" + std::string(covering) + "' would block 'www.school.co.uk', which protected_names of the policy protects");
  }
}

TEST_F(LocalPlanTest, WithoutAGuardOnlyWhoInsistsBlocks) {
  guard_ = nullptr;
  EXPECT_EQ(
      told(request(Kind::kBlock, "bad.example", "gambling")),
      "which names are protected could not be read, see `schoolgate status`: until it can, nothing is blocked but "
      "with --even-protected");
  EXPECT_EQ(refusal(request(Kind::kBlock, "bad.example", "gambling")), ErrorCode::kUnavailable);
  EXPECT_TRUE(plan(even_protected(request(Kind::kBlock, "bad.example", "gambling"))));
  EXPECT_TRUE(plan(request(Kind::kAllow, "bets.example", "gambling")));
}

// Rules from before go on, and may go.
TEST_F(LocalPlanTest, ARuleOfAProtectedNameThatStandsThereCanBeRemoved) {
  present_ = {plan(even_protected(request(Kind::kBlock, "help.example", "gambling"))).value().change.put.front()};
  EXPECT_EQ(told(request(Kind::kRemove, "help.example")), "remove give gambling at help.example");
}

TEST_F(LocalPlanTest, ARemovalTakesWhatStandsAtTheName) {
  given(Kind::kBlock, "=x.example", "gambling");
  given(Kind::kAllow, "x.example", "games");
  given(Kind::kBlock, "www.x.example", "games");
  EXPECT_EQ(told(request(Kind::kRemove, "x.example")),
            "remove give gambling at =x.example; remove lift games at x.example");
  EXPECT_EQ(told(request(Kind::kRemove, "=x.example")), "remove give gambling at =x.example");
  EXPECT_EQ(told(request(Kind::kRemove, "x.example", "games")), "remove lift games at x.example");
  EXPECT_EQ(told(request(Kind::kRemove, "x.example", "tracking")),
            "there is no local rule about 'tracking' at x.example");
  EXPECT_EQ(told(request(Kind::kRemove, "x.exampel")),
            "there is no local rule at x.exampel (did you mean 'x.example'?)");
  EXPECT_EQ(refusal(request(Kind::kRemove, "*.x.example")), ErrorCode::kNotFound);
}

TEST_F(LocalPlanTest, ARuleWhoseCategoryIsGoneCanBeRemoved) {
  given(Kind::kBlock, "x.example", "gambling");
  present_[0].category = "gone";
  EXPECT_EQ(told(request(Kind::kRemove, "x.example", "gone")), "remove give gone at x.example");
}

}  // namespace
}  // namespace schoolgate::daemon

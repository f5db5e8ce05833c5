#include "lists/guard/guard.h"

#include <gtest/gtest.h>

#include "tests/support/naive_guard.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using filter::Reach;

dns::Name name(const std::string& text) { return *dns::Name::parse(text); }

Guard guard_of(const std::vector<ProtectedName>& names, const std::vector<std::string>& popular = {}) {
  std::vector<dns::Name> known;
  for (const std::string& one : popular) known.push_back(name(one));
  return Guard(names, PublicSuffixes::read().value(), known);
}

const Guard& guard() {
  static const Guard kGuard =
      guard_of({{name("help.example.org"), true, "a helpline"}, {name("www.search.example"), false, "a search engine"}},
               {"some.github.io", "www.search.example"});
  return kGuard;
}

std::string why(Reach reach, const std::string& text) {
  return guard().why_set_aside(reach, Exception::kNo, name(text));
}

constexpr const char* kTooWide =
    "covers every name under a public suffix: if that is meant, say may_block_suffixes = true of the list";
constexpr const char* kHelp = "would block 'help.example.org', which is a helpline";
constexpr const char* kSearch = "would block 'www.search.example', which is a search engine";

TEST(Guard, ARuleForAProtectedNameIsSetAside) {
  EXPECT_EQ(why(Reach::kBoth, "help.example.org"), kHelp);
  EXPECT_EQ(why(Reach::kExact, "help.example.org"), kHelp);
  EXPECT_EQ(why(Reach::kSubdomains, "help.example.org"), kHelp);
  EXPECT_EQ(why(Reach::kBoth, "HELP.Example.ORG"), kHelp);
}

TEST(Guard, ARuleThatCoversOneFromAboveIsSetAside) {
  EXPECT_EQ(why(Reach::kBoth, "example.org"), kHelp);
  EXPECT_EQ(why(Reach::kSubdomains, "example.org"), kHelp);
  EXPECT_EQ(why(Reach::kExact, "example.org"), "");
}

TEST(Guard, ARuleBelowOneIsSetAsideWhereAllBelowIsProtected) {
  EXPECT_EQ(why(Reach::kExact, "chat.help.example.org"), kHelp);
  EXPECT_EQ(why(Reach::kBoth, "a.b.help.example.org"), kHelp);
  EXPECT_EQ(why(Reach::kBoth, "ads.www.search.example"), "");
}

TEST(Guard, ANameThatIsProtectedAloneLeavesTheRestToLists) {
  EXPECT_EQ(why(Reach::kBoth, "www.search.example"), kSearch);
  EXPECT_EQ(why(Reach::kExact, "www.search.example"), kSearch);
  EXPECT_EQ(why(Reach::kSubdomains, "www.search.example"), "");
  EXPECT_EQ(why(Reach::kBoth, "search.example"), kSearch);
  EXPECT_EQ(why(Reach::kBoth, "ads.search.example"), "");
}

TEST(Guard, APublicSuffixIsTooWideButNotAloneItself) {
  EXPECT_EQ(why(Reach::kBoth, "co.uk"), kTooWide);
  EXPECT_EQ(why(Reach::kSubdomains, "ZIP"), kTooWide);
  EXPECT_EQ(why(Reach::kBoth, "anything.ck"), kTooWide) << "by a rule with a wildcard";
  EXPECT_EQ(why(Reach::kBoth, "www.ck"), "");
  EXPECT_EQ(why(Reach::kExact, "co.uk"), "");
  EXPECT_EQ(why(Reach::kBoth, "bad.co.uk"), "");
}

TEST(Guard, AHostersSuffixIsTooWideWherePopularNamesAre) {
  EXPECT_EQ(why(Reach::kBoth, "github.io"), kTooWide);
  EXPECT_EQ(why(Reach::kBoth, "kicks-ass.net"), "");
}

TEST(Guard, ADistrictMayMeanWholeSuffixesButNotWhatIsProtectedUnderThem) {
  const auto may = [](const char* text) {
    return guard().why_set_aside(Reach::kBoth, Exception::kNo, name(text), Guard::Suffixes::kMayBeBlocked);
  };
  EXPECT_EQ(may("zip"), "");
  EXPECT_EQ(may("org"), kHelp);
}

// The same rules; only the advice would be wrong.
TEST(Guard, WhatAPersonWritesIsToldWithoutAWordOfLists) {
  const auto by_hand = [](Reach reach, const char* text) { return guard().why_not_by_hand(reach, name(text)); };
  EXPECT_EQ(by_hand(Reach::kBoth, "chat.Help.example.org"), kHelp);
  EXPECT_EQ(by_hand(Reach::kSubdomains, "search.example"), kSearch);
  for (const char* suffix : {"UK", "co.uk", "org", "github.io"}) {
    EXPECT_EQ(by_hand(Reach::kBoth, suffix), "covers every name under a public suffix") << suffix;
  }
  EXPECT_EQ(by_hand(Reach::kExact, "co.uk"), "");
  EXPECT_EQ(by_hand(Reach::kBoth, "kicks-ass.net"), "");
  EXPECT_EQ(by_hand(Reach::kBoth, "bad.co.uk"), "");
  EXPECT_EQ(by_hand(Reach::kExact, "example.org"), "");
}

TEST(Guard, AnExceptionIsNeverSetAside) {
  EXPECT_EQ(guard().why_set_aside(Reach::kBoth, Exception::kYes, name("help.example.org")), "");
  EXPECT_EQ(guard().why_set_aside(Reach::kBoth, Exception::kYes, name("co.uk")), "");
}

// Every set of up to two protected names, every rule, over a small alphabet: as the rule's own words say it.
TEST(Guard, AgreesWithTheNaiveOneOnEverySmallInput) {
  const std::vector<std::string> names = {"a", "b", "a.a", "b.a", "a.b", "a.a.a", "b.a.a", "a.b.a", "b.b.a", "a.a.b"};
  std::vector<ProtectedName> all;
  for (const std::string& text : names) {
    all.push_back({name(text), false, "alone"});
    all.push_back({name(text), true, "with all below"});
  }
  std::size_t set_aside = 0;
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (std::size_t second = first; second < all.size(); second += 3) {
      const std::vector<ProtectedName> chosen = {all[first], all[second]};
      const Guard fast = guard_of(chosen);
      for (const std::string& rule : names) {
        for (const Reach reach : {Reach::kExact, Reach::kSubdomains, Reach::kBoth}) {
          const bool is =
              !fast.why_set_aside(reach, Exception::kNo, name(rule), Guard::Suffixes::kMayBeBlocked).empty();
          EXPECT_EQ(is, support::naively_blocks_protected(chosen, reach, name(rule)))
              << rule << " against " << chosen[0].name.to_text() << " and " << chosen[1].name.to_text();
          set_aside += is ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(set_aside, 500u);
}

TEST(Guard, TheShippedOneProtectsWhatAChildInNeedAsksFor) {
  const auto shipped = Guard::read(std::string(SCHOOLGATE_SOURCE_DIR) + "/lists/data", {name("School.Example")}, {});
  ASSERT_TRUE(shipped) << shipped.error().message();
  const auto why_not = [&](const char* text) {
    return shipped->why_set_aside(Reach::kBoth, Exception::kNo, name(text));
  };
  EXPECT_EQ(why_not("childline.org.uk"), "would block 'childline.org.uk', which is a helpline");
  EXPECT_NE(why_not("www.samaritans.org"), "");
  EXPECT_NE(why_not("www.switchboard.lgbt"), "");
  EXPECT_NE(why_not("google.com"), "");
  EXPECT_NE(why_not("com"), "");
  EXPECT_EQ(why_not("www.school.example"), "would block 'school.example', which is protected by the policy");
  EXPECT_EQ(why_not("adservice.google.com"), "");
  EXPECT_EQ(why_not("bets.example"), "");
}

}  // namespace
}  // namespace schoolgate::lists

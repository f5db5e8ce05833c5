#include "filter/patterns/guarded_patterns.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

// Protects help.example with all below it, and search.example; a name rule for a whole top-level domain is too wide for every list but 1.
PatternGuard guard() {
  PatternGuard guard;
  guard.names.push_back({name("help.example"), "would block help.example", true});
  guard.names.push_back({name("search.example"), "would block search.example"});
  guard.why_set_aside = [](ListNumber list, Reach, const dns::Name& name) {
    return list != 1 && name.label_count() == 1 ? "too wide" : "";
  };
  return guard;
}

struct Pattern {
  ListNumber list = 0;
  std::string expression;
  Exception exception = Exception::kNo;
};

BuildReport report_of(const std::vector<Pattern>& patterns, std::vector<dns::Name> popular = {}) {
  ImageBuilder builder(some_tags());
  builder.add_list({"zero", 3, "", ""});
  builder.add_list({"one", 3, "", ""});
  std::uint32_t line = 0;
  for (const Pattern& pattern : patterns) {
    builder.add_pattern(pattern.list, pattern.exception, pattern.expression, ++line, pattern.expression);
  }
  builder.set_pattern_guard(guard());
  builder.set_popular_names(std::move(popular));
  return builder.build()->report;
}

std::vector<std::string> told(const BuildReport& report) {
  std::vector<std::string> texts;
  for (const RejectedRule& rule : report.rejected) {
    texts.push_back(rule.reason + (rule.guarded ? " (guarded)" : ""));
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(GuardedPatterns, OneThatWouldBlockAProtectedNameIsSetAsideWithTheFirstReason) {
  const auto report = report_of({{0, "^help"}, {0, "h\\.ex"}, {0, "^ads"}, {0, "e[al]"}});
  EXPECT_EQ(told(report),
            (Texts{"'^help': would block help.example (guarded)", "'h\\.ex': would block search.example (guarded)",
                   "'e[al]': would block help.example (guarded)"}));
  EXPECT_EQ(report.rules_per_list[0], 1u);
}

TEST(GuardedPatterns, OneThatOnlyPCRE2UnderstandsIsJudgedToo) {
  EXPECT_EQ(told(report_of({{0, "^(?!x)help"}, {0, "^(?!h)help"}})),
            Texts{"'^(?!x)help': would block help.example (guarded)"});
}

TEST(GuardedPatterns, WhatIsANameRuleIsJudgedAsOneByList) {
  const auto report = report_of({{0, "(^|\\.)zip$"}, {1, "(^|\\.)zip$"}, {0, "(^|\\.)bets\\.zip$"}});
  EXPECT_EQ(told(report), Texts{"'(^|\\.)zip$': too wide (guarded)"});
  EXPECT_EQ(report.rules_per_list[0], 1u);
  EXPECT_EQ(report.rules_per_list[1], 1u);
}

// Nobody knows all names below; these nearly every site has.
TEST(GuardedPatterns, OfTheNamesBelowTheUsualOnesAreTried) {
  for (const char* usual : {"^www\\.h", "^(m|mobile)[.]", "^chat\\.", "k\\..*ple$", "^c(dn|y)\\."}) {
    EXPECT_EQ(told(report_of({{0, usual}, {0, "^ads"}})),
              Texts{std::string("'") + usual + "': would block help.example (guarded)"});
  }
  EXPECT_EQ(told(report_of({{0, "^www\\.s"}, {0, "^zz9\\."}})), Texts{}) << "below search.example nothing is protected";
}

TEST(GuardedPatterns, TheNamesThemselvesGiveTheReason) {
  EXPECT_EQ(told(report_of({{0, "^(www\\.help|search)\\."}})),
            Texts{"'^(www\\.help|search)\\.': would block search.example (guarded)"});
}

TEST(GuardedPatterns, OneThatAimsAtNamesBelowIsSetAsideWhateverTheyAreCalled) {
  for (const char* aimed : {"^zz[0-9]+\\.help\\.example$", "(^|\\.)zz[a-z]*9\\.help\\.example$", "[0-9]\\.help\\.ex",
                            "^(?!x)zz9\\.help\\."}) {
    EXPECT_EQ(told(report_of({{0, aimed}, {0, aimed, Exception::kYes}, {0, "^ads"}})),
              Texts{std::string("'") + aimed + "': would block help.example (guarded)"});
  }
  EXPECT_EQ(told(report_of({{0, "^zz[0-9]+\\.search\\.example$"}, {0, "^zz[0-9]+\\.[a-z]+\\.example$"}})), Texts{});
}

TEST(GuardedPatterns, AnExceptionIsNever) {
  EXPECT_EQ(told(report_of({{0, "^help", Exception::kYes}, {0, "(^|\\.)zip$", Exception::kYes}, {0, "^ads"}})),
            Texts{});
}

TEST(GuardedPatterns, WhatIsTooBroadNeedsNoOtherReason) {
  std::vector<dns::Name> popular;
  for (int i = 0; i < 200; ++i) popular.push_back(name("h" + std::to_string(i) + ".example"));
  const auto report = report_of({{0, "^h"}, {0, "^help"}, {0, "^ads"}}, popular);
  EXPECT_EQ(told(report), (Texts{"'^h': too broad: it matches 200 of the 200 popular names",
                                 "'^help': would block help.example (guarded)"}));
  EXPECT_EQ(report.patterns, 1u);
}

TEST(GuardedPatterns, WithoutAGuardNoneIs) {
  ImageBuilder builder(some_tags());
  builder.add_pattern(builder.add_list({"zero", 3, "", ""}), Exception::kNo, "^help", 1, "^help");
  EXPECT_TRUE(builder.build()->report.rejected.empty());
}

}  // namespace
}  // namespace schoolgate::filter

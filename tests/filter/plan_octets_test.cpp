#include "filter/patterns/plan_octets.h"

#include <xxhash.h>

#include <random>

#include "filter/file/image_format.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

// Of each kind, some twice.
const std::vector<std::string> kPatterns = {
    "ads",
    "^ad(s|vert)?\\.",
    "(^|\\.|-)ads\\.example$",
    "^.{2,5}ads",
    "ads",
    "ads[a-z]+x",
    "^ad[0-9]+\\.",
    "[0-9]{3}",
    "(?!x)e[0-9]",
    "(.*\\.|^)ads(\\.|$).*",
    "^([a-z0-9]+-)?(banner|promo)[0-9]*\\.(track|count)er\\.",
    "bet.*casino",
};

PatternPlan some_plan() {
  PatternPlan plan = PatternPlan::of(kPatterns);
  for (PatternPlan::Expression& expression : plan.expressions) {
    EXPECT_EQ(expression.fault, "");
    expression.is_confirmed = expression.text.starts_with("(?!");
  }
  return plan;
}

TEST(PlanOctets, ThePlanComesBack) {
  const PatternPlan plan = some_plan();
  const auto read = read_plan(kPatterns, octets_of(encode_plan(plan)));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->expressions.size(), plan.expressions.size());
  for (std::size_t i = 0; i < plan.expressions.size(); ++i) {
    const PatternPlan::Expression& wanted = plan.expressions[i];
    const PatternPlan::Expression& found = read->expressions[i];
    EXPECT_EQ(found.text, wanted.text);
    EXPECT_EQ(found.patterns, wanted.patterns);
    EXPECT_EQ(found.fault, "");
    EXPECT_EQ(found.is_confirmed, wanted.is_confirmed);
    EXPECT_EQ(found.parts.kind, wanted.parts.kind) << wanted.text;
    EXPECT_EQ(found.parts.literals, wanted.parts.literals) << wanted.text;
    EXPECT_EQ(found.parts.triggers, wanted.parts.triggers) << wanted.text;
  }
  EXPECT_EQ(read->literals().texts, plan.literals().texts);
}

TEST(PlanOctets, OfOtherPatternsTheyAreRefused) {
  const std::string octets = encode_plan(some_plan());
  auto others = kPatterns;
  others[5] = "ads[a-z]+y";
  EXPECT_FALSE(read_plan(others, octets_of(octets)));
  others = kPatterns;
  others.pop_back();
  EXPECT_FALSE(read_plan(others, octets_of(octets)));
  EXPECT_FALSE(read_plan({}, octets_of(octets)));
  EXPECT_TRUE(read_plan({}, octets_of(encode_plan(PatternPlan()))));
}

TEST(PlanOctets, CutOrChangedTheyAreRefusedOrSomePlan) {
  const std::string octets = encode_plan(some_plan());
  for (std::size_t size = 0; size < octets.size(); ++size) {
    ASSERT_FALSE(read_plan(kPatterns, octets_of(octets).first(size))) << size;
  }
  EXPECT_FALSE(read_plan(kPatterns, octets_of(octets + '\0')));
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    std::string changed = octets;
    changed[random() % changed.size()] = static_cast<char>(random());
    const auto plan = read_plan(kPatterns, octets_of(changed));
    if (!plan) continue;
    ASSERT_EQ(plan->expressions.size(), kPatterns.size() - 1);
    for (const std::string& text : plan->literals().texts) ASSERT_NE(text, "");
  }
}

// A trigger of an expression that has no engine would lead nowhere.
TEST(PlanOctets, WhatNoPlanSaysIsRefused) {
  const LiteralPart literal{"ads", {}, {}};
  PatternPlan plan = some_plan();
  ASSERT_EQ(plan.expressions[0].parts.kind, PatternParts::Kind::kParts);
  plan.expressions[0].parts.triggers.push_back(literal);
  EXPECT_FALSE(read_plan(kPatterns, octets_of(encode_plan(plan))));
  plan = some_plan();
  ASSERT_EQ(plan.expressions[4].parts.kind, PatternParts::Kind::kNeedsEngine);
  plan.expressions[4].parts.literals.push_back(literal);
  EXPECT_FALSE(read_plan(kPatterns, octets_of(encode_plan(plan))));
  plan = some_plan();
  plan.expressions[0].parts.literals.push_back({"", {}, {}});
  EXPECT_FALSE(read_plan(kPatterns, octets_of(encode_plan(plan)))) << "an empty text stands in every name";
}

// If this fails because take_apart() has learnt something: raise the format of kCompiledFile, so that machines do not go on
// with the plans they have, and put both new numbers here.
TEST(PlanOctets, WhatIsPlannedOtherwiseHasAnotherFormat) {
  const std::string octets = encode_plan(some_plan());
  EXPECT_EQ(kCompiledFile.format, 3u);
  EXPECT_EQ(XXH3_64bits(octets.data(), octets.size()), 3904340920457056396u);
}

}  // namespace
}  // namespace schoolgate::filter

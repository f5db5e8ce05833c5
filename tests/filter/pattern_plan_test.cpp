#include "filter/patterns/pattern_plan.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

TEST(PatternPlan, AnExpressionOfSeveralRulesIsThereOnce) {
  const auto plan = PatternPlan::of({"ads", "[0-9]", "ads", "", "ads[0-9]"});
  ASSERT_EQ(plan.expressions.size(), 4u);
  EXPECT_EQ(plan.expressions[0].patterns, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(plan.expressions[2].fault, "it is empty");
}

// A text that several expressions have is looked for once.
TEST(PatternPlan, ALiteralHasAllItsUses) {
  const auto plan = PatternPlan::of({"^ads", "ads", "ads[a-z]+x", "bet"});
  const auto literals = plan.literals();
  EXPECT_EQ(literals.texts, (std::vector<std::string>{"ads", "bet"}));
  ASSERT_EQ(literals.first_use, (std::vector<std::uint32_t>{0, 3, 4}));
  EXPECT_EQ(literals.uses[0].kind, LiteralUse::Kind::kMatches);
  EXPECT_EQ(literals.uses[0].before, (Distance{0, 0}));
  EXPECT_EQ(literals.uses[2].kind, LiteralUse::Kind::kTriggers);
  EXPECT_EQ(literals.uses[2].expression, 2u);
}

TEST(PatternPlan, WhatHasAFaultIsLeftOut) {
  auto plan = PatternPlan::of({"ads[a-z]+x", "[0-9]{3}", "(ads)?", "ads"});
  using Asked = PatternPlan::Asked;
  EXPECT_EQ(plan.engine_expressions(Asked::kWhenTriggered), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(plan.engine_expressions(Asked::kAlways), (std::vector<std::uint32_t>{1}));
  plan.expressions[0].fault = plan.expressions[1].fault = plan.expressions[3].fault = "some";
  EXPECT_TRUE(plan.engine_expressions(Asked::kWhenTriggered).empty());
  EXPECT_TRUE(plan.engine_expressions(Asked::kAlways).empty());
  EXPECT_TRUE(plan.literals().texts.empty());
}

}  // namespace
}  // namespace schoolgate::filter

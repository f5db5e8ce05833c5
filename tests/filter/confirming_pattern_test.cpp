#include "filter/patterns/confirming_pattern.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

using Answer = ConfirmingPattern::Answer;

Answer answer(const std::string& expression, std::string_view text, unsigned steps = 10'000) {
  const auto pattern = ConfirmingPattern::compile(expression);
  EXPECT_TRUE(pattern) << pattern.error().message();
  const auto scratch = ConfirmingPattern::Scratch::make();
  return pattern->match(text, *scratch, steps);
}

TEST(ConfirmingPattern, HasLookAroundAndBackReferences) {
  EXPECT_EQ(answer("^(?!www)[a-z]+", "ads.example"), Answer::kYes);
  EXPECT_EQ(answer("^(?!www)[a-z]+", "www.example"), Answer::kNo);
  EXPECT_EQ(answer("(?<=ads)-", "ads-1"), Answer::kYes);
  EXPECT_EQ(answer("(a|b)\\1", "xBbx"), Answer::kYes);
  EXPECT_EQ(answer("(a|b)\\1", "xabx"), Answer::kNo);
  EXPECT_EQ(answer("ADS$", "x.ads"), Answer::kYes);
}

TEST(ConfirmingPattern, SaysWhyNot) {
  const auto pattern = ConfirmingPattern::compile("ads(");
  ASSERT_FALSE(pattern);
  EXPECT_EQ(pattern.error().message(), "missing closing parenthesis at character 5");
  EXPECT_FALSE(ConfirmingPattern::compile("a\\Cb"));
  EXPECT_FALSE(ConfirmingPattern::compile("(*UTF)a"));
  EXPECT_FALSE(ConfirmingPattern::compile("((a{1,2000}){1,2000}){1,2000}"));
  EXPECT_FALSE(ConfirmingPattern::compile(std::string(200, '(') + std::string(200, ')')));
  EXPECT_FALSE(ConfirmingPattern::compile(std::string(20000, 'a')));
}

TEST(ConfirmingPattern, StopsWhenItsStepsAreUsedUp) {
  const std::string text = std::string(200, 'a') + "b";
  EXPECT_EQ(answer("^(a|aa)+[cd]", text), Answer::kOverrun);
  EXPECT_EQ(answer("(a|aa)+[cd]", text), Answer::kOverrun);  // from every place of the text
  EXPECT_EQ(answer("^(?=(a+)+$)(a+)+b", text), Answer::kOverrun);
  EXPECT_EQ(answer("^(?:(a)(?1)|a)+[xy]", std::string(1000, 'a')), Answer::kOverrun);  // recursion
  EXPECT_EQ(answer("^aab", text), Answer::kNo);
}

// What one leaves is left to the next.
TEST(ConfirmingPattern, TakesItsStepsFromTheBudget) {
  const auto pattern = ConfirmingPattern::compile("^(a|aa)+[cd]").value();
  const auto scratch = ConfirmingPattern::Scratch::make().value();
  unsigned steps = 1000;
  EXPECT_EQ(pattern.match("aac", scratch, steps), Answer::kYes);
  EXPECT_LT(steps, 1000u);
  EXPECT_GT(steps, 900u);
  EXPECT_EQ(pattern.match(std::string(100, 'a'), scratch, steps), Answer::kOverrun);
  EXPECT_EQ(steps, 0u);
  EXPECT_EQ(pattern.match("aac", scratch, steps), Answer::kOverrun);
}

}  // namespace
}  // namespace schoolgate::filter

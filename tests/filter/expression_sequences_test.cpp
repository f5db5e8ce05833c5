#include "filter/patterns/expression_sequences.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

// Text as it is, {1,2} for any characters, ^ and $, ? for what is not written out and may be empty, ! when it may not.
std::string written(std::string_view expression) {
  std::string text;
  for (const Sequence& sequence : expand(parse_expression(expression)->root, 3)) {
    text += text.empty() ? "" : " | ";
    for (const Element& element : sequence) {
      switch (element.kind) {
        case Element::Kind::kText:
          text += element.text;
          break;
        case Element::Kind::kAny:
          text += fmt::format("{{{},{}}}", element.any.min, element.any.max);
          break;
        case Element::Kind::kBegin:
          text += '^';
          break;
        case Element::Kind::kEnd:
          text += '$';
          break;
        case Element::Kind::kOther:
          text += element.is_nullable ? '?' : '!';
      }
    }
  }
  return text;
}

TEST(ExpressionSequences, AreTheWaysToMatch) {
  EXPECT_EQ(written("^a(b|cd)?$"), "^a$ | ^ab$ | ^acd$");
  EXPECT_EQ(written("[ab]c"), "ac | bc");
  EXPECT_EQ(written("[a-d]c[a-d]*"), "!c?");
  EXPECT_EQ(written("a..{2,3}b"), "a{3,4}b");
  EXPECT_EQ(written("a+"), "a | a?a");
  EXPECT_EQ(written("a{2,}"), "aa?");
  EXPECT_EQ(written("a{1,3}"), "a | aa | aaa");
  EXPECT_EQ(written("(?=ab)c"), "!ab!c");
  EXPECT_EQ(written("a[ ]"), "");  // no way
}

// The text around what is too much stays.
TEST(ExpressionSequences, WhatIsTooMuchIsNotWrittenOut) {
  EXPECT_EQ(written("x(aa|b|c|d|e){3}y"), "x!y");
  EXPECT_EQ(written("xa{1,1000}y"), "x!y");
}

}  // namespace
}  // namespace schoolgate::filter

#include "filter/patterns/expression_tree.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

// The octets of an expression that is one class.
std::string octets_of_class(std::string_view expression) {
  const auto tree = parse_expression(expression);
  if (!tree || tree->root.children.size() != 1) return "none";
  std::string octets;
  for (std::size_t octet = 0; octet < 128; ++octet) {
    if (tree->root.children.front().octets[octet]) octets += static_cast<char>(octet);
  }
  return octets;
}

TEST(ExpressionTree, ClassesHoldWhatANameCanHold) {
  EXPECT_EQ(octets_of_class("[A-C]"), "abc");
  EXPECT_EQ(octets_of_class("[,-.]"), ",-.");
  EXPECT_EQ(octets_of_class("[_.-]"), "-._");
  EXPECT_EQ(octets_of_class("[a\\]-]"), "-]a");
  EXPECT_EQ(octets_of_class("[[:digit:]x]"), "0123456789x");
  EXPECT_EQ(octets_of_class("\\s"), "");
  EXPECT_EQ(octets_of_class("[.]"), ".");
  EXPECT_EQ(octets_of_class("[^\\W_a-y]"), "0123456789z");
  EXPECT_EQ(octets_of_class("."), octets_of_class("[^ ]"));
  EXPECT_EQ(octets_of_class(".").size(), all_text_octets().count());
}

TEST(ExpressionTree, WhatPcreMeansSomethingByIsNotParsed) {
  for (const char* expression :
       {"(a",      "a)",   "[a",    "[]a]",  "[z-a]", "[a-\\d]", "[a-c-e]", "[:alpha:]", "[[.a.]]",
        "*a",      "a**",  "a{2",   "a{,2}", "{2}",   "^*",      "a++",     "(?i)a",     "(?<n>a)",
        "(*UTF)a", "\\Qa", "\\x41", "\\b",   "\\10",  "a\\",     "a{3,2}",  "a{70000}"}) {
    EXPECT_FALSE(parse_expression(expression)) << expression;
  }
  EXPECT_FALSE(parse_expression(std::string(3000, 'a')));
  EXPECT_FALSE(parse_expression(std::string(100, '(') + std::string(100, ')')));
}

TEST(ExpressionTree, SaysWhenItIsMoreThanTheExpression) {
  EXPECT_TRUE(parse_expression("^(?:a|b)+?x{2,}$")->is_exact);
  for (const char* expression : {"(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "(a)\\1"}) {
    EXPECT_FALSE(parse_expression(expression)->is_exact) << expression;
  }
}

TEST(ExpressionTree, Nullable) {
  for (const char* expression : {"", "a*", "(a|b?)", "a{0,3}b*", "(a?){5}"}) {
    EXPECT_TRUE(parse_expression(expression)->root.is_nullable()) << expression;
  }
  for (const char* expression : {"a", "^", "$", "a+", "a*b", "(?=a)"}) {
    EXPECT_FALSE(parse_expression(expression)->root.is_nullable()) << expression;
  }
}

}  // namespace
}  // namespace schoolgate::filter

#include "filter/patterns/expression_automaton.h"

#include "filter/patterns/confirming_pattern.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

using Elements = ExpressionAutomaton::Elements;

// What becomes of a match that began before a dot, when `rest` follows that and the text ends.
bool may_match(std::string_view expression, std::string_view rest, Elements elements = Elements::kAll) {
  auto automaton = ExpressionAutomaton::of(expression).value();
  auto states = automaton.after_dot();
  for (const char octet : rest) {
    if (automaton.has_matched(states)) return true;
    states = automaton.step(states, octet, elements);
  }
  return automaton.has_matched(states) || automaton.matches_at_end(states);
}

TEST(ExpressionAutomaton, AMatchGoesOnBehindTheDot) {
  EXPECT_TRUE(may_match("^ask\\.help\\.example$", "help.example"));
  EXPECT_TRUE(may_match("a\\.h", "help.example"));
  EXPECT_TRUE(may_match("(x|y[0-9]+)\\.h.*e$", "help.example"));
  EXPECT_FALSE(may_match("^ask\\.help\\.example$", "help.example2"));
  EXPECT_FALSE(may_match("^ask\\.help\\.example$", "hel.example"));
  EXPECT_FALSE(may_match("^help\\.example$", "help.example")) << "it would have begun behind the dot";
  EXPECT_FALSE(may_match("^ask", "help.example")) << "it has ended before";
}

TEST(ExpressionAutomaton, TheBeginningIsThatOfTheText) {
  EXPECT_TRUE(may_match("x?^a\\.help", "help"));
  EXPECT_FALSE(may_match("x^a\\.help", "help"));
  EXPECT_FALSE(may_match("a\\.^help", "help"));
}

TEST(ExpressionAutomaton, TheEndIsThatOfTheText) {
  EXPECT_TRUE(may_match("\\.help$", "help"));
  EXPECT_FALSE(may_match("\\.he$", "help"));
  EXPECT_FALSE(may_match("\\.he$lp", "help"));
}

TEST(ExpressionAutomaton, RepeatsAreCounted) {
  EXPECT_TRUE(may_match("\\.a{2,3}$", "aa"));
  EXPECT_TRUE(may_match("\\.a{2,3}$", "aaa"));
  EXPECT_FALSE(may_match("\\.a{2,3}$", "a"));
  EXPECT_FALSE(may_match("\\.a{2,3}$", "aaaa"));
  EXPECT_TRUE(may_match("\\.(ab)*$", "abab"));
  EXPECT_FALSE(may_match("\\.(ab)+$", "aba"));
  EXPECT_TRUE(may_match("\\.(a*)*b$", "aab")) << "a round of nothing ends";
}

// Never less than what the expression matches.
TEST(ExpressionAutomaton, WhatIsNotCountedMatchesMore) {
  EXPECT_TRUE(may_match("\\.a{1,65}$", std::string(200, 'a')));
  EXPECT_FALSE(may_match("\\.a{1,64}$", std::string(65, 'a')));
  EXPECT_TRUE(may_match("\\.a{100,200}$", std::string(100, 'a')));
  EXPECT_TRUE(may_match("^(?!ask)[a-z]+\\.(?=help)help$", "help"));
  EXPECT_TRUE(may_match("^(a+)\\.\\1$", "anything"));
}

TEST(ExpressionAutomaton, SpellingTakesElementsOfFewOctets) {
  for (const char* spelt : {"\\.help", "\\.h[e3]lp", "\\.HELP", "\\.[g-j]elp", "\\.h(e|x)lp"}) {
    EXPECT_TRUE(may_match(spelt, "help", Elements::kSpelling)) << spelt;
  }
  for (const char* open : {"\\..elp", "\\.h[a-z]lp", "\\.[f-j]elp", "\\.h\\wlp", "\\.h[^x]lp"}) {
    EXPECT_FALSE(may_match(open, "help", Elements::kSpelling)) << open;
    EXPECT_TRUE(may_match(open, "help")) << open;
  }
}

TEST(ExpressionAutomaton, WhatItCannotHoldIsNone) {
  EXPECT_FALSE(ExpressionAutomaton::of("(ad"));
  EXPECT_FALSE(ExpressionAutomaton::of("\\bads"));
  EXPECT_TRUE(ExpressionAutomaton::of("(abcdefgh){60}"));
  EXPECT_FALSE(ExpressionAutomaton::of("((abcdefgh){60}){60}"));
  EXPECT_FALSE(ExpressionAutomaton::of("((((a{60}){60}){60}){60}){60}")) << "and is not made first";
}

TEST(ExpressionAutomaton, WhatItLooksAtIsCounted) {
  auto automaton = ExpressionAutomaton::of("[a-z]*\\.(a|b)c").value();
  EXPECT_EQ(automaton.work(), 0u);
  const auto states = automaton.after_dot();
  const auto before = automaton.work();
  EXPECT_GT(before, 0u);
  automaton.step(states, 'a', Elements::kAll);
  EXPECT_EQ(automaton.work(), before + states.size() + 1);
}

// All texts of these octets, up to a length.
std::vector<std::string> texts_of(std::string_view octets, std::size_t most) {
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < most; ++i) {
    for (const char octet : octets) texts.push_back(texts[i] + octet);
  }
  return texts;
}

// Every expression of these parts against every text "x.REST": it goes to the end, and has a dot where REST has none.
TEST(ExpressionAutomaton, AgreesWithPCRE2OnEverySmallInput) {
  const std::vector<std::string> before = {"^", "", "a", "^a?", "[ab]+", "(^|b)", "^.{2}", "(a|ab)*", "^(ba)?b"};
  const std::vector<std::string> behind = {"a.*", "a",    "(b|ab)?", "[^b]", "a*b",
                                           ".b",  "a{2}", "(a|bb)b", "",     "(b$|a.+)"};
  const auto texts = texts_of("ab.", 4);
  const ConfirmingPattern::Scratch scratch = ConfirmingPattern::Scratch::make().value();
  std::size_t matched = 0;
  for (const std::string& head : before) {
    for (const std::string& tail : behind) {
      const std::string expression = head + "\\." + tail + "$";
      const auto pattern = ConfirmingPattern::compile(expression).value();
      for (const std::string& rest : texts_of("ab", 4)) {
        const bool matches = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
          unsigned steps = 100'000;
          return pattern.match(text + "." + rest, scratch, steps) == ConfirmingPattern::Answer::kYes;
        });
        EXPECT_EQ(may_match(expression, rest), matches) << expression << " on " << rest;
        matched += matches ? 1 : 0;
      }
    }
  }
  EXPECT_GT(matched, 500u);
}

}  // namespace
}  // namespace schoolgate::filter

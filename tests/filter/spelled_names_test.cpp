#include "filter/patterns/spelled_names.h"

#include "filter/patterns/confirming_pattern.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

const std::vector<dns::Name>& names() {
  static const std::vector<dns::Name> kNames = {name("samaritans.org"), name("childline.org.uk"), name("ed.gov"),
                                                name("111.nhs.uk"),     name("nhs.uk"),           name("mind.org.uk"),
                                                name("childline.ie")};
  return kNames;
}

std::string aimed_at(std::string_view expression) {
  static const SpelledNames kSpelled(names());
  const auto found = kSpelled.find_aimed_at(expression);
  return found ? names()[*found].to_text() : "";
}

TEST(SpelledNames, OneThatSpellsANameAndGoesOnBeforeItAimsAtWhatIsBelow) {
  EXPECT_EQ(aimed_at("^ask\\.childline\\.org\\.uk$"), "childline.org.uk");
  EXPECT_EQ(aimed_at("(^|\\.)help[a-z]*\\.childline\\.org\\.uk$"), "childline.org.uk");
  EXPECT_EQ(aimed_at("[a-z]+\\.samaritans\\.org"), "samaritans.org");
  EXPECT_EQ(aimed_at("[a-z]+[.]Samaritans"), "samaritans.org");
  EXPECT_EQ(aimed_at("^x[0-9]{3}\\.(foo|bar|mind)\\.[a-z.]+$"), "mind.org.uk");
  EXPECT_EQ(aimed_at("^[^.]+\\.ch[i1]ldl[i1]ne\\."), "childline.ie") << "the first in their order";
  EXPECT_EQ(aimed_at("-[a-z]+(\\.x)?\\.(samaritans\\.)+org$"), "samaritans.org");
  EXPECT_EQ(aimed_at("^(?!www\\.)[0-9]+\\.samaritans\\.org$"), "samaritans.org");
}

TEST(SpelledNames, OneThatOnlyMayMatchDoesNot) {
  for (const char* other :
       {"^ads?[0-9]*\\.", "^ask\\.", "^[0-9]\\.[a-z]+\\.org\\.uk$", "^track\\..*", "[a-z]+\\.(com|org|uk)$",
        "\\.[^.]+$", "^x\\.child[a-z]*\\.org\\.uk$", "^x\\.c.ildline\\.org\\.uk$"}) {
    EXPECT_EQ(aimed_at(other), "") << other;
  }
}

TEST(SpelledNames, OneOfAnotherNameDoesNot) {
  for (const char* other :
       {"^ask\\.childline\\.org\\.au$", "^ask\\.notchildline\\.org\\.uk$", "^ask-childline\\.org\\.uk$",
        "^[0-9]+\\.mindgeek\\.com$", "^ask\\.samaritans\\.orgs", "x\\.childline\\.org\\.uk\\.ads$"}) {
    EXPECT_EQ(aimed_at(other), "") << other;
  }
}

// "ed" is in every other expression, and "[0-9]+" is every other label.
TEST(SpelledNames, OfAShortLabelMoreIsSpelt) {
  EXPECT_EQ(aimed_at("^[0-9]\\.ed\\.gov$"), "ed.gov");
  EXPECT_EQ(aimed_at("^[0-9]\\.ed[.-]g"), "ed.gov");
  EXPECT_EQ(aimed_at("^[0-9]\\.[de]+[^x]gov$"), "");
  EXPECT_EQ(aimed_at("^[0-9]\\.ed"), "");
  EXPECT_EQ(aimed_at("^stats\\.nhs\\."), "nhs.uk");
  EXPECT_EQ(aimed_at("^stats\\.nhs"), "");
  EXPECT_EQ(aimed_at("^stats\\.[0-9]+\\."), "");
  EXPECT_EQ(aimed_at("^stats\\.111\\."), "111.nhs.uk");
}

TEST(SpelledNames, WhatCannotBeToldIsNone) {
  EXPECT_EQ(aimed_at("\\b[a-z]+\\.samaritans\\.org"), "");
  EXPECT_EQ(aimed_at("((abcdefgh){60}){60}\\.samaritans\\.org"), "");
  EXPECT_FALSE(SpelledNames({}).find_aimed_at("^ask\\.help\\.example$"));
}

// An expression that spells 17,576 names at once, and goes on at none but the last.
TEST(SpelledNames, TheWorkOfOneIsBounded) {
  std::vector<dns::Name> many;
  std::string letter = "(";
  for (char a = 'a'; a <= 'z'; ++a) {
    letter += std::string(1, a) + "|";
    for (char b = 'a'; b <= 'z'; ++b) {
      for (char c = 'a'; c <= 'z'; ++c) many.push_back(name(std::string{a, b, c, 'x'} + ".example"));
    }
  }
  letter.back() = ')';
  many.push_back(name("zzzx.last"));
  const std::string expression = "^ask\\." + letter + "{4}\\.last$";
  EXPECT_TRUE(SpelledNames({many.back()}).find_aimed_at(expression));
  EXPECT_FALSE(SpelledNames(many).find_aimed_at(expression));
  EXPECT_TRUE(SpelledNames(many).find_aimed_at("^ask\\.zzzx\\.last$")) << "what spells one costs next to nothing";
}

// What spells a name is found whenever PCRE2 finds a name below it, whatever stands before and behind.
TEST(SpelledNames, MissesNothingThatPCRE2MatchesBelow) {
  const std::vector<std::string> before = {"^a", "a", "^[ab]+", "(^|b)", "^.{2}", "b(a|ab)*", "^(a\\.)?b", "^"};
  const std::vector<std::string> behind = {"", "$", "\\.ex$", "\\.(ex|x)", ".*$", "\\.e", "-", "\\.ex\\."};
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < 3; ++i) {
    for (const char octet : {'a', 'b', '.'}) texts.push_back(texts[i] + octet);
  }
  const SpelledNames spelled({name("help.ex")});
  const ConfirmingPattern::Scratch scratch = ConfirmingPattern::Scratch::make().value();
  std::size_t matching = 0;
  for (const std::string& head : before) {
    for (const std::string& tail : behind) {
      const std::string expression = head + "\\.help" + tail;
      const auto pattern = ConfirmingPattern::compile(expression).value();
      const bool matches = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
        unsigned steps = 100'000;
        return pattern.match(text + ".help.ex", scratch, steps) == ConfirmingPattern::Answer::kYes;
      });
      EXPECT_EQ(spelled.find_aimed_at(expression).has_value(), matches) << expression;
      matching += matches ? 1 : 0;
    }
  }
  EXPECT_GT(matching, 30u);
  EXPECT_LT(matching, before.size() * behind.size());
}

}  // namespace
}  // namespace schoolgate::filter

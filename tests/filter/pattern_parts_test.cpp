#include "filter/patterns/pattern_parts.h"

#include <fstream>
#include <random>

#include "filter/patterns/confirming_pattern.h"
#include "filter/patterns/name_text.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

std::string written(const Distance& distance) {
  if (distance == Distance()) return "*";
  if (distance.min == distance.max) return std::to_string(distance.min);
  return std::to_string(distance.min) + "-" +
         (distance.max == Distance::kNoLimit ? std::string() : std::to_string(distance.max));
}

std::string written(const std::vector<LiteralPart>& parts, const std::string& mark) {
  std::string text;
  for (const LiteralPart& part : parts) {
    text += (text.empty() ? "" : " ") + mark + written(part.before) + "<" + part.text + ">" + written(part.after);
  }
  return text;
}

// Names as =NAME, .NAME or =.NAME by their reach; literals as BEFORE<TEXT>AFTER, triggers with a question mark.
std::string parts_of(std::string_view expression) {
  const PatternParts parts = take_apart(expression);
  switch (parts.kind) {
    case PatternParts::Kind::kNeedsEngine:
      return "engine " + written(parts.triggers, "?");
    case PatternParts::Kind::kEverything:
      return "everything";
    case PatternParts::Kind::kNothing:
      return "nothing";
    case PatternParts::Kind::kParts:
      break;
  }
  static const char* const kReach[] = {"=", ".", "=."};
  std::string text;
  for (const NamePart& part : parts.names) {
    text += (text.empty() ? "" : " ") + std::string(kReach[static_cast<int>(part.reach)]) + part.name.to_text();
  }
  const std::string literals = written(parts.literals, "");
  return text + (text.empty() || literals.empty() ? "" : " ") + literals;
}

TEST(PatternParts, WhatRealExpressionsBecome) {
  const std::vector<std::pair<std::string, std::string>> table = {
      // Names.
      {"(^|\\.)example\\.org$", "=.example.org"},
      {"(^|\\.)XN--90A3AC$", "=.xn--90a3ac"},
      {"^(.*\\.)?example\\.org$", "=.example.org"},
      {"^(.+\\.)?example\\.org$", "=.example.org"},
      {"^(.+\\.)?(www\\.)?example\\.org$", "=.example.org"},
      {"\\.gov$", ".gov"},
      {"^ads\\.example$", "=ads.example"},
      {"^.*\\.example$", ".example"},
      {"^.+\\.example$", ".example"},
      {"(?:^|\\.)a(b|c)?\\.example$", "=.a.example =.ab.example =.ac.example"},
      {"(^|[.])x\\.com?$", "=.x.co =.x.com"},
      {"\\d\\.example$",
       "*<0.example>0 *<1.example>0 *<2.example>0 *<3.example>0 *<4.example>0 *<5.example>0 "
       "*<6.example>0 *<7.example>0 *<8.example>0 *<9.example>0"},
      // Names and literals.
      {"(^|\\.|-)ads\\.example$", "=.ads.example *<-ads.example>0"},
      {"(.*\\.|^)ads($|\\..+)", "=.ads 0<ads.>* *<.ads.>*"},
      {"(.*\\.|^)ads($|\\.com+)", "=.ads 0<ads.com>* *<.ads.com>*"},
      {"^(.+[_-])?ads\\.example$", "=ads.example 1-<-ads.example>0 1-<_ads.example>0"},
      // Literals.
      {"casino", "*<casino>*"},
      {".*casino.*", "*<casino>*"},
      {"^(.*)casino(.*)$", "*<casino>*"},
      {"([a-z]*\\.)*casino([-,_,a-z,A-Z,1-9,:,/,\\\\,=,?,&,%,$])*", "*<casino>*"},
      {"casinos?", "*<casino>*"},
      {"casino|ads-casino-", "*<casino>*"},
      {"(^|\\.)ads\\.", "0<ads.>* *<.ads.>*"},
      {"^stats?[-.]", "0<stat->* 0<stat.>* 0<stats->* 0<stats.>*"},
      {".(ru|cn)$", "1-<ru>0 1-<cn>0"},
      {"^..business\\.de$", "2<business.de>0"},
      {"^.{2,5}ads", "2-5<ads>*"},
      {"^.?ads", "0-1<ads>*"},
      {"ads.", "*<ads>1-"},
      {".\\.ads\\..", "*<.ads.>*"},  // no name begins or ends with a dot
      {"..\\.ads\\...", "2-<.ads.>2-"},
      {"(.*\\.|^).*\\.br", "*<.br>*"},
      {"a\\\\b$", "*<a\\b>0"},
      {"example\\.org$", "*<example.org>0"},
      {"ads\\.example\\.$", "*<ads.example.>0"},
      {"\\.\\.example$", "*<..example>0"},
      {"(\\.example)+", "*<.example>*"},
      // Neither.
      {"^ad[0-9]+\\.", "engine ?0<ad>*"},
      {"^ad([sxv]?[0-9]*|system)[_.-]",
       "engine ?0<ad>* ?0<ads>* ?0<adv>* ?0<adx>* ?0<adsystem->* ?0<adsystem.>* "
       "?0<adsystem_>*"},
      {"x.com$", "engine ?*<com>0"},
      {"(?=ads)x[0-9]bet", "engine ?*<ads>*"},
      {"(ab|cd)-\\1", "engine ?*<ab->* ?*<cd->*"},
      {"^(?=.*casino)[a-z]{3}", "engine ?*<casino>*"},
      {"(?=ads).{5}", "engine ?*<ads>*"},
      {"(?!casino)[a-z]{3}", "engine "},
      {"\\bads", "engine "},
      {"[a-z]{3}\\.example", "engine ?*<.example>*"},
      {"^[a-z]{10,14}$", "engine "},
      {"(ads", "engine "},
      {"ads{", "engine "},
      {"(?i)ads", "engine "},
      {"[[.hyphen.]]", "engine "},
      {"a++", "engine "},
      // All and nothing.
      {"", "everything"},
      {".*", "everything"},
      {".", "everything"},
      {"^", "everything"},
      {"$", "everything"},
      {"^.+$", "everything"},
      {"(ads)?", "everything"},
      {"ads|", "everything"},
      {"[a-z]*", "everything"},
      {"ads$x", "nothing"},
      {"x^ads", "nothing"},
      {"ads example", "nothing"},
      {"\xD0\xB5\xD1\x8E$", "nothing"},
      {"^$", "nothing"},
  };
  for (const auto& [expression, parts] : table) EXPECT_EQ(parts_of(expression), parts) << expression;
}

TEST(PatternParts, TimeAndMemoryAreBounded) {
  std::string nested = "a";
  for (int i = 0; i < 30; ++i) nested = "(" + nested + "|b)?";
  std::string counted = "a";
  for (int i = 0; i < 30; ++i) counted = "(" + counted + "){1,60}";
  std::string choices;
  for (int i = 0; i < 100; ++i) choices += "(a|b|c|d)";
  for (const std::string& one : {nested, counted, choices, std::string(1900, '('), std::string(100000, 'a')}) {
    static_cast<void>(take_apart(one));
  }
}

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t end) { return random_() % end; }
  const std::string& one_of(const std::vector<std::string>& texts) { return texts[below(texts.size())]; }

  std::string expression(int depth) {
    static const std::vector<std::string> kAtoms = {
        "a",     "b",       "ads",   "\\.",      "\\.",  "-",       ".",         "[ab]", "[_.-]",
        "[0-9]", "\\d",     "[^.]",  "^",        "$",    "x\\.a",   "[a-z]",     "\\\\", "A",
        "(?=a)", "(?=ads)", "(?!b)", "(?<=ads)", "[^a]", "(^|\\.)", "(^|\\.|-)", ".*",   ".+"};
    static const std::vector<std::string> kRepeats = {"", "", "", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,}", "+?"};
    std::string text;
    for (std::size_t items = below(4) + 1; items > 0; --items) {
      const std::string atom = depth > 0 && below(3) == 0 ? "(" + expression(depth - 1) + ")" : one_of(kAtoms);
      text += atom;
      if (atom != "^" && atom != "$") text += one_of(kRepeats);
    }
    return below(5) == 0 ? text + "|" + expression(0) : text;
  }

  dns::Name name() {
    static const std::vector<std::string> kLabels = {"a", "b",     "ads", "x",  "ab",  "aa",
                                                     "-", "b-ads", "1",   "_a", "com", "0a1"};
    dns::Name made;
    for (std::size_t labels = below(4) + 1; labels > 0; --labels) {
      std::string label = one_of(kLabels);
      if (below(8) == 0) label += static_cast<char>(below(256));
      if (below(16) == 0) label = std::string("a.") + label;
      made = made.with_prefix(label).value_or(made);
    }
    return made.lowered();
  }

 private:
  std::mt19937 random_;
};

bool has_literal(const LiteralPart& part, std::string_view text) {
  for (std::size_t at = text.find(part.text); at != std::string_view::npos; at = text.find(part.text, at + 1)) {
    if (part.before.holds(at) && part.after.holds(text.size() - at - part.text.size())) return true;
  }
  return false;
}

bool has_name(const NamePart& part, const dns::Name& name) {
  if (name == part.name) return part.reach != Reach::kSubdomains;
  return part.reach != Reach::kExact && name.is_at_or_below(part.name);
}

bool has_part(const PatternParts& parts, const dns::Name& name) {
  if (parts.kind == PatternParts::Kind::kEverything) return true;
  const NameText text(name);
  const auto literal = [&](const LiteralPart& part) { return has_literal(part, text.view()); };
  return std::any_of(parts.literals.begin(), parts.literals.end(), literal) ||
         std::any_of(parts.names.begin(), parts.names.end(), [&](const auto& part) { return has_name(part, name); });
}

bool has_trigger(const PatternParts& parts, const dns::Name& name) {
  const NameText text(name);
  return std::any_of(parts.triggers.begin(), parts.triggers.end(),
                     [&](const LiteralPart& part) { return has_literal(part, text.view()); });
}

// PCRE2 has the last word. Returns how many of the expressions were taken apart.
int compare(const std::vector<std::string>& expressions, const std::vector<dns::Name>& names) {
  const auto scratch = ConfirmingPattern::Scratch::make().value();
  int taken_apart = 0;
  for (const std::string& expression : expressions) {
    const PatternParts parts = take_apart(expression);
    const auto oracle = ConfirmingPattern::compile(expression);
    if (!oracle) {
      EXPECT_TRUE(parts.kind == PatternParts::Kind::kNeedsEngine) << expression;
      continue;
    }
    taken_apart += parts.kind != PatternParts::Kind::kNeedsEngine ? 1 : 0;
    for (const dns::Name& name : names) {
      unsigned steps = 1'000'000;
      const auto answer = oracle->match(NameText(name).view(), scratch, steps);
      if (answer == ConfirmingPattern::Answer::kOverrun) continue;
      const bool matches = answer == ConfirmingPattern::Answer::kYes;
      if (parts.kind != PatternParts::Kind::kNeedsEngine) {
        EXPECT_EQ(has_part(parts, name), matches) << expression << " on " << NameText(name).view();
      } else if (matches && !parts.triggers.empty()) {
        EXPECT_TRUE(has_trigger(parts, name)) << expression << " on " << NameText(name).view();
      }
      if (testing::Test::HasFailure()) return taken_apart;
    }
  }
  return taken_apart;
}

TEST(PatternParts, SayWhatTheExpressionSays) {
  Random random(7);
  std::vector<std::string> expressions;
  for (int i = 0; i < 6000; ++i) expressions.push_back(random.expression(2));
  std::vector<dns::Name> names;
  for (int i = 0; i < 150; ++i) names.push_back(random.name());
  EXPECT_GT(compare(expressions, names), 1500);
}

}  // namespace
}  // namespace schoolgate::filter

#include "filter/patterns/pattern_set.h"

#include <chrono>
#include <random>
#include <set>

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

PatternSet::CompiledView view(const PatternSet::Compiled& compiled) {
  return {compiled.plan, compiled.literals, {compiled.triggered.begin(), compiled.triggered.end()}, compiled.always};
}

std::set<std::uint32_t> matches(const PatternSet& set, std::string_view text) {
  std::set<std::uint32_t> found;
  auto scratch = set.make_scratch().value();
  set.scan(
      text, scratch,
      [](std::uint32_t pattern, PatternSet::Match, void* into) {
        static_cast<std::set<std::uint32_t>*>(into)->insert(pattern);
      },
      &found);
  return found;
}

using Numbers = std::set<std::uint32_t>;

TEST(PatternSet, MatchesAllPatternsAtOnceWhateverTheCase) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"^ads?[0-9]*\\.", "casino", "(?:^|\\.)bet\\.example$", "Poker"}, refused);
  ASSERT_TRUE(set);
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(matches(*set, "ad12.example.org"), (Numbers{0}));
  EXPECT_EQ(matches(*set, "bad.example.org"), Numbers{});
  // That bet.example says a name too is the trie's business.
  EXPECT_EQ(matches(*set, "ads.casino.bet.example"), (Numbers{0, 1}));
  EXPECT_EQ(matches(*set, "poker.example"), (Numbers{3}));
  EXPECT_EQ(matches(*set, "alphabet.example"), Numbers{});
  EXPECT_EQ(matches(*set, ""), Numbers{});
}

TEST(PatternSet, WhatIsRefusedIsSaidAndTheRestIsTaken) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"", "it is empty"},
      {".*", "it matches every name"},
      {"(ads)?", "it matches every name"},
      {"^", "it matches every name"},
      {".", "it matches every name"},
      {"(#?[a-z]*|x){0,3}(?i)", "it matches the empty text, and so every name"},
      {"ads$x", "no name can match it"},
      {"ads example", "no name can match it"},
      {"ads(", "parenthes"},
      {"[z-a]", "Range"},
      {std::string("(?i)ad\0.*", 9), "NUL"},
      {std::string(20000, 'a') + "[0-9]", "too large"},
      {"(a{1,30000}b){1,30000}", "too large"},
      {"((((a{1,40}){1,40}){1,40}){1,40}){1,40}", "too large"},
      {"(ads.{0,400}bar.{300,600}){2,5}", "write * or +"},
      {"(?=a{9})(a{1,300}b[0-9]){1,300}", "too large"},
  };
  std::vector<std::string> expressions = {"first"};
  for (const auto& [expression, reason] : bad) expressions.push_back(expression);
  expressions.push_back("last");
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile(expressions, refused);
  ASSERT_TRUE(set);
  ASSERT_EQ(refused.size(), bad.size());
  for (std::size_t i = 0; i < bad.size(); ++i) {
    EXPECT_EQ(refused[i].index, i + 1);
    EXPECT_FALSE(refused[i].reason.empty());
    EXPECT_NE(refused[i].reason.find(bad[i].second), std::string::npos) << bad[i].first << ": " << refused[i].reason;
  }
  EXPECT_EQ(matches(*set, "first.last"), (Numbers{0, 1}));
}

TEST(PatternSet, LiteralsCountOnlyWhereTheyAreAnchored) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"^ads", "ads$", "ads", "^..ads", "-ads\\.x$", "^ads"}, refused);
  ASSERT_TRUE(set);
  EXPECT_EQ(matches(*set, "ads.x"), (Numbers{0, 2, 5}));
  EXPECT_EQ(matches(*set, "x.ads"), (Numbers{1, 2, 3}));
  EXPECT_EQ(matches(*set, "ads.b.ads"), (Numbers{0, 1, 2, 5}));
  EXPECT_EQ(matches(*set, "b-ads.x"), (Numbers{2, 3, 4}));
  EXPECT_EQ(matches(*set, "b-ads.x.y"), (Numbers{2, 3}));
}

TEST(PatternSet, EnginesAreAskedOnlyWhenALiteralWasSeen) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"ads[0-9]+\\.", "[0-9]{3}", "(?<!good)casino[0-9]+", "plain"}, refused);
  ASSERT_TRUE(set);
  const PatternSet::Shape shape = set->shape();
  EXPECT_EQ(shape.triggered, 2u);
  EXPECT_EQ(shape.always, 1u);
  EXPECT_EQ(shape.confirmed, 1u);
  EXPECT_EQ(matches(*set, "ads1.ads22.example"), (Numbers{0}));
  EXPECT_EQ(matches(*set, "ads.example"), Numbers{});
  EXPECT_EQ(matches(*set, "a123"), (Numbers{1}));
  EXPECT_EQ(matches(*set, "casino7"), (Numbers{2}));
  EXPECT_EQ(matches(*set, "goodcasino7"), Numbers{});
}

TEST(PatternSet, LookAroundAndBackReferencesAreConfirmed) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"(?=ads)x", "^(?!www\\.)[a-z]+[0-9]", "(ab|cd)-\\1", "(?<=x)\\."}, refused);
  ASSERT_TRUE(set);
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(set->shape().confirmed, 4u);
  EXPECT_EQ(matches(*set, "ads.x"), (Numbers{}));
  EXPECT_EQ(matches(*set, "x.ads"), (Numbers{3}));
  EXPECT_EQ(matches(*set, "Ads7.example"), (Numbers{1}));
  EXPECT_EQ(matches(*set, "www.ads7"), Numbers{});
  EXPECT_EQ(matches(*set, "ab-cd"), Numbers{});
  EXPECT_EQ(matches(*set, "cd-CD"), (Numbers{2}));
}

// Some 10^20 ways to try: without the limits this test would not end.
TEST(PatternSet, APatternThatExplodesCountsAsMatchedAndIsCounted) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"^(?=x)x", "^(?=(a+)+$)(a+)+b", "^(?!((a|aa)+)+c)(a|aa)+b$"}, refused);
  ASSERT_TRUE(set);
  ASSERT_TRUE(refused.empty());
  EXPECT_EQ(matches(*set, "b.example"), Numbers{});
  EXPECT_TRUE(set->overruns().empty());
  // Hyperscan sees that these cannot match, for the dot: nothing is tried.
  EXPECT_EQ(matches(*set, std::string(60, 'a') + "." + std::string(60, 'a') + "b"), Numbers{});
  EXPECT_TRUE(set->overruns().empty());
  auto found = matches(*set, std::string(200, 'a') + "b");
  EXPECT_TRUE(found.contains(2));
  ASSERT_EQ(set->overruns().size(), found.size());
  EXPECT_EQ(set->overruns().back().pattern, 2u);
  EXPECT_EQ(set->overruns().back().count, 1u);
}

// A thousand of them, each made to run out of steps.
TEST(PatternSet, OneNamesTimeIsBoundedWhateverThePatterns) {
  std::vector<std::string> expressions;
  for (int i = 0; i < 1001; ++i) expressions.push_back("^(?!(a+)+" + std::to_string(i) + "c)(a|aa)+");
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile(expressions, refused);
  ASSERT_TRUE(set);
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused.front().index, 1000u);
  EXPECT_NE(refused.front().reason.find("over 1000 patterns"), std::string::npos) << refused.front().reason;
  auto scratch = set->make_scratch().value();
  const std::string name(240, 'a');
  const auto start = std::chrono::steady_clock::now();
  set->scan(
      name, scratch, [](std::uint32_t, PatternSet::Match, void*) {}, nullptr);
  // Some 10 ms; a sanitizer on a busy machine needs more.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
}

// Hyperscan would take minutes for either.
TEST(PatternSet, CompilingIsBoundedWhateverThePatterns) {
  std::vector<std::string> shapeless, large;
  for (int i = 0; i < 2000; ++i) {
    const auto letter = [i](int divisor) { return std::string(1, static_cast<char>('a' + i / divisor % 26)); };
    shapeless.push_back(letter(1) + ".*" + letter(26) + ".*" + letter(676));
    large.push_back("(word" + std::to_string(i) + "[a-z0-9]{1,60}x){1,12}[0-9]");
  }
  for (const auto& expressions : {shapeless, large}) {
    std::vector<PatternSet::Refusal> refused;
    const auto start = std::chrono::steady_clock::now();
    const auto set = PatternSet::compile(expressions, refused);
    ASSERT_TRUE(set);
    EXPECT_GT(refused.size(), 1400u);
    EXPECT_LT(refused.size(), 2000u);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  }
  // What is nothing but text is not limited.
  std::vector<std::string> words;
  for (int i = 0; i < 20000; ++i) words.push_back("(^|-)word" + std::to_string(i) + "[.-]");
  std::vector<PatternSet::Refusal> refused;
  EXPECT_TRUE(PatternSet::compile(words, refused));
  EXPECT_TRUE(refused.empty());
}

TEST(PatternSet, NothingLeft) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"(x"}, refused);
  ASSERT_TRUE(set);
  EXPECT_EQ(refused.size(), 1u);
  EXPECT_EQ(matches(*set, "x"), Numbers{});
  EXPECT_TRUE(PatternSet::from_compiled({}, view(set->compiled().value())));
}

TEST(PatternSet, ComesBackFromItsOctets) {
  const std::vector<std::string> expressions = {"a", "b", "kas[0-9]+d", "[0-9]{2}", "(?!x)e[0-9]"};
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile(expressions, refused);
  const auto compiled = set->compiled().value();
  const auto again = PatternSet::from_compiled(expressions, view(compiled));
  ASSERT_TRUE(again);
  EXPECT_EQ(matches(*again, "xbx"), (Numbers{1}));
  EXPECT_EQ(matches(*again, "kas12d.e7"), (Numbers{0, 2, 3, 4}));
  EXPECT_FALSE(PatternSet::from_compiled({"a"}, view(compiled)));
  EXPECT_FALSE(PatternSet::from_compiled({}, view(compiled)));
  EXPECT_NE(HyperscanDatabase::platform(), "");
}

// With every octet changed in each of eight ways, and many with two or three.
std::vector<std::string> changed_plans(const std::string& plan) {
  constexpr std::size_t kCheckOctets = 8;  // of the expressions: changed, nothing else would be read
  std::vector<std::string> changed;
  for (std::size_t at = kCheckOctets; at < plan.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      changed.push_back(plan);
      changed.back()[at] = static_cast<char>(changed.back()[at] ^ 1u << bit);
    }
  }
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    changed.push_back(plan);
    for (unsigned left = 2 + random() % 2; left > 0; --left) {
      changed.back()[kCheckOctets + random() % (plan.size() - kCheckOctets)] = static_cast<char>(random() % 4);
    }
  }
  return changed;
}

TEST(PatternSet, ACompiledSetThatIsNotOfTheseExpressionsIsRefusedOrHarmless) {
  const std::vector<std::string> expressions = {"a", "b", "kas[0-9]+d", "[0-9]{2}", "(?!x)e[0-9]"};
  std::vector<PatternSet::Refusal> refused;
  const auto good = PatternSet::compile(expressions, refused)->compiled().value();
  using Change = void (*)(PatternSet::Compiled&);
  const std::vector<Change> refused_changes = {
      [](PatternSet::Compiled& c) { c.literals.clear(); },
      [](PatternSet::Compiled& c) { c.literals.resize(c.literals.size() / 2); },
      [](PatternSet::Compiled& c) { c.always.clear(); },
      [](PatternSet::Compiled& c) { c.always = "nothing like it"; },
      [](PatternSet::Compiled& c) { c.triggered.pop_back(); },
      [](PatternSet::Compiled& c) { c.triggered.front().clear(); },
      [](PatternSet::Compiled& c) { c.plan.pop_back(); },
      [](PatternSet::Compiled& c) { c.plan[0] = static_cast<char>(c.plan[0] ^ 1); },
  };
  for (std::size_t i = 0; i < refused_changes.size(); ++i) {
    PatternSet::Compiled changed = good;
    refused_changes[i](changed);
    EXPECT_FALSE(PatternSet::from_compiled(expressions, view(changed))) << i;
  }
  for (const std::string& octets : changed_plans(good.plan)) {
    PatternSet::Compiled changed = good;
    changed.plan = octets;
    const auto set = PatternSet::from_compiled(expressions, view(changed));
    if (set) static_cast<void>(matches(*set, "kas12d.b.a.e7.44"));
  }
  // Databases with more numbers than the set has: each is looked at before it is used.
  std::vector<std::string> many;
  for (int i = 0; i < 300; ++i) many.push_back(std::string("[0-9]") + static_cast<char>('a' + i % 26) + "{1,2}[0-9]");
  for (int i = 0; i < 300; ++i) many.push_back("e" + std::to_string(i));
  const auto large = PatternSet::compile(many, refused)->compiled().value();
  PatternSet::Compiled foreign = good;
  foreign.literals = large.literals;
  foreign.always = large.always;
  const auto set = PatternSet::from_compiled(expressions, view(foreign));
  ASSERT_TRUE(set);
  for (int i = 0; i < 300; ++i) static_cast<void>(matches(*set, "e" + std::to_string(i) + ".1zz2.3b4"));
}

}  // namespace
}  // namespace schoolgate::filter

#include "filter/pattern_set.h"

#include <set>

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

std::set<std::uint32_t> matches(const PatternSet& set, std::string_view text) {
  std::set<std::uint32_t> found;
  const auto scratch = set.make_scratch().value();
  set.scan(
      text, scratch,
      [](std::uint32_t pattern, void* into) { static_cast<std::set<std::uint32_t>*>(into)->insert(pattern); }, &found);
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
  EXPECT_EQ(matches(*set, "ads.casino.bet.example"), (Numbers{0, 1, 2}));
  EXPECT_EQ(matches(*set, "poker.example"), (Numbers{3}));
  EXPECT_EQ(matches(*set, "alphabet.example"), Numbers{});
  EXPECT_EQ(matches(*set, ""), Numbers{});
}

TEST(PatternSet, WhatIsRefusedIsSaidAndTheRestIsTaken) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"", "it is empty"},
      {".*", "it matches the empty text, and so every name"},
      {"(ads)?", "it matches the empty text, and so every name"},
      {"(?=ads)x", "not supported"},
      {"(?<!good)bad", "not supported"},
      {"(a)b\\1", "unsupported"},
      {"ads(", "parenthes"},
      {"[z-a]", "Range"},
      {std::string("ad\0.*", 5), "NUL"},
      {std::string(20000, 'a'), "limit"},
      {"(a{1,30000}b){1,30000}", "too large"},
      {"(ads.{0,400}bar.{300,600}){2,20}", "write * or +"},
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

TEST(PatternSet, NothingLeft) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"(?=x)"}, refused);
  ASSERT_TRUE(set);
  EXPECT_EQ(refused.size(), 1u);
  EXPECT_EQ(matches(*set, "x"), Numbers{});
  EXPECT_EQ(set->serialise().value(), "");
}

TEST(PatternSet, ComesBackFromItsOctets) {
  std::vector<PatternSet::Refusal> refused;
  const auto set = PatternSet::compile({"a", "b"}, refused);
  const auto octets = set->serialise();
  ASSERT_TRUE(octets);
  const auto again = PatternSet::deserialise(*octets);
  ASSERT_TRUE(again);
  EXPECT_EQ(matches(*again, "xbx"), (Numbers{1}));
  EXPECT_FALSE(PatternSet::deserialise(octets->substr(0, octets->size() / 2)));
  EXPECT_FALSE(PatternSet::deserialise("nothing like it"));
  EXPECT_NE(PatternSet::platform(), "");
}

}  // namespace
}  // namespace schoolgate::filter

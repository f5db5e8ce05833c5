#include "policy/name_rules.h"

#include <algorithm>
#include <random>

#include "policy/written_name.h"
#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using sample::name;

NameRule rule(GroupNumber group, Action action, std::string_view written, bool security = false) {
  const auto pattern = parse_name_pattern(written).value();
  NameSetting setting;
  setting.name = pattern.name;
  setting.reach = pattern.reach;
  setting.security = security;
  setting.text = written;
  return {group, action, setting};
}

constexpr Action kAllow = Action::kAllow, kBlock = Action::kBlock;
using Line = std::vector<GroupNumber>;

TEST(NameRules, NothingIsFoundAmongNone) {
  const NameRules rules({});
  EXPECT_FALSE(rules.find(Line{0}, name("example.org")));
  EXPECT_FALSE(rules.find_block(Line{0}, name("example.org")));
  EXPECT_FALSE(rules.find_security_allow(Line{0}, name("example.org")));
  EXPECT_EQ(rules.size(), 0U);
}

TEST(NameRules, TheOrderOfTheLineDecides) {
  const NameRules rules({rule(1, kBlock, "example.org"), rule(2, kAllow, "example.org")});
  EXPECT_EQ(rules.find(Line{1, 2}, name("example.org")), 0U);
  EXPECT_EQ(rules.find(Line{2, 1}, name("example.org")), 1U);
  EXPECT_FALSE(rules.find(Line{3}, name("example.org")));
  EXPECT_FALSE(rules.find(Line{}, name("example.org")));
}

TEST(NameRules, BlockWinsATieWhicheverWasWrittenFirst) {
  const NameRules one({rule(1, kBlock, "example.org"), rule(1, kAllow, "example.org")});
  const NameRules other({rule(1, kAllow, "example.org"), rule(1, kBlock, "example.org")});
  EXPECT_EQ(one.find(Line{1}, name("www.example.org")), 0U);
  EXPECT_EQ(other.find(Line{1}, name("www.example.org")), 1U);
}

TEST(NameRules, ReachesOfOneNameAreToldApart) {
  const NameRules rules(
      {rule(1, kAllow, "=example.org"), rule(1, kBlock, "*.example.org"), rule(2, kAllow, "example.org")});
  EXPECT_EQ(rules.find(Line{1, 2}, name("example.org")), 0U);
  EXPECT_EQ(rules.find(Line{1, 2}, name("www.example.org")), 1U);
  EXPECT_EQ(rules.find(Line{2}, name("www.example.org")), 2U);
}

TEST(NameRules, FindBlockSeesNoAllow) {
  const NameRules rules({rule(1, kBlock, "example.org"), rule(1, kAllow, "www.example.org")});
  EXPECT_EQ(rules.find(Line{1}, name("www.example.org")), 1U);
  EXPECT_EQ(rules.find_block(Line{1}, name("www.example.org")), 0U);
}

TEST(NameRules, SecurityAllowIsForTheExactNameOfTheNearestGroup) {
  const NameRules rules({rule(1, kAllow, "a.example"), rule(2, kAllow, "a.example", true),
                         rule(3, kAllow, "=a.example", true), rule(2, kBlock, "a.example")});
  EXPECT_FALSE(rules.find_security_allow(Line{1}, name("a.example")));
  EXPECT_EQ(rules.find_security_allow(Line{1, 2, 3}, name("a.example")), 1U);
  EXPECT_EQ(rules.find_security_allow(Line{1, 3, 2}, name("a.example")), 2U);
  EXPECT_FALSE(rules.find_security_allow(Line{1, 2, 3}, name("www.a.example")));
  EXPECT_FALSE(rules.find_security_allow(Line{1, 2, 3}, name("example")));
}

TEST(NameRules, TheLongestNamesThereAre) {
  std::string longest;  // 127 labels
  for (int i = 0; i < 127; ++i) longest += "a.";
  const NameRules rules({rule(1, kBlock, longest), rule(2, kBlock, "a.a")});
  EXPECT_EQ(rules.find(Line{1, 2}, name(longest)), 0U);
  EXPECT_EQ(rules.find(Line{2}, name(longest)), 1U);
  EXPECT_FALSE(rules.find(Line{1}, name(longest.substr(2))));
  EXPECT_FALSE(rules.find(Line{1, 2}, dns::Name()));
}

TEST(NameRules, EachOfManyIsFoundAndNoOther) {
  std::mt19937 random(7);
  std::vector<NameRule> many;
  for (int i = 0; i < 5000; ++i) {
    many.push_back(rule(static_cast<GroupNumber>(i % 3), kBlock, fmt::format("=n{}.example", i)));
  }
  std::shuffle(many.begin(), many.end(), random);
  const NameRules rules(many);
  ASSERT_EQ(rules.size(), 5000U);
  for (int i = 0; i < 5000; ++i) {
    const auto group = static_cast<GroupNumber>(i % 3);
    const auto found = rules.find(Line{group}, name(fmt::format("n{}.example", i)));
    ASSERT_TRUE(found);
    EXPECT_EQ(rules.rule(*found).setting.text, fmt::format("=n{}.example", i));
    EXPECT_FALSE(rules.find(Line{static_cast<GroupNumber>((i + 1) % 3)}, name(fmt::format("n{}.example", i))));
    EXPECT_FALSE(rules.find(Line{group}, name(fmt::format("m{}.example", i))));
  }
}

}  // namespace
}  // namespace schoolgate::policy

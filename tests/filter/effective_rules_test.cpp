#include "filter/rules/effective_rules.h"

#include <optional>

#include "filter/rules/rule_store.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

const std::vector<ListEntry> kLists = {{"first", 3, "", ""}, {"second", 64, "", ""}, {"third", 3, "", ""}};

class EffectiveRulesTest : public testing::Test {
 protected:
  void add(ListNumber list, Reach reach, Exception exception, const char* at, std::uint32_t line = 1) {
    NameRule rule;
    rule.list = list;
    rule.reach = reach;
    rule.exception = exception;
    rule.line = line;
    store_.add(rule, name(at), at);
  }
  // Good until the next call.
  std::span<const TrieEntry> entries() {
    effective_.emplace(interner_, answers_);
    for (SortedNames names(store_.sorted()); names.next();) effective_->add(names.key(), names.rules());
    return effective_->entries();
  }
  StandingTable table() const {
    return StandingTable(octets_of(interner_.tag_sets()), octets_of(interner_.standings()),
                         octets_of(interner_.lists()));
  }
  TagSet tags(StandingNumber number) const { return table().tags(number); }

  RuleStore store_;
  StandingInterner interner_{kLists};
  AnswerInterner answers_;
  std::optional<EffectiveRules> effective_;
};

TEST_F(EffectiveRulesTest, ARuleBelowTheSameRuleChangesNothing) {
  add(0, Reach::kBoth, Exception::kNo, "example.org");
  add(0, Reach::kBoth, Exception::kNo, "www.example.org");
  add(0, Reach::kExact, Exception::kNo, "mail.example.org");
  EXPECT_EQ(entries().size(), 1u);
}

TEST_F(EffectiveRulesTest, AnExceptionOfAnotherListLiftsNothing) {
  add(0, Reach::kBoth, Exception::kNo, "example.org");
  add(1, Reach::kBoth, Exception::kYes, "www.example.org");
  const auto found = entries();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(tags(found[1].standings.at), tag_set({3}));
  EXPECT_TRUE(table().find(found[1].standings.at).lifted.contains(1));
}

TEST_F(EffectiveRulesTest, AtEqualDepthTheExceptionWins) {
  add(0, Reach::kBoth, Exception::kYes, "example.org", 1);
  add(0, Reach::kBoth, Exception::kNo, "example.org", 2);
  const auto found = entries();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(tags(found[0].standings.at), TagSet());
  EXPECT_EQ(tags(found[0].standings.below), TagSet());
}

TEST_F(EffectiveRulesTest, AnExactExceptionLeavesTheNamesBelow) {
  add(0, Reach::kBoth, Exception::kNo, "example.org");
  add(0, Reach::kExact, Exception::kYes, "example.org");
  const auto found = entries();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(tags(found[0].standings.at), TagSet());
  EXPECT_EQ(tags(found[0].standings.below), tag_set({3}));
}

TEST_F(EffectiveRulesTest, ListsAreUnited) {
  add(0, Reach::kBoth, Exception::kNo, "org");
  add(1, Reach::kSubdomains, Exception::kNo, "example.org");
  add(2, Reach::kBoth, Exception::kNo, "www.example.org");
  const auto found = entries();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(tags(found[1].standings.at), tag_set({3}));
  EXPECT_EQ(tags(found[1].standings.below), tag_set({3, 64}));
  EXPECT_EQ(table().find(found[2].standings.at).in_force.size(), 3u);
  EXPECT_EQ(table().find(found[2].standings.at).tag_set, table().find(found[1].standings.below).tag_set)
      << "tag sets are interned";
}

TEST_F(EffectiveRulesTest, EqualStandingsAreOne) {
  for (const char* at : {"a.org", "b.org", "c.com"}) add(1, Reach::kBoth, Exception::kNo, at);
  for (const TrieEntry& entry : entries()) EXPECT_EQ(entry.standings.at, 1u);
  EXPECT_EQ(interner_.standings().size(), 2 * 12u);
}

TEST(StandingTable, WhatIsNotThereSaysNothing) {
  const StandingTable table(
      octets_of(""), octets_of(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")), octets_of(""));
  EXPECT_EQ(table.find(0).in_force.size(), 0u);
  EXPECT_EQ(table.find(1).in_force.size(), 0u);
  EXPECT_EQ(table.tags(0), TagSet()) << "its tag set is not there";
  EXPECT_EQ(table.tags(1), TagSet());
}

}  // namespace
}  // namespace schoolgate::filter

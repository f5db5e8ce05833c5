#include "lists/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace schoolgate::lists {
namespace {

using filter::Reach;

struct Rule {
  std::size_t list = 0;
  Reach reach = Reach::kBoth;
  std::string name;
  auto operator<=>(const Rule&) const = default;
};

std::vector<ListStatistics> statistics_of(const std::vector<ComparedList>& lists, const std::vector<Rule>& rules) {
  Statistics statistics(lists);
  for (const Rule& rule : rules) statistics.add(rule.list, rule.reach, *dns::Name::parse(rule.name));
  return statistics.work_out();
}

// Each of a category of its own.
std::vector<ListStatistics> statistics_of(std::size_t lists, const std::vector<Rule>& rules) {
  std::vector<ComparedList> compared;
  for (std::size_t i = 0; i < lists; ++i)
    compared.push_back({std::string(1, static_cast<char>('a' + i)), fmt::format("{}", i)});
  return statistics_of(compared, rules);
}

// "rules repeated covered unique | also in …"
std::string told(const ListStatistics& list) {
  std::string text = std::to_string(list.rules) + " " + std::to_string(list.repeated) + " " +
                     std::to_string(list.covered) + " " + std::to_string(list.unique) + " |";
  for (const std::uint64_t count : list.also_in) text += " " + std::to_string(count);
  return text;
}

TEST(Statistics, OfTwoListsWithOneNameInCommon) {
  const auto lists = statistics_of(
      2, {{0, Reach::kBoth, "x.example"}, {0, Reach::kBoth, "y.example"}, {1, Reach::kBoth, "X.Example"}});
  EXPECT_EQ(told(lists[0]), "2 0 0 1 | 0 1");
  EXPECT_EQ(told(lists[1]), "1 0 0 0 | 1 0");
}

TEST(Statistics, AListHasWhatIsBelowItsNames) {
  const auto lists = statistics_of(
      2, {{0, Reach::kBoth, "example"}, {1, Reach::kBoth, "www.x.example"}, {1, Reach::kExact, "example"}});
  EXPECT_EQ(told(lists[0]), "1 0 0 1 | 0 0");
  EXPECT_EQ(told(lists[1]), "2 0 0 0 | 2 0");
}

TEST(Statistics, ANameThatOnlyBeginsAlikeIsAnother) {
  const auto lists = statistics_of(
      1, {{0, Reach::kBoth, "x.example"}, {0, Reach::kBoth, "x-y.example"}, {0, Reach::kBoth, "yx.example"}});
  EXPECT_EQ(told(lists[0]), "3 0 0 3 | 0");
}

TEST(Statistics, DeadWeightIsWhatTheListHasAnyway) {
  const auto lists = statistics_of(1, {{0, Reach::kBoth, "x.example"},
                                       {0, Reach::kBoth, "x.example"},
                                       {0, Reach::kExact, "x.example"},
                                       {0, Reach::kBoth, "www.x.example"},
                                       {0, Reach::kBoth, "y.example"}});
  EXPECT_EQ(told(lists[0]), "4 1 2 4 | 0");
}

TEST(Statistics, WhatAWiderRuleOfTheCategorySaysIsDeadWeightToo) {
  const auto lists =
      statistics_of({{"a", "games"}, {"b", "games"}, {"c", "adult"}}, {{0, Reach::kBoth, "x.example"},
                                                                       {0, Reach::kBoth, "deep.x.example"},
                                                                       {1, Reach::kBoth, "www.x.example"},
                                                                       {1, Reach::kExact, "x.example"},
                                                                       {1, Reach::kBoth, "y.example"},
                                                                       {0, Reach::kBoth, "y.example"},
                                                                       {2, Reach::kBoth, "www.x.example"}});
  EXPECT_EQ(lists[0].covered_by_category, 0u) << "the list itself has deep.x, and of two alike each could decide";
  EXPECT_EQ(lists[0].covered, 1u);
  EXPECT_EQ(lists[1].covered_by_category, 2u);
  EXPECT_EQ(lists[1].covered, 0u);
  EXPECT_EQ(lists[2].covered_by_category, 0u) << "another category";
}

TEST(Statistics, TwoHalvesAreAWholeForOthersAndNeedEachOther) {
  const auto lists = statistics_of(
      2, {{0, Reach::kExact, "x.example"}, {0, Reach::kSubdomains, "x.example"}, {1, Reach::kBoth, "x.example"}});
  EXPECT_EQ(told(lists[0]), "2 0 0 0 | 0 2");
  EXPECT_EQ(told(lists[1]), "1 0 0 0 | 1 0");
}

TEST(Statistics, ExceptionsAndPatternsAreCounted) {
  Statistics statistics(std::vector<ComparedList>{{"a", "games"}});
  statistics.add_exception(0);
  statistics.add_pattern(0);
  statistics.add_pattern(0);
  const auto lists = statistics.work_out();
  EXPECT_EQ(lists[0].exceptions, 1u);
  EXPECT_EQ(lists[0].patterns, 2u);
  EXPECT_EQ(told(lists[0]), "0 0 0 0 | 0");
}

// The slow and obvious way: by the names that rules cover, out of all there are.
std::set<std::string> covered(const Rule& rule, const std::vector<std::string>& names) {
  std::set<std::string> found;
  for (const std::string& name : names) {
    const bool is_itself = name == rule.name;
    const bool is_below = name.size() > rule.name.size() && name.ends_with("." + rule.name);
    if ((is_itself && rule.reach != Reach::kSubdomains) || (is_below && rule.reach != Reach::kExact))
      found.insert(name);
  }
  return found;
}

TEST(Statistics, AgreesWithTheNaiveOneOnRandomLists) {
  // A level and a letter more than rules have, so that no few rules together cover all that is below a name.
  std::vector<std::string> names, in_rules;
  for (const char* x : {"a", "b"}) {
    in_rules.emplace_back(x);
    names.emplace_back(x);
    for (const char* y : {"a", "b", "c"}) {
      names.push_back(std::string(y) + "." + x);
      if (*y != 'c') in_rules.push_back(names.back());
      for (const char* z : {"a", "b", "c"}) names.push_back(std::string(z) + "." + y + "." + x);
    }
  }
  std::mt19937 random(7);
  for (int round = 0; round < 3'000; ++round) {
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < 1 + random() % 6; ++i) {
      rules.push_back({random() % 3, static_cast<Reach>(random() % 3), in_rules[random() % in_rules.size()]});
    }
    const auto lists = statistics_of(3, rules);
    const std::set<Rule> once(rules.begin(), rules.end());
    const auto all_of = [&](std::size_t list) {
      std::set<std::string> all;
      for (const Rule& rule : once) {
        if (rule.list == list) all.merge(covered(rule, names));
      }
      return all;
    };
    for (std::size_t list = 0; list < 3; ++list) {
      ListStatistics naive;
      naive.also_in.resize(3);
      for (const Rule& rule : once) {
        if (rule.list != list) continue;
        ++naive.rules;
        const auto own = covered(rule, names);
        bool is_elsewhere = false;
        for (std::size_t other = 0; other < 3; ++other) {
          if (other == list) continue;
          const auto theirs = all_of(other);
          const bool has = std::ranges::includes(theirs, own);
          naive.also_in[other] += has ? 1 : 0;
          is_elsewhere = is_elsewhere || has;
        }
        naive.unique += is_elsewhere ? 0 : 1;
      }
      EXPECT_EQ(lists[list].rules, naive.rules);
      EXPECT_EQ(lists[list].unique, naive.unique) << round;
      EXPECT_EQ(lists[list].also_in, naive.also_in) << round;
    }
  }
}

}  // namespace
}  // namespace schoolgate::lists

#include "filter/patterns/hyperscan.h"

#include <chrono>
#include <set>

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

using Hits = std::multiset<std::pair<std::uint32_t, std::size_t>>;

Hits hits(const HyperscanDatabase& database, std::string_view text) {
  HyperscanScratch scratch;
  EXPECT_TRUE(database.make_room(scratch));
  Hits found;
  const auto visit = [](std::uint32_t number, std::size_t end, void* into) {
    static_cast<Hits*>(into)->emplace(number, end);
  };
  database.scan(text, scratch, visit, &found);
  return found;
}

TEST(Hyperscan, LiteralsAreToldAtEveryPlace) {
  const auto database = HyperscanDatabase::of_literals({"ads", "s.", ".*"}).value();
  EXPECT_EQ(hits(database, "ads.ads"), (Hits{{0, 3}, {0, 7}, {1, 4}}));
  EXPECT_EQ(hits(database, "x.*"), (Hits{{2, 3}}));
  EXPECT_EQ(hits(database, "ADS"), Hits{});  // names are in lower case
}

TEST(Hyperscan, AFaultyExpressionIsToldByItsPlace) {
  std::vector<HyperscanDatabase::Fault> faults;
  EXPECT_TRUE(HyperscanDatabase::of_expressions({{"ads", false}, {"a(", false}, {"b", false}, {"(?=x)", false}}, faults)
                  ->empty());
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].place, 1u);
  EXPECT_EQ(faults[1].place, 3u);
  faults.clear();
  const auto database = HyperscanDatabase::of_expressions({{"Ads+", false}, {"b", false}, {"(?=x)", true}}, faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(hits(*database, "adsss").count({0, 3}), 1u);
}

TEST(Hyperscan, OneScratchServesSeveralDatabases) {
  const auto first = HyperscanDatabase::of_literals({"ads"}).value();
  std::vector<HyperscanDatabase::Fault> faults;
  const auto second = HyperscanDatabase::of_expressions({{"[0-9]{3}x.*y.*z", false}}, faults).value();
  HyperscanScratch scratch;
  ASSERT_TRUE(first.make_room(scratch));
  ASSERT_TRUE(second.make_room(scratch));
  int count = 0;
  const auto visit = [](std::uint32_t, std::size_t, void* into) { ++*static_cast<int*>(into); };
  first.scan("ads.123xyz", scratch, visit, &count);
  second.scan("ads.123xyz", scratch, visit, &count);
  EXPECT_EQ(count, 2);
  HyperscanDatabase().scan("ads", scratch, visit, &count);
  EXPECT_EQ(count, 2);
}

// Each would take Hyperscan from seconds to minutes, or gigabytes.
TEST(Hyperscan, WhatWouldExplodeIsFoundBeforeItIsCompiled) {
  for (const char* expression :
       {"(a{1,1000}){1,1000}", "((a{0,30}b){1,30}c){1,30}", "(([a-z]{1,20}[0-9]){1,20}){1,20}x", "a.{4000}b",
        "(a|b){1,4001}", "([^.]{1,63}\\.){1,127}x", "\\[a{5000}", "[]{]{5000}", "x{9999999999}"}) {
    EXPECT_TRUE(find_fault({expression, false})) << expression;
    EXPECT_TRUE(find_fault({expression, true})) << expression;
  }
  for (const char* expression : {"[a-z]{10,14}", "^([^.]{1,63}\\.){3}x", "a{1,1000}", "\\{5000}", "[{5000}]", "x{"}) {
    EXPECT_FALSE(find_fault({expression, false})) << expression << *find_fault({expression, false});
  }
}

}  // namespace
}  // namespace schoolgate::filter

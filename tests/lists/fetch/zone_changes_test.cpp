#include "lists/fetch/zone_changes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace schoolgate::lists {
namespace {

using base::ErrorCode;

std::string why(std::string_view line, std::string_view what) {
  return fmt::format("the changes do not fit the zone that we have: '{}' {}", line, what);
}

TEST(ZoneChanges, TakeAwayAndAdd) {
  ZoneChanges changes;
  ASSERT_TRUE(changes.remove("b CNAME ."));
  ASSERT_TRUE(changes.add("z CNAME ."));
  ASSERT_TRUE(changes.add("d CNAME ."));
  EXPECT_EQ(*changes.apply("a CNAME .\nb CNAME .\nc CNAME .\n"), "a CNAME .\nc CNAME .\nd CNAME .\nz CNAME .\n");
}

TEST(ZoneChanges, NoneLeaveTheZone) {
  EXPECT_EQ(*ZoneChanges().apply("a CNAME .\n"), "a CNAME .\n");
  EXPECT_EQ(*ZoneChanges().apply(""), "");
}

TEST(ZoneChanges, WhatComesAndGoesAgainIsNotThere) {
  ZoneChanges changes;
  ASSERT_TRUE(changes.add("b CNAME ."));
  ASSERT_TRUE(changes.remove("b CNAME ."));
  EXPECT_EQ(*changes.apply("a CNAME .\n"), "a CNAME .\n");
}

TEST(ZoneChanges, WhatGoesAndComesAgainStays) {
  ZoneChanges changes;
  ASSERT_TRUE(changes.remove("a CNAME ."));
  ASSERT_TRUE(changes.add("a CNAME ."));
  EXPECT_EQ(*changes.apply("a CNAME .\n"), "a CNAME .\n");
  EXPECT_EQ(changes.apply("").error().message(), why("a CNAME .", "is removed, and not there"));
}

TEST(ZoneChanges, WhatDoesNotFitIsRefused) {
  ZoneChanges removing;
  ASSERT_TRUE(removing.remove("b CNAME ."));
  EXPECT_EQ(removing.apply("a CNAME .\n").error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(removing.apply("a CNAME .\n").error().message(), why("b CNAME .", "is removed, and not there"));
  EXPECT_EQ(removing.remove("b CNAME .").error().message(), why("b CNAME .", "is removed twice"));
  ZoneChanges adding;
  ASSERT_TRUE(adding.add("a CNAME ."));
  EXPECT_EQ(adding.apply("a CNAME .\n").error().message(), why("a CNAME .", "is added, and there already"));
  EXPECT_EQ(adding.add("a CNAME .").error().message(), why("a CNAME .", "is added twice"));
}

// Against a set of lines, over many random histories.
TEST(ZoneChanges, AreWhatASetWouldHave) {
  std::mt19937 random(1);
  for (int round = 0; round < 2'000; ++round) {
    std::set<std::string> zone;
    for (const char c : std::string("abcdefgh")) {
      if (random() % 2 == 0) zone.insert(std::string(1, c) + " CNAME .");
    }
    std::string text;
    for (const auto& line : zone) text += line + '\n';
    ZoneChanges changes;
    for (int step = 0; step < 6; ++step) {
      const std::string line = std::string(1, static_cast<char>('a' + random() % 8)) + " CNAME .";
      const bool is_there = zone.contains(line);
      ASSERT_TRUE(is_there ? changes.remove(line) : changes.add(line));
      is_there ? zone.erase(line) : zone.insert(line).second;
    }
    const auto after = changes.apply(text);
    ASSERT_TRUE(after) << after.error().message();
    std::set<std::string> lines;
    for (std::size_t at = 0; at < after->size(); at = after->find('\n', at) + 1) {
      ASSERT_TRUE(lines.insert(after->substr(at, after->find('\n', at) - at)).second) << *after;
    }
    ASSERT_EQ(lines, zone);
  }
}

}  // namespace
}  // namespace schoolgate::lists

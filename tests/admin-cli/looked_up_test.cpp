#include "admin-cli/looked_up.h"

#include <gtest/gtest.h>

namespace schoolgate::admin_cli {
namespace {

std::string read(std::string_view line) {
  const auto looked_up = parse_looked_up(line);
  return looked_up ? looked_up->name.to_text() : "-";
}

TEST(LookedUp, TheFirstWordIsTheName) {
  for (const char* line : {"www.example.org", "WWW.example.org.", "www.example.org,12", "www.example.org\t12\tpupils",
                           " www.example.org\r", "https://www.example.org/page 3"}) {
    EXPECT_EQ(read(line), "www.example.org") << line;
  }
}

TEST(LookedUp, OrTheSecondBehindACount) {
  for (const char* line :
       {"12 www.example.org", "   12\twww.example.org", "12,www.example.org", "12; www.example.org 7"}) {
    EXPECT_EQ(read(line), "www.example.org") << line;
  }
}

TEST(LookedUp, TheCountStandsOnEitherSide) {
  for (const char* line :
       {"12 www.example.org", "www.example.org,12", "www.example.org\t12\tpupils", "12;www.example.org 7"})
    EXPECT_EQ(parse_looked_up(line)->lookups, 12u) << line;
  for (const char* line :
       {"www.example.org", "www.example.org pupils 12", "123.example", "www.example.org 99999999999999999999"})
    EXPECT_EQ(parse_looked_up(line)->lookups, 1u) << line;
}

TEST(LookedUp, ANameOfDigitsIsNoCount) {
  EXPECT_EQ(read("123.example 4"), "123.example");
  EXPECT_EQ(read("4 123.example"), "123.example");
}

TEST(LookedUp, WhatIsNoNameIsAbsent) {
  for (const char* line : {"", " ", "-", "a..b", "12 -", ",,,"}) EXPECT_EQ(read(line), "-") << line;
}

TEST(LookedUp, TheTotalIsSaidWithItsTime) {
  EXPECT_EQ(to_text({1'203, 44'120, std::nullopt, {}}), "1,203 names looked up");
  ::setenv("TZ", "UTC", 1);
  EXPECT_EQ(to_text({1, 44'120, 0, {}}), "1 name looked up 44,120 times since 1970-01-01 00:00:00 (UTC)");
  ::unsetenv("TZ");
}

}  // namespace
}  // namespace schoolgate::admin_cli

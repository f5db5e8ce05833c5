#include "admin-cli/looked_up.h"

#include <gtest/gtest.h>

namespace schoolgate::admin_cli {
namespace {

std::string read(std::string_view line) {
  const auto name = looked_up_name(line);
  return name ? name->to_text() : "-";
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

TEST(LookedUp, ANameOfDigitsIsNoCount) {
  EXPECT_EQ(read("123.example 4"), "123.example");
  EXPECT_EQ(read("4 123.example"), "123.example");
}

TEST(LookedUp, WhatIsNoNameIsAbsent) {
  for (const char* line : {"", " ", "-", "a..b", "12 -", ",,,"}) EXPECT_EQ(read(line), "-") << line;
}

}  // namespace
}  // namespace schoolgate::admin_cli

#include "lists/source/zone_includes.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

class ZoneIncludes : public testing::Test {
 protected:
  std::string expanded(std::string_view text, std::size_t most_octets = 10'000) {
    const auto whole = expand_includes(folder_.file("main.zone"), text, most_octets);
    if (whole) return *whole;
    std::string message = whole.error().message();
    for (std::size_t at = message.find(folder_.path()); at != std::string::npos; at = message.find(folder_.path()))
      message.replace(at, folder_.path().size(), "FOLDER");
    return message;
  }
  support::TemporaryFolder folder_;
};

TEST_F(ZoneIncludes, StandWhereTheyAreNamed) {
  folder_.write("more.zone", "b CNAME .\nc CNAME .");
  EXPECT_EQ(expanded("$ORIGIN rpz.example.\na CNAME .\n$INCLUDE more.zone ; more of it\nd CNAME .\n"),
            "$ORIGIN rpz.example.\na CNAME .\nb CNAME .\nc CNAME .\nd CNAME .\n");
  EXPECT_EQ(expanded("$include more.zone"), "b CNAME .\nc CNAME .\n");
}

TEST_F(ZoneIncludes, TheOriginIsAgainWhatItWas) {
  folder_.write("more.zone", "b CNAME .\n");
  EXPECT_EQ(expanded("$ORIGIN rpz.example.\n$INCLUDE more.zone sub\nd CNAME .\n"),
            "$ORIGIN rpz.example.\n$ORIGIN sub.rpz.example.\nb CNAME .\n$ORIGIN rpz.example.\nd CNAME .\n");
  EXPECT_EQ(expanded("$ORIGIN .\n$INCLUDE more.zone sub\n"), "$ORIGIN .\n$ORIGIN sub.\nb CNAME .\n$ORIGIN .\n");
  folder_.write("own.zone", "$ORIGIN other.example.\nb CNAME .\n");
  EXPECT_EQ(expanded("$ORIGIN rpz.example.\n$INCLUDE own.zone\nd CNAME .\n"),
            "$ORIGIN rpz.example.\n$ORIGIN other.example.\nb CNAME .\n$ORIGIN rpz.example.\nd CNAME .\n");
  EXPECT_EQ(expanded("$INCLUDE own.zone\nd CNAME .\n"),
            "FOLDER/main.zone: includes 'own.zone', which sets an origin, and has none itself before that");
  EXPECT_EQ(expanded("$INCLUDE more.zone sub\n"),
            "FOLDER/main.zone: includes 'more.zone' with an origin that is relative to none");
}

TEST_F(ZoneIncludes, MayIncludeOthers) {
  std::filesystem::create_directory(folder_.file("parts"));
  folder_.write("more.zone", "$INCLUDE parts/last.zone\n");
  folder_.write("parts/last.zone", "z CNAME .\n");
  EXPECT_EQ(expanded("$INCLUDE more.zone\n"), "z CNAME .\n");
}

TEST_F(ZoneIncludes, NeverLeaveTheFolder) {
  for (const std::string name : {"/etc/passwd", "../secret.zone", "parts/../../secret.zone", ""}) {
    EXPECT_EQ(expanded("$INCLUDE " + name + "\n"),
              "FOLDER/main.zone: includes '" + name + "', which is not beside it or below");
  }
}

TEST_F(ZoneIncludes, WhatIsNotThereIsSaid) {
  EXPECT_EQ(expanded("$INCLUDE none.zone\n").substr(0, 41), "FOLDER/main.zone includes 'none.zone': ca");
}

TEST_F(ZoneIncludes, AFileThatIncludesItselfEnds) {
  folder_.write("main.zone", "a CNAME .\n$INCLUDE main.zone\n");
  EXPECT_EQ(expanded("$INCLUDE main.zone\n"), "FOLDER/main.zone: includes more than 10 files in each other");
  folder_.write("twice.zone", "$INCLUDE twice.zone\n$INCLUDE twice.zone\n");
  EXPECT_EQ(expanded("$INCLUDE twice.zone\n"), "FOLDER/main.zone: includes more than 10 files in each other");
}

TEST_F(ZoneIncludes, AreNotMoreThanMayBeRead) {
  folder_.write("more.zone", std::string(60, 'b') + " CNAME .\n");
  EXPECT_EQ(expanded("$INCLUDE more.zone\n$INCLUDE more.zone\n", 100),
            "FOLDER/main.zone: with what it includes it is larger than 100 octets");
}

TEST_F(ZoneIncludes, AreKnownByTheirLine) {
  EXPECT_TRUE(has_includes("$TTL 3\n$INCLUDE x\n"));
  EXPECT_TRUE(has_includes("$include x"));
  EXPECT_FALSE(has_includes("a $INCLUDE x\n; $INCLUDE x\n$INCLUD"));
  EXPECT_FALSE(has_includes("||ads^$INCLUDE\n"));
  EXPECT_FALSE(has_includes(""));
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/versions/version_log.h"

#include <gtest/gtest.h>

namespace schoolgate::lists {
namespace {

constexpr std::uint64_t kMany = 10'000, kFew = 100;
const PersonsDecision kJane{"jane", "seen", 900};

class Log : public testing::Test {
 protected:
  Standing receive(const std::string& digest, std::uint64_t rules, std::int64_t now_us = 0) {
    return log_.receive({digest, "domains", rules, 0, now_us}).standing;
  }
  std::string in_force() const { return log_.in_force() == nullptr ? "" : log_.in_force()->digest; }
  // "1 before, 2 in force"
  std::string standings() const {
    std::string text;
    for (const Version& version : log_.versions()) {
      text +=
          (text.empty() ? "" : ", ") + std::to_string(version.number) + " " + std::string(word_for(version.standing));
    }
    return text;
  }
  VersionLog log_;
};

TEST_F(Log, TheFirstIsInForceWhateverItIs) {
  EXPECT_EQ(log_.receive({"a", "hosts", 7, 5, 123}).standing, Standing::kInForce);
  const Version& version = *log_.in_force();
  EXPECT_EQ(version.number, 1u);
  EXPECT_EQ(version.format, "hosts");
  EXPECT_EQ(version.rules, 7u);
  EXPECT_EQ(version.guarded, 5u);
  EXPECT_EQ(version.read_us, 123);
}

TEST_F(Log, NewsIsInForceAndTheOneBeforeIsKept) {
  receive("a", kMany);
  EXPECT_EQ(receive("b", kMany + 1), Standing::kInForce);
  EXPECT_EQ(standings(), "1 before, 2 in force");
}

TEST_F(Log, TheSameAgainIsNoNewVersion) {
  receive("a", kMany, 1);
  receive("a", kMany, 2);
  EXPECT_EQ(standings(), "1 in force");
  EXPECT_EQ(log_.in_force()->read_us, 1);
}

// A guard or a format that changed: the same octets, other figures.
TEST_F(Log, TheSameOctetsMayBeOtherRules) {
  receive("a", kMany);
  EXPECT_EQ(receive("a", kFew), Standing::kInForce);
  EXPECT_EQ(log_.in_force()->rules, kFew);
}

TEST_F(Log, AnOddOneIsHeldBack) {
  receive("a", kMany);
  EXPECT_EQ(receive("b", kFew, 5), Standing::kHeld);
  EXPECT_EQ(in_force(), "a");
  EXPECT_EQ(log_.held()->why, "shrinks from 10,000 rules to 100");
  EXPECT_EQ(log_.held()->held_since_us, 5);
  EXPECT_EQ(receive("b", kFew, 6), Standing::kHeld);
  EXPECT_EQ(log_.held()->held_since_us, 5);
  EXPECT_EQ(standings(), "1 in force, 2 held");
}

TEST_F(Log, TheNextOddOneTakesItsPlaceAndTheTimeGoesOn) {
  receive("a", kMany);
  receive("b", kFew, 5);
  receive("c", kFew, 9);
  EXPECT_EQ(standings(), "1 in force, 2 passed over, 3 held");
  EXPECT_EQ(log_.held()->held_since_us, 5);
}

TEST_F(Log, AGoodOneEndsTheWait) {
  receive("a", kMany);
  receive("b", kFew);
  EXPECT_EQ(receive("c", kMany), Standing::kInForce);
  EXPECT_EQ(standings(), "1 before, 2 passed over, 3 in force");
}

TEST_F(Log, TheSourceGoingBackEndsTheWait) {
  receive("a", kMany);
  receive("b", kFew);
  EXPECT_EQ(receive("a", kMany), Standing::kInForce);
  EXPECT_EQ(standings(), "1 in force, 2 passed over");
}

TEST_F(Log, WhatIsNotOddAnyMoreGoesIntoForce) {
  receive("a", kMany);
  receive("b", kFew);
  receive("b", kMany);  // read by another format
  EXPECT_EQ(standings(), "1 before, 2 in force");
  EXPECT_EQ(log_.in_force()->why, "");
}

TEST_F(Log, APersonAccepts) {
  receive("a", kMany);
  receive("b", kFew);
  ASSERT_TRUE(log_.accept(2, kJane));
  EXPECT_EQ(standings(), "1 before, 2 in force");
  EXPECT_EQ(log_.in_force()->by, "jane");
  EXPECT_EQ(log_.in_force()->reason, "seen");
  EXPECT_EQ(log_.in_force()->decided_us, 900);
  EXPECT_EQ(receive("b", kFew), Standing::kInForce);
}

TEST_F(Log, APersonRefusesAndItStaysRefused) {
  receive("a", kMany);
  receive("b", kFew);
  ASSERT_TRUE(log_.refuse(2, kJane));
  EXPECT_EQ(receive("b", kFew), Standing::kRefused);
  EXPECT_EQ(in_force(), "a");
  EXPECT_EQ(receive("b", kMany), Standing::kRefused) << "whatever it counts as by now";
  EXPECT_EQ(receive("c", kMany), Standing::kInForce) << "the next one is news";
}

TEST_F(Log, APersonGoesBackAndTheSourceDoesNotUndoIt) {
  receive("a", kMany);
  receive("b", kMany);
  ASSERT_TRUE(log_.roll_back(1, kJane));
  EXPECT_EQ(standings(), "1 in force, 2 refused");
  EXPECT_EQ(receive("b", kMany), Standing::kRefused);
  EXPECT_EQ(in_force(), "a");
  ASSERT_TRUE(log_.accept(2, kJane));
  EXPECT_EQ(standings(), "1 before, 2 in force");
}

TEST_F(Log, ADecisionOnWhatIsNotThereOrInForceIsRefused) {
  receive("a", kMany);
  const auto missing = log_.accept(7, kJane);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), base::ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message(), "there is no version 7");
  for (const auto decide : {&VersionLog::accept, &VersionLog::refuse, &VersionLog::roll_back}) {
    const auto status = (log_.*decide)(1, kJane);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message(), "version 1 is in force");
  }
  EXPECT_EQ(standings(), "1 in force");
}

TEST_F(Log, ForgetsTheOldestButNeverTheOneInForce) {
  receive("in force", kMany);
  for (int i = 0; i < 300; ++i) receive("odd " + std::to_string(i), kFew);
  EXPECT_EQ(log_.versions().size(), VersionLog::kMostVersions);
  EXPECT_EQ(in_force(), "in force");
  EXPECT_EQ(log_.versions().front().number, 1u);
  EXPECT_EQ(log_.versions().back().number, 301u);
  EXPECT_NE(log_.held(), nullptr);
}

TEST_F(Log, ReadsWhatItWrote) {
  receive("a", kMany, 1);
  receive("b", kFew, 2);
  ASSERT_TRUE(log_.refuse(2, kJane));
  receive("c", kFew, 3);
  const auto read = VersionLog::parse(log_.encode());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, log_);
}

TEST_F(Log, AnythingElseIsDamaged) {
  receive("a", kMany);
  receive("b", kMany);
  const std::string good = log_.encode();
  for (std::size_t size = 0; size + 2 < good.size(); ++size)
    EXPECT_FALSE(VersionLog::parse(good.substr(0, size))) << size;
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_FALSE(VersionLog::parse(with("in force", "in doubt")));
  EXPECT_FALSE(VersionLog::parse(with("\"number\": 1", "\"number\": 2")));
  EXPECT_FALSE(VersionLog::parse(with("\"digest\"", "\"digests\"")));
}

}  // namespace
}  // namespace schoolgate::lists

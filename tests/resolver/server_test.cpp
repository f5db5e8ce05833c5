#include "resolver/server.h"

#include <gtest/gtest.h>

namespace schoolgate::resolver {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kNowUs = 100 * kSecondUs;

TEST(Server, IsTrustedUntilItFails) {
  Server one(*base::Endpoint::parse("192.0.2.1:53"));
  EXPECT_TRUE(one.is_trusted(kNowUs));
  one.failed(kNowUs);
  EXPECT_FALSE(one.is_trusted(kNowUs));
  EXPECT_FALSE(one.is_trusted(kNowUs + 10 * kSecondUs));
  EXPECT_TRUE(one.is_trusted(kNowUs + 10 * kSecondUs + 1));
}

TEST(Server, AnAnswerRestoresTrust) {
  Server one(*base::Endpoint::parse("192.0.2.1:53"));
  one.failed(kNowUs);
  one.answered(kNowUs + 1, 1'000);
  EXPECT_TRUE(one.is_trusted(kNowUs + 2));
}

TEST(Server, LatencyIsSmoothed) {
  Server one(*base::Endpoint::parse("192.0.2.1:53"));
  EXPECT_EQ(one.latency_us(), 0);
  one.answered(kNowUs, 8'000);
  EXPECT_EQ(one.latency_us(), 8'000);  // the first is taken whole
  one.answered(kNowUs, 16'000);
  EXPECT_EQ(one.latency_us(), 9'000);  // then an eighth of the difference
  one.answered(kNowUs, 1'000);
  EXPECT_EQ(one.latency_us(), 8'000);
}

TEST(Server, RefusalsInARowCostItTrustUntilItAnswers) {
  Server one(*base::Endpoint::parse("192.0.2.1:53"));
  for (int i = 0; i < 4; ++i) one.refused(kNowUs);
  EXPECT_TRUE(one.is_trusted(kNowUs)) << "broken names are no fault of the server's";
  one.answered(kNowUs, 1'000);
  for (int i = 0; i < 4; ++i) one.refused(kNowUs);
  EXPECT_TRUE(one.is_trusted(kNowUs));
  one.refused(kNowUs);
  EXPECT_FALSE(one.is_trusted(kNowUs));
  EXPECT_FALSE(one.is_trusted(kNowUs + 3'600 * kSecondUs));
  EXPECT_EQ(one.latency_us(), 1'000) << "a refusal is quick, and makes nobody the quickest";
  EXPECT_EQ(one.counts().last_answer_us.value(), static_cast<std::uint64_t>(kNowUs));
  one.answered(kNowUs, 1'000);
  EXPECT_TRUE(one.is_trusted(kNowUs));
}

TEST(Server, CountsWhatStatusShows) {
  Server one(*base::Endpoint::parse("192.0.2.1:53"));
  EXPECT_EQ(one.counts().last_answer_us.value(), 0U);
  one.failed(kNowUs);
  one.failed(kNowUs + 5);
  one.answered(kNowUs + 7, 300);
  EXPECT_EQ(one.counts().failed.value(), 2U);
  EXPECT_EQ(one.counts().last_failure_us.value(), static_cast<std::uint64_t>(kNowUs + 5));
  EXPECT_EQ(one.counts().last_answer_us.value(), static_cast<std::uint64_t>(kNowUs + 7));
  EXPECT_EQ(one.counts().latency_us.value(), 300U);
}

TEST(Server, OnceItLostTheCaseItIsNotAskedInMixedCaseAgain) {
  Server one(*base::Endpoint::parse("192.0.2.1:53"));
  EXPECT_TRUE(one.keeps_case());
  one.loses_case();
  EXPECT_FALSE(one.keeps_case());
}

}  // namespace
}  // namespace schoolgate::resolver

#include "resolver/cache.h"

#include <gtest/gtest.h>

namespace schoolgate::resolver {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kStartUs = 50 * kSecondUs;

dns::Question question(std::string_view name, dns::Type qtype = dns::Type::kA) {
  return {dns::Name::parse(name)->lowered(), qtype, false, false};
}

dns::Answer answer(std::uint32_t lifetime_seconds, std::size_t octets = 100) {
  dns::Answer made;
  made.wire.assign(octets, 0x5a);
  made.lifetime_seconds = lifetime_seconds;
  return made;
}

TEST(Cache, GivesAnAnswerUntilItsLifetimeIsOver) {
  Cache cache;
  cache.put(question("a.example"), answer(10), kStartUs);
  EXPECT_NE(cache.find(question("a.example"), kStartUs), nullptr);
  EXPECT_NE(cache.find(question("a.example"), kStartUs + 10 * kSecondUs - 1), nullptr);
  EXPECT_EQ(cache.find(question("a.example"), kStartUs + 10 * kSecondUs), nullptr);
}

TEST(Cache, AnAnswerWithoutLifetimeIsNeverGivenAgain) {
  Cache cache;
  cache.put(question("a.example"), answer(0), kStartUs);
  EXPECT_EQ(cache.find(question("a.example"), kStartUs), nullptr);
}

TEST(Cache, TellsQuestionsApartByAllTheirParts) {
  const auto base = question("a.example");
  auto with_do = base, with_cd = base, with_type = base;
  with_do.dnssec_ok = true;
  with_cd.checking_disabled = true;
  with_type.qtype = dns::Type::kAaaa;
  Cache cache;
  cache.put(base, answer(10), kStartUs);
  for (const auto& other : {with_do, with_cd, with_type, question("b.example")}) {
    EXPECT_EQ(cache.find(other, kStartUs), nullptr);
  }
}

TEST(Cache, ANewAnswerReplacesTheOldOneAndItsTags) {
  Cache cache;
  CacheEntry& old = cache.put(question("a.example"), answer(10, 100), kStartUs);
  old.tags_generation = 7;
  old.target_tags.resize(1);
  CacheEntry& now = cache.put(question("a.example"), answer(20, 200), kStartUs + kSecondUs);
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(now.answer.wire.size(), 200U);
  EXPECT_EQ(now.tags_generation, 0U);
  EXPECT_TRUE(now.target_tags.empty());
  EXPECT_EQ(now.expires_us, kStartUs + 21 * kSecondUs);
}

TEST(Cache, DropsTheLeastRecentlyUsedWhenTheBytesAreUsedUp) {
  Cache cache(20'000);
  for (int i = 0; i < 4; ++i) cache.put(question("n" + std::to_string(i) + ".example"), answer(600, 2'000), kStartUs);
  ASSERT_EQ(cache.size(), 4U);
  ASSERT_NE(cache.find(question("n0.example"), kStartUs), nullptr);  // used again: n1 is the oldest now
  for (int i = 4; cache.size() == static_cast<std::size_t>(i); ++i) {
    cache.put(question("n" + std::to_string(i) + ".example"), answer(600, 2'000), kStartUs);
  }
  EXPECT_EQ(cache.find(question("n1.example"), kStartUs), nullptr);
  EXPECT_NE(cache.find(question("n0.example"), kStartUs), nullptr);
  EXPECT_LE(cache.bytes(), 20'000U);
}

TEST(Cache, StaysWithinItsBytesWhateverComes) {
  Cache cache(200'000);
  for (int i = 0; i < 5'000; ++i) {
    cache.put(question("n" + std::to_string(i) + ".example"), answer(600, static_cast<std::size_t>(i % 4'000)),
              kStartUs);
    cache.put_failure(question("f" + std::to_string(i) + ".example"), dns::ExtendedError::kNetworkError, kStartUs);
    ASSERT_LE(cache.bytes(), 200'000U);
  }
  EXPECT_GT(cache.size(), 20U);
}

TEST(Cache, KeepsAnAnswerThatAloneIsTooLargeUntilTheNext) {
  Cache cache(1'000);
  const CacheEntry& entry = cache.put(question("big.example"), answer(600, 60'000), kStartUs);
  EXPECT_EQ(entry.answer.wire.size(), 60'000U);
  cache.put(question("next.example"), answer(600, 10), kStartUs);
  EXPECT_EQ(cache.find(question("big.example"), kStartUs), nullptr);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(Cache, ClearLeavesNothing) {
  Cache cache;
  cache.put(question("a.example"), answer(10), kStartUs);
  cache.clear();
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.bytes(), 0U);
  EXPECT_EQ(cache.find(question("a.example"), kStartUs), nullptr);
}

TEST(CacheFailure, IsRememberedForASecond) {
  Cache cache;
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, kStartUs);
  const CacheEntry* entry = cache.find(question("a.example"), kStartUs + kSecondUs - 1);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->failure, dns::ExtendedError::kNetworkError);
  EXPECT_EQ(cache.find(question("a.example"), kStartUs + kSecondUs), nullptr);
}

// The client's patience is spent once, not each second.
TEST(CacheFailure, IsRememberedForThirtySecondsBesideAStaleAnswer) {
  Cache cache;
  cache.put(question("a.example"), answer(10), kStartUs);
  const std::int64_t later_us = kStartUs + 60 * kSecondUs;
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, later_us);
  EXPECT_NE(cache.find(question("a.example"), later_us + 30 * kSecondUs - 1), nullptr);
  EXPECT_EQ(cache.find(question("a.example"), later_us + 30 * kSecondUs), nullptr);
}

TEST(CacheFailure, IsNotRememberedLongerThanTheStaleAnswer) {
  Cache cache;
  cache.put(question("a.example"), answer(10), kStartUs);
  const std::int64_t end_us = kStartUs + 10 * kSecondUs + Cache::kStaleUs;
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, end_us - 2 * kSecondUs);
  EXPECT_EQ(cache.find(question("a.example"), end_us), nullptr);
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, end_us);
  EXPECT_NE(cache.find(question("a.example"), end_us + kSecondUs - 1), nullptr);
  EXPECT_EQ(cache.find(question("a.example"), end_us + kSecondUs), nullptr);
}

TEST(CacheFailure, LeavesTheExpiredAnswerThatIsThere) {
  Cache cache;
  cache.put(question("a.example"), answer(10), kStartUs);
  const std::int64_t later_us = kStartUs + 60 * kSecondUs;
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, later_us);
  const CacheEntry* stale = cache.find_stale(question("a.example"), later_us);
  ASSERT_NE(stale, nullptr);
  EXPECT_EQ(stale->answer.wire.size(), 100U);
  EXPECT_EQ(stale->stored_us, kStartUs);
}

TEST(CacheFailure, IsForgottenWhenAnAnswerComes) {
  Cache cache;
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, kStartUs);
  const CacheEntry& entry = cache.put(question("a.example"), answer(10), kStartUs);
  EXPECT_FALSE(entry.failure);
}

TEST(CacheStale, IsGivenForADayAfterTheEndOfItsLifetime) {
  Cache cache;
  cache.put(question("a.example"), answer(10), kStartUs);
  const std::int64_t end_us = kStartUs + 10 * kSecondUs + Cache::kStaleUs;
  EXPECT_NE(cache.find_stale(question("a.example"), end_us - 1), nullptr);
  EXPECT_EQ(cache.find_stale(question("a.example"), end_us), nullptr);
}

TEST(CacheStale, RepeatedFailuresDoNotProlongIt) {
  Cache cache;
  cache.put(question("a.example"), answer(10), kStartUs);
  const std::int64_t end_us = kStartUs + 10 * kSecondUs + Cache::kStaleUs;
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, end_us - kSecondUs);
  EXPECT_EQ(cache.find_stale(question("a.example"), end_us), nullptr);
}

TEST(CacheStale, AFailureAloneIsNothingToGive) {
  Cache cache;
  cache.put_failure(question("a.example"), dns::ExtendedError::kNetworkError, kStartUs);
  EXPECT_EQ(cache.find_stale(question("a.example"), kStartUs), nullptr);
  EXPECT_EQ(cache.find_stale(question("b.example"), kStartUs), nullptr);
}

}  // namespace
}  // namespace schoolgate::resolver

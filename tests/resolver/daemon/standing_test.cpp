#include "resolver/daemon/standing.h"

#include <gtest/gtest.h>

namespace schoolgate::daemon {
namespace {

constexpr std::uint64_t kSecondUs = 1'000'000;
constexpr std::uint64_t kNowUs = 100 * kSecondUs;

std::string_view after(std::uint64_t answer_us, std::uint64_t failure_us, std::uint64_t refusal_us = 0) {
  Standing standing;
  standing.last_refusal_us = refusal_us;
  standing.last_answer_us = answer_us;
  standing.last_failure_us = failure_us;
  return standing.in_words(kNowUs);
}

TEST(Standing, InWords) {
  EXPECT_EQ(after(0, 0), "not asked yet");
  EXPECT_EQ(after(kNowUs, 0), "answering");
  EXPECT_EQ(after(kSecondUs, 0), "answering") << "nobody asked since";
  EXPECT_EQ(after(0, kNowUs), "not answering");
  EXPECT_EQ(after(0, kSecondUs), "not answering");
  EXPECT_EQ(after(kNowUs - kSecondUs, kNowUs), "answering") << "another name failed since";
  EXPECT_EQ(after(kNowUs - 6 * kSecondUs, kNowUs), "not answering");
  EXPECT_EQ(after(kNowUs, kNowUs - kSecondUs), "answering") << "well again";
}

TEST(Standing, WhoSpeaksAndNeverHelpsIsRefusing) {
  EXPECT_EQ(after(0, 0, kNowUs), "refusing");
  EXPECT_EQ(after(kNowUs - kSecondUs, 0, kNowUs), "answering") << "one broken name";
  EXPECT_EQ(after(kNowUs - 6 * kSecondUs, 0, kNowUs), "refusing");
  EXPECT_EQ(after(kNowUs, 0, kNowUs - kSecondUs), "answering");
  EXPECT_EQ(after(0, kNowUs, kNowUs - kSecondUs), "not answering");
}

TEST(Standing, OfAllWorkersTheLatestWordCounts) {
  resolver::Server::Counts first, second;
  first.asked.add(3);
  first.failed.add(1);
  first.last_answer_us.set(50);
  first.latency_us.set(700);
  first.last_failure_us.set(60);
  second.asked.add(2);
  second.last_answer_us.set(40);
  second.latency_us.set(900);
  Standing standing;
  standing.add(first);
  standing.add(second);
  EXPECT_EQ(standing.asked, 5u);
  EXPECT_EQ(standing.failed, 1u);
  EXPECT_EQ(standing.last_answer_us, 50u);
  EXPECT_EQ(standing.latency_us, 700u);
  EXPECT_EQ(standing.last_failure_us, 60u);
}

}  // namespace
}  // namespace schoolgate::daemon

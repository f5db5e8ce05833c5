#include "lists/fetch/fetched_list.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "lists/fetch/signature.h"
#include "tests/lists/fetch/scripted_http.h"
#include "tests/lists/full_disk.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

constexpr std::int64_t kNow = 1'800'000'000'000'000;
constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

class FetchedListTest : public testing::Test {
 protected:
  Fetched fetch(std::int64_t now_us = kNow) {
    HttpRequest how;
    how.attempts = 1;
    how.most_ms = 5'000;
    return list().fetch(remote_, how, now_us);
  }
  FetchedList list() const { return FetchedList(folder_.path(), "one"); }
  FetchState state() const { return list().state(remote_); }
  std::string octets() const { return base::read_file(list().path()).value_or("(none)"); }
  std::size_t files() const {
    std::error_code ignored;
    const auto files = std::filesystem::directory_iterator(folder_.file("lists/fetched"), ignored);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  support::TemporaryFolder folder_;
  std::string answer_ = http("200 OK", "a.example\n", "ETag: \"a\"\r\n");
  ScriptedHttp server_{[this](const std::string&, const ScriptedHttp::Send& send) { send(answer_); }};
  Remote remote_{server_.url(), 86'400, "", ""};
};

TEST_F(FetchedListTest, IsKeptAndDueAgainAfterItsRefresh) {
  EXPECT_TRUE(list().is_due(remote_, kNow));
  EXPECT_EQ(fetch(), Fetched::kNew);
  EXPECT_EQ(octets(), "a.example\n");
  struct stat status {};
  ASSERT_EQ(::stat(list().path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(state().fetched_us, kNow);
  EXPECT_FALSE(list().is_due(remote_, kNow + kDay / 10 * 8));
  EXPECT_TRUE(list().is_due(remote_, kNow + kDay / 10 * 12));
  EXPECT_EQ(why_not_current(remote_, state(), kNow + 2 * kDay), "");
}

TEST_F(FetchedListTest, AskedAgainItSaysWhatItHas) {
  fetch();
  answer_ = http("304 Not Modified", "");
  EXPECT_EQ(fetch(kNow + kDay), Fetched::kUnchanged);
  EXPECT_NE(server_.requests().at(1).find("If-None-Match: \"a\""), std::string::npos);
  EXPECT_EQ(state().fetched_us, kNow + kDay);
  EXPECT_EQ(octets(), "a.example\n");
  answer_ = http("200 OK", "a.example\n", "ETag: \"b\"\r\n");
  EXPECT_EQ(fetch(kNow + 2 * kDay), Fetched::kUnchanged) << "the same octets under another mark";
  answer_ = http("200 OK", "b.example\n");
  EXPECT_EQ(fetch(kNow + 3 * kDay), Fetched::kNew);
  EXPECT_EQ(octets(), "b.example\n");
}

TEST_F(FetchedListTest, WhatIsGoneIsAskedForWhole) {
  fetch();
  std::filesystem::remove(list().path());
  EXPECT_EQ(fetch(), Fetched::kNew);
  EXPECT_EQ(server_.requests().at(1).find("If-None-Match"), std::string::npos);
}

TEST_F(FetchedListTest, AFailureLeavesWhatIsThereAndIsTriedAgainLaterAndLater) {
  fetch();
  answer_ = http("500 Broken", "x");
  std::int64_t now = kNow + kDay;
  for (const std::int64_t minutes : {5, 10, 20, 40}) {
    EXPECT_EQ(fetch(now), Fetched::kFailed);
    EXPECT_FALSE(list().is_due(remote_, now + minutes * kMinute * 8 / 10)) << minutes;
    EXPECT_TRUE(list().is_due(remote_, now + minutes * kMinute * 12 / 10)) << minutes;
    now += 2 * minutes * kMinute;
  }
  for (int i = 0; i < 40; ++i) fetch(now);
  EXPECT_TRUE(list().is_due(remote_, now + kDay * 12 / 10)) << "its refresh at most";
  EXPECT_EQ(octets(), "a.example\n");
  EXPECT_EQ(why_not_current(remote_, state(), now),
            "could not be fetched: " + remote_.url +
                ": the server answers with status 500 (last fetched 2027-01-15T08:00:00.000000Z)");
  answer_ = http("200 OK", "b.example\n");
  EXPECT_EQ(fetch(now), Fetched::kNew);
  EXPECT_EQ(why_not_current(remote_, state(), now), "");
}

TEST_F(FetchedListTest, AfterThreeTimesItsRefreshItIsStale) {
  EXPECT_EQ(why_not_current(remote_, state(), kNow),
            remote_.url + ": was not fetched yet; `schoolgate lists update` does it");
  fetch();
  EXPECT_EQ(why_not_current(remote_, state(), kNow + 3 * kDay), "");
  EXPECT_EQ(why_not_current(remote_, state(), kNow + 3 * kDay + 1),
            remote_.url + ": is stale (last fetched 2027-01-15T08:00:00.000000Z)");
}

TEST_F(FetchedListTest, AnotherAddressBeginsAnew) {
  fetch();
  remote_.url = server_.url("/other.txt");
  EXPECT_TRUE(list().is_due(remote_, kNow));
  EXPECT_EQ(state(), FetchState());
  EXPECT_EQ(fetch(), Fetched::kUnchanged);
  EXPECT_EQ(server_.requests().at(1).find("If-None-Match"), std::string::npos);
}

TEST_F(FetchedListTest, APinHoldsAndNothingElseIsEverTaken) {
  remote_.sha256 = sha256_hex("a.example\n");
  EXPECT_EQ(fetch(), Fetched::kNew);
  answer_ = http("200 OK", "evil.example\n");
  EXPECT_EQ(fetch(kNow + kDay), Fetched::kUnchanged);
  EXPECT_EQ(server_.requests().size(), 1u) << "what is pinned and there is not asked for";
  std::filesystem::remove(list().path());
  EXPECT_EQ(fetch(kNow + kDay), Fetched::kFailed);
  EXPECT_EQ(octets(), "(none)");
  EXPECT_NE(state().problem.find("and the policy pins " + remote_.sha256), std::string::npos) << state().problem;
}

TEST_F(FetchedListTest, APinThatCameLaterIsHeldAgainstWhatIsThere) {
  fetch();
  remote_.sha256 = std::string(64, '0');
  answer_ = http("304 Not Modified", "");
  EXPECT_EQ(fetch(), Fetched::kFailed);
}

TEST_F(FetchedListTest, WithoutItsSignatureItIsNotTaken) {
  remote_.minisign_key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
  EXPECT_EQ(fetch(), Fetched::kFailed);
  EXPECT_NE(server_.requests().at(1).find("GET /list.txt.minisig "), std::string::npos);
  EXPECT_EQ(state().problem, remote_.url + ": its signature is no file of minisign");
  EXPECT_EQ(octets(), "(none)");
}

TEST_F(FetchedListTest, OnAFullDiskNothingIsLeftBehind) {
  fetch();
  answer_ = http("200 OK", std::string(100'000, 'x'));
  {
    const FullDisk disk(4096);
    EXPECT_EQ(fetch(kNow + kDay), Fetched::kFailed);
  }
  EXPECT_EQ(octets(), "a.example\n");
  EXPECT_EQ(files(), 2u);
  EXPECT_NE(state().problem, "");
}

TEST_F(FetchedListTest, ADamagedStateIsAsNone) {
  fetch();
  for (const char* text : {"", "{", "[]", "{\"url\": 7}"}) {
    folder_.write("lists/fetched/one.json", text);
    EXPECT_EQ(state(), FetchState()) << text;
  }
  EXPECT_EQ(fetch(), Fetched::kUnchanged);
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/fetch/tsig.h"

#include <gtest/gtest.h>

#include <ctime>

#include "tests/lists/fetch/tsig_peer.h"
#include "tests/lists/fetch/zone_messages.h"

namespace schoolgate::lists {
namespace {

using support::Octets;

std::uint64_t now() { return static_cast<std::uint64_t>(std::time(nullptr)); }
Octets question() { return support::query_for("rpz.example", "AXFR").encode(); }

// A question sent and taken.
struct Exchange {
  explicit Exchange(TsigAlgorithm algorithm = TsigAlgorithm::kHmacSha256)
      : key(tsig_key(algorithm)), stream(key), peer(algorithm) {
    Octets sent = question();
    stream.sign(sent, now());
    EXPECT_TRUE(peer.take_question(sent));
  }
  std::string take(const Octets& message, std::uint64_t at = now()) {
    const auto status = stream.take(message, at);
    if (status) return "";
    EXPECT_EQ(status.error().code(), base::ErrorCode::kForbidden);
    return status.error().message();
  }
  std::string finish() const {
    const auto status = stream.finish();
    return status ? "" : status.error().message();
  }

  TsigKey key;
  TsigStream stream;
  TsigPeer peer;
};

const std::string kWrong =
    "the TSIG of the primary's answer is wrong: another secret, or somebody changed it on the way";
const std::string kLast = "the last message of the primary's answer is not signed with TSIG";
const Octets kMessage = message_of({soa(7), block("a"), soa(7)});

TEST(Tsig, SignsAsLdnsChecks) {
  for (const TsigAlgorithm algorithm : {TsigAlgorithm::kHmacSha256, TsigAlgorithm::kHmacSha512}) {
    const TsigKey key = tsig_key(algorithm);
    Octets sent = question();
    TsigStream(key).sign(sent, now());
    EXPECT_TRUE(TsigPeer(algorithm).take_question(sent));
    EXPECT_FALSE(TsigPeer(algorithm, "MDEyMzQ1Njc4OWFiY2RlZh==").take_question(sent)) << "another secret";
    sent[20] ^= 1;
    EXPECT_FALSE(TsigPeer(algorithm).take_question(sent));
  }
}

TEST(Tsig, TakesManySignedMessages) {
  for (const TsigAlgorithm algorithm : {TsigAlgorithm::kHmacSha256, TsigAlgorithm::kHmacSha512}) {
    Exchange exchange(algorithm);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(exchange.take(exchange.peer.sign(kMessage)), "") << i;
    EXPECT_EQ(exchange.finish(), "");
  }
}

TEST(Tsig, NoOctetOfASignedMessageMayChange) {
  const std::size_t size = Exchange().peer.sign(kMessage).size();
  for (std::size_t i = 0; i < size; ++i) {
    Exchange exchange;
    Octets message = exchange.peer.sign(kMessage);
    message[i] ^= 1;
    // The id is put back to the one that was signed: it is compared with the question's elsewhere.
    if (i < 2) {
      EXPECT_EQ(exchange.take(message), "");
    } else {
      EXPECT_NE(exchange.take(message), "") << i;
    }
  }
}

TEST(Tsig, NoMessageMayBeLeftOutOrRepeated) {
  Exchange leaving;
  EXPECT_EQ(leaving.take(leaving.peer.sign(kMessage)), "");
  leaving.peer.sign(kMessage);
  EXPECT_EQ(leaving.take(leaving.peer.sign(kMessage)), kWrong);
  Exchange repeating;
  const Octets first = repeating.peer.sign(kMessage);
  EXPECT_EQ(repeating.take(first), "");
  EXPECT_EQ(repeating.take(first), kWrong);
}

TEST(Tsig, AnAnswerToAnotherQuestionIsRefused) {
  Exchange exchange;
  TsigPeer other;
  Octets sent = support::query_for("rpz.example", "SOA").encode();
  const TsigKey key = tsig_key();
  TsigStream(key).sign(sent, now());
  ASSERT_TRUE(other.take_question(sent));
  EXPECT_EQ(exchange.take(other.sign(kMessage)), kWrong);
}

TEST(Tsig, TheFirstAndTheLastMustBeSigned) {
  Exchange unsigned_first;
  EXPECT_EQ(unsigned_first.take(kMessage), "the primary's answer is not signed with TSIG");
  EXPECT_EQ(unsigned_first.finish(), kLast);
  Exchange unsigned_last;
  EXPECT_EQ(unsigned_last.take(unsigned_last.peer.sign(kMessage)), "");
  EXPECT_EQ(unsigned_last.finish(), "");
  EXPECT_EQ(unsigned_last.take(kMessage), "");
  EXPECT_EQ(unsigned_last.finish(), kLast);
}

TEST(Tsig, AtMost99MayGoWithout) {
  Exchange exchange;
  EXPECT_EQ(exchange.take(exchange.peer.sign(kMessage)), "");
  for (int i = 0; i < 99; ++i) ASSERT_EQ(exchange.take(kMessage), "") << i;
  EXPECT_EQ(exchange.take(kMessage), "more than 99 messages in a row without a TSIG record");
}

TEST(Tsig, AMessageSlippedInBetweenBreaksTheNextSignature) {
  Exchange exchange;
  EXPECT_EQ(exchange.take(exchange.peer.sign(kMessage)), "");
  EXPECT_EQ(exchange.take(kMessage), "");
  EXPECT_EQ(exchange.take(exchange.peer.sign(kMessage)), kWrong);
}

TEST(Tsig, AnotherKeyIsRefused) {
  Exchange exchange;
  TsigPeer other(TsigAlgorithm::kHmacSha256, kTsigSecret, "other.key.");
  EXPECT_EQ(exchange.take(other.sign(kMessage)), "the primary's answer is signed with another TSIG key");
  TsigPeer longer(TsigAlgorithm::kHmacSha512);
  EXPECT_EQ(exchange.take(longer.sign(kMessage)), "the primary's answer is signed with another TSIG key");
  TsigPeer secret(TsigAlgorithm::kHmacSha256, "YWJjZGVmMDEyMzQ1Njc4OQ==");
  EXPECT_EQ(exchange.take(secret.sign(kMessage)), kWrong);
}

TEST(Tsig, ClocksMustAgree) {
  for (const std::int64_t apart : {-301 - 5, 301 + 5}) {
    Exchange exchange;
    const std::string why = exchange.take(exchange.peer.sign(kMessage), now() + static_cast<std::uint64_t>(apart));
    EXPECT_TRUE(why.starts_with("the primary's TSIG is 30") && why.ends_with("both clocks must be right")) << why;
  }
  Exchange exchange;
  EXPECT_EQ(exchange.take(exchange.peer.sign(kMessage), now() + 290), "");
}

// An unsigned error, as §5.3.2 has it.
TEST(Tsig, SaysWhatThePrimaryComplainsAbout) {
  const auto complaint = [](std::uint8_t error) {
    Exchange exchange;
    Octets message = question();
    const TsigKey key = tsig_key();
    TsigStream(key).sign(message, now());
    // MAC, id, error and other data are its end: without the MAC, with the error.
    message.resize(message.size() - 6 - 32 - 2);
    const Octets end = {0, 0, 0, 0, 0, error, 0, 0};
    message.insert(message.end(), end.begin(), end.end());
    const std::size_t rdata_size_at = message.size() - (13 + 8 + 8) - 2;
    message[rdata_size_at + 1] = 13 + 8 + 8;
    return exchange.take(message);
  };
  EXPECT_EQ(complaint(16), "the primary has another secret for the TSIG key 'school.key'");
  EXPECT_EQ(complaint(17), "the primary does not know the TSIG key 'school.key'");
  EXPECT_EQ(complaint(18), "the primary's clock differs from ours by more than five minutes: TSIG needs both right");
  EXPECT_EQ(complaint(22), "the primary answers with TSIG error 22");
  EXPECT_EQ(complaint(0), kWrong) << "no error, and no MAC either";
}

TEST(Tsig, AnythingCutShortOrMisplacedIsRefused) {
  Exchange exchange;
  const Octets whole = exchange.peer.sign(kMessage);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(exchange.take(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "") << size;
  }
  Octets longer = whole;
  longer.push_back(0);
  EXPECT_NE(exchange.take(longer), "");
  EXPECT_EQ(exchange.take(whole), "");
}

}  // namespace
}  // namespace schoolgate::lists

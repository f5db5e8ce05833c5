#include "lists/fetch/tsig_request.h"

#include <gtest/gtest.h>

#include <ctime>

#include "lists/fetch/tsig.h"
#include "tests/lists/fetch/tsig_peer.h"

namespace schoolgate::lists {
namespace {

using support::Octets;

std::uint64_t now() { return static_cast<std::uint64_t>(std::time(nullptr)); }

Octets request() {
  auto message = support::query_for("rpz.example", "SOA");
  message.opt.reset();
  return message.encode();
}
Octets answer() { return support::reply_to(*support::Message::read(request()), {}).encode(); }

TsigError check(const Octets& message, const TsigKey& key, std::uint64_t at = now()) {
  const auto read = TsigRequest::read(message);
  if (!read || !*read) throw std::runtime_error("no TSIG record");
  return (*read)->check(key, at);
}

Octets answer_to(const Octets& message, TsigError error, const TsigKey* key, std::uint64_t at = now()) {
  Octets signed_answer = answer();
  (*TsigRequest::read(message))->sign_answer(signed_answer, error, key, at);
  return signed_answer;
}

TEST(TsigRequest, TakesWhatLdnsSigned) {
  for (const TsigAlgorithm algorithm : {TsigAlgorithm::kHmacSha256, TsigAlgorithm::kHmacSha512}) {
    EXPECT_EQ(check(TsigPeer(algorithm).sign(request()), tsig_key(algorithm)), TsigError::kNone);
  }
}

TEST(TsigRequest, NoOctetMayChange) {
  const Octets whole = TsigPeer().sign(request());
  for (std::size_t i = 2; i < whole.size();
       ++i) {  // of the id, the one that was signed counts: who forwards, changes it
    Octets message = whole;
    message[i] ^= 1;
    const auto read = TsigRequest::read(message);
    const bool is_taken = read && *read && (*read)->check(tsig_key(), now()) == TsigError::kNone;
    EXPECT_FALSE(is_taken) << i;
  }
}

TEST(TsigRequest, AnotherKeyOrAnotherSecretIsTold) {
  const Octets message = TsigPeer().sign(request());
  EXPECT_EQ(check(message, tsig_key(TsigAlgorithm::kHmacSha512)), TsigError::kBadKey);
  TsigKey other = tsig_key();
  other.name = *dns::Name::parse("other.key");
  EXPECT_EQ(check(message, other), TsigError::kBadKey);
  EXPECT_EQ(check(message, tsig_key(TsigAlgorithm::kHmacSha256, "0123456789abcdeF")), TsigError::kBadSig);
}

TEST(TsigRequest, AnEmptyMacIsNone) {
  Octets message = request();
  TsigRecord record = TsigRecord::of(tsig_key(), now());
  record.append_to(message);
  EXPECT_EQ(check(message, tsig_key()), TsigError::kBadSig);
}

TEST(TsigRequest, ClocksMustAgree) {
  const Octets message = TsigPeer().sign(request());
  EXPECT_EQ(check(message, tsig_key(), now() + 306), TsigError::kBadTime);
  EXPECT_EQ(check(message, tsig_key(), now() - 306), TsigError::kBadTime);
  EXPECT_EQ(check(message, tsig_key(), now() + 290), TsigError::kNone);
  EXPECT_EQ(check(message, tsig_key(TsigAlgorithm::kHmacSha256, "0123456789abcdeF"), now() + 306), TsigError::kBadSig)
      << "a time that nobody signed is none";
}

TEST(TsigRequest, SignsTheAnswerAsLdnsChecks) {
  for (const TsigAlgorithm algorithm : {TsigAlgorithm::kHmacSha256, TsigAlgorithm::kHmacSha512}) {
    TsigPeer peer(algorithm);
    const TsigKey key = tsig_key(algorithm);
    Octets signed_answer = answer_to(peer.sign(request()), TsigError::kNone, &key);
    EXPECT_TRUE(peer.take_answer(signed_answer));
    TsigPeer other(algorithm);
    other.sign(answer());
    EXPECT_FALSE(other.take_answer(signed_answer)) << "to another request";
    signed_answer[20] ^= 1;
    EXPECT_FALSE(peer.take_answer(signed_answer));
  }
}

// What our own asker makes of each.
TEST(TsigRequest, TheAnswerSaysWhatWasWrong) {
  const TsigKey key = tsig_key();
  const auto told = [&key](TsigError error, const TsigKey* signing) {
    TsigStream asker(key);
    Octets message = request();
    asker.sign(message, now());
    const auto taken = asker.take(answer_to(message, error, signing, now() + 1000), now() + 1000);
    return taken ? "" : taken.error().message();
  };
  EXPECT_EQ(told(TsigError::kNone, &key), "");
  EXPECT_EQ(told(TsigError::kBadKey, nullptr), "the primary does not know the TSIG key 'school.key'");
  EXPECT_EQ(told(TsigError::kBadSig, &key), "the primary has another secret for the TSIG key 'school.key'");
  EXPECT_EQ(told(TsigError::kBadTime, &key),
            "the primary's clock differs from ours by more than five minutes: TSIG needs both right");
}

// §5.2.3: its own time back, and ours, both signed.
TEST(TsigRequest, TheAnswerToAWrongTimeHasBothTimes) {
  const TsigKey key = tsig_key();
  TsigStream asker(key);
  Octets message = request();
  const std::uint64_t theirs = 0x0000'0001'2345'6789, ours = 0x0000'0102'0304'0506;
  asker.sign(message, theirs);
  const Octets signed_answer = answer_to(message, TsigError::kBadTime, &key, ours);
  const auto record = TsigRecord::find(signed_answer);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->seconds, theirs);
  EXPECT_EQ((*record)->error, TsigError::kBadTime);
  EXPECT_EQ(Octets((*record)->other.begin(), (*record)->other.end()), (Octets{1, 2, 3, 4, 5, 6}));
  const auto taken = asker.take(signed_answer, ours);
  ASSERT_FALSE(taken);
  EXPECT_TRUE(taken.error().message().starts_with("the primary's clock differs")) << taken.error().message();
}

TEST(TsigRequest, AnUnsignedErrorHasNoMac) {
  for (const TsigError error : {TsigError::kBadKey, TsigError::kBadSig}) {
    const TsigKey key = tsig_key();
    const Octets signed_answer = answer_to(TsigPeer().sign(request()), error, &key);
    const auto record = TsigRecord::find(signed_answer);
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->error, error);
    EXPECT_TRUE((*record)->mac.empty());
    EXPECT_EQ((*record)->name.to_text(), "school.key");
  }
}

TEST(TsigRequest, WithoutARecordThereIsNone) {
  const auto read = TsigRequest::read(request());
  ASSERT_TRUE(read);
  EXPECT_FALSE(*read);
}

TEST(TsigRequest, AnythingCutShortOrMisplacedIsRefused) {
  const Octets whole = TsigPeer().sign(request());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(TsigRequest::read(std::span(whole).first(size))) << size;
  }
  Octets longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(TsigRequest::read(longer));
  Octets twice = whole;
  TsigRecord::of(tsig_key(), now()).append_to(twice);
  EXPECT_FALSE(TsigRequest::read(twice)) << "the first of two is not the last record";
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/fetch/notify.h"

#include <gtest/gtest.h>

#include <ctime>

#include "lists/fetch/tsig_record.h"
#include "tests/lists/fetch/tsig_peer.h"

namespace schoolgate::lists {
namespace {

using support::Message;
using support::Octets;

constexpr std::uint16_t kNotify = 4 << 11;
constexpr const char* kPrimary = "192.0.2.53";

std::uint64_t now() { return static_cast<std::uint64_t>(std::time(nullptr)); }
base::IpAddress address(const std::string& text) { return *base::IpAddress::parse(text); }

Message notify_of(const std::string& zone, const std::string& qtype = "SOA", const std::string& qclass = "IN") {
  Message message;
  message.id = 0x4711;
  message.flags = kNotify | Message::kAa;
  message.question = Message::Question{zone, qtype, qclass};
  return message;
}

NotifiedZone zone(const std::string& list, const std::string& name = "rpz.example",
                  std::optional<TsigKey> key = std::nullopt) {
  return {list, *dns::Name::parse(name), {address(kPrimary), address("2001:db8::53")}, key.has_value(), key};
}

NotifyAnswer answer(const std::vector<NotifiedZone>& zones, const Octets& message, const std::string& sender = kPrimary,
                    std::uint64_t at = now()) {
  dns::Query notify;
  EXPECT_EQ(dns::parse_query(message, notify), dns::QueryFault::kNotify);
  return answer_notify(zones, notify, message, address(sender), at);
}

// Answered so, and nothing is asked for.
void expect_turned_away(const NotifyAnswer& answer, dns::Rcode rcode, const std::string& why,
                        std::string_view told = "") {
  EXPECT_TRUE(told.empty() ? !answer.why.empty() : answer.why == told) << why << ": " << answer.why;
  EXPECT_EQ(answer.rcode, rcode) << why;
  EXPECT_TRUE(answer.lists.empty()) << why;
  const auto reply = Message::read(answer.octets);
  ASSERT_TRUE(reply) << why;
  EXPECT_EQ(reply->rcode, static_cast<unsigned>(rcode)) << why;
  EXPECT_EQ(reply->flags & Message::kAa, 0) << why;
}

TsigError error_in(const NotifyAnswer& answer) {
  const auto record = TsigRecord::find(answer.octets);
  return record && *record ? (*record)->error : TsigError::kNone;
}
bool has_tsig(const NotifyAnswer& answer) {
  const auto record = TsigRecord::find(answer.octets);
  return record && *record;
}
bool is_signed(const NotifyAnswer& answer) {
  const auto record = TsigRecord::find(answer.octets);
  return record && *record && !(*record)->mac.empty();
}

using Lists = std::vector<std::string>;

TEST(Notify, OfAPrimaryIsTaken) {
  const std::vector<NotifiedZone> zones = {zone("one"), zone("other", "other.example"), zone("same")};
  for (const char* sender : {kPrimary, "2001:db8::53"}) {
    const NotifyAnswer taken = answer(zones, notify_of("rPz.Example").encode(), sender);
    EXPECT_EQ(taken.lists, (Lists{"one", "same"})) << "every list of that zone";
    EXPECT_EQ(taken.why, "");
    const auto reply = Message::read(taken.octets);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->id, 0x4711);
    EXPECT_EQ(reply->flags, Message::kQr | kNotify | Message::kAa);
    EXPECT_EQ(*reply->question, (Message::Question{"rPz.Example", "SOA", "IN"}));
    EXPECT_TRUE(reply->answer.empty() && reply->additional.empty());
  }
}

TEST(Notify, WhatItSaysOfTheZoneIsNotBelieved) {
  Message message = notify_of("rpz.example");
  message.answer = {"rpz.example. 60 IN SOA ns.rpz.example. host.rpz.example. 9 3600 600 86400 60"};
  message.opt.emplace();
  const NotifyAnswer taken = answer({zone("one")}, message.encode());
  EXPECT_EQ(taken.lists, Lists{"one"});
  const auto reply = Message::read(taken.octets);
  ASSERT_TRUE(reply && reply->opt);
  EXPECT_TRUE(reply->answer.empty());
}

TEST(Notify, StrangersAndOtherZonesAreRefusedAlike) {
  const std::vector<NotifiedZone> zones = {zone("one"), zone("signed", "signed.example", tsig_key())};
  const Octets refused = answer({}, notify_of("rpz.example").encode()).octets;
  struct Row {
    std::string why, zone, sender;
  };
  for (const Row& row : {Row{"a stranger", "rpz.example", "192.0.2.54"}, Row{"another zone", "rpz.invalid", kPrimary},
                         Row{"below the zone", "a.rpz.example", kPrimary}, Row{"above the zone", "example", kPrimary},
                         Row{"the root", ".", kPrimary}, Row{"a stranger's signed", "signed.example", "192.0.2.54"}}) {
    const NotifyAnswer turned_away = answer(zones, notify_of(row.zone).encode(), row.sender);
    expect_turned_away(turned_away, dns::Rcode::kRefused, row.why,
                       "no list of the policy is this zone from this primary");
    EXPECT_EQ(Octets(turned_away.octets.begin(), turned_away.octets.begin() + 12),
              Octets(refused.begin(), refused.begin() + 12))
        << row.why << ": a header that tells no more than one of a server without any zone";
  }
}

TEST(Notify, OfOtherThanTheSoaOfTheInternetIsRefused) {
  for (const auto& [qtype, qclass] :
       {std::pair("A", "IN"), std::pair("AXFR", "IN"), std::pair("SOA", "CH"), std::pair("SOA", "ANY")}) {
    expect_turned_away(answer({zone("one")}, notify_of("rpz.example", qtype, qclass).encode()), dns::Rcode::kRefused,
                       qtype);
  }
}

TEST(Notify, SignedWithTheKeyOfItsListIsTakenAndAnsweredInKind) {
  for (const TsigAlgorithm algorithm : {TsigAlgorithm::kHmacSha256, TsigAlgorithm::kHmacSha512}) {
    TsigPeer peer(algorithm);
    const NotifyAnswer taken =
        answer({zone("one", "rpz.example", tsig_key(algorithm))}, peer.sign(notify_of("rpz.example").encode()));
    EXPECT_EQ(taken.lists, Lists{"one"});
    EXPECT_EQ(taken.rcode, dns::Rcode::kNoError);
    EXPECT_EQ(taken.why, "");
    EXPECT_TRUE(peer.take_answer(taken.octets));
  }
}

TEST(Notify, NotSignedAsItsListWantsItIsToldWhy) {
  const std::vector<NotifiedZone> zones = {zone("one", "rpz.example", tsig_key())};
  const Octets plain = notify_of("rpz.example").encode();
  const NotifyAnswer missing = answer(zones, plain);
  expect_turned_away(missing, dns::Rcode::kNotAuth, "no signature", "it is not signed, and the list has a 'tsig'");
  EXPECT_FALSE(has_tsig(missing));
  const NotifyAnswer bad_key = answer(zones, TsigPeer(TsigAlgorithm::kHmacSha256, kTsigSecret, "other.").sign(plain));
  expect_turned_away(bad_key, dns::Rcode::kNotAuth, "another key",
                     "it is signed with another TSIG key than the list's, which may have none");
  EXPECT_EQ(error_in(bad_key), TsigError::kBadKey);
  EXPECT_FALSE(is_signed(bad_key));
  const NotifyAnswer bad_sig =
      answer(zones, TsigPeer(TsigAlgorithm::kHmacSha256, "YWJjZGVmMDEyMzQ1Njc4OQ==").sign(plain));
  expect_turned_away(bad_sig, dns::Rcode::kNotAuth, "another secret",
                     "it is signed with another secret than that of the list's 'tsig'");
  EXPECT_EQ(error_in(bad_sig), TsigError::kBadSig);
  EXPECT_FALSE(is_signed(bad_sig));
  const NotifyAnswer bad_time = answer(zones, TsigPeer().sign(plain), kPrimary, now() + 1000);
  expect_turned_away(bad_time, dns::Rcode::kNotAuth, "an old one",
                     "the primary's clock and ours are too far apart for TSIG");
  EXPECT_EQ(error_in(bad_time), TsigError::kBadTime);
  EXPECT_TRUE(is_signed(bad_time));
}

TEST(Notify, WithAKeyThatCannotBeReadNothingIsTaken) {
  NotifiedZone unreadable = zone("one");
  unreadable.is_signed = true;
  expect_turned_away(answer({unreadable}, notify_of("rpz.example").encode()), dns::Rcode::kNotAuth, "unsigned");
  const NotifyAnswer turned_away = answer({unreadable}, TsigPeer().sign(notify_of("rpz.example").encode()));
  expect_turned_away(turned_away, dns::Rcode::kNotAuth, "signed");
  EXPECT_EQ(error_in(turned_away), TsigError::kBadKey);
}

TEST(Notify, AListWithoutAKeyTakesNoSignature) {
  const NotifyAnswer turned_away = answer({zone("one")}, TsigPeer().sign(notify_of("rpz.example").encode()));
  expect_turned_away(turned_away, dns::Rcode::kNotAuth, "a key that the policy does not have");
  EXPECT_EQ(error_in(turned_away), TsigError::kBadKey);
}

// The same zone in several lists, with the same key's name and other secrets as after a change of keys.
TEST(Notify, EachListIsAskedForWithItsOwnKey) {
  const TsigKey other = tsig_key(TsigAlgorithm::kHmacSha256, "fedcba9876543210");
  const auto keyed = [](const std::string& list, const TsigKey& key) { return zone(list, "rpz.example", key); };
  TsigPeer peer;
  const Octets message = peer.sign(notify_of("rpz.example").encode());
  for (const auto& zones : {std::vector{keyed("other", other), keyed("one", tsig_key()), zone("plain")},
                            std::vector{zone("plain"), keyed("one", tsig_key()), keyed("other", other)}}) {
    const NotifyAnswer taken = answer(zones, message);
    EXPECT_EQ(taken.lists, Lists{"one"});
    EXPECT_TRUE(peer.take_answer(taken.octets));
    EXPECT_EQ(answer(zones, notify_of("rpz.example").encode()).lists, Lists{"plain"});
  }
}

TEST(Notify, AnIllFormedSignatureIsFormErr) {
  Octets message = notify_of("rpz.example").encode();
  TsigRecord::of(tsig_key(), now()).append_to(message);
  message.back() = 1;  // other data that is not there
  expect_turned_away(answer({zone("one", "rpz.example", tsig_key())}, message), dns::Rcode::kFormErr, "ill-formed",
                     "its TSIG record is ill-formed");
  expect_turned_away(answer({zone("one")}, message), dns::Rcode::kFormErr, "where none is wanted, too");
}

// Nobody gains by sending one in the name of another.
TEST(Notify, NoAnswerIsLongerThanWhatItAnswers) {
  const std::vector<NotifiedZone> zones = {zone("one", "rpz.example", tsig_key())};
  const Octets plain = notify_of("rpz.example").encode();
  const Octets with_signature = TsigPeer().sign(plain);
  constexpr std::size_t kServerTime = 6;
  EXPECT_LE(answer(zones, plain).octets.size(), plain.size());
  EXPECT_LE(answer(zones, with_signature).octets.size(), with_signature.size());
  EXPECT_LE(answer(zones, with_signature, kPrimary, 0).octets.size(), with_signature.size() + kServerTime);
}

}  // namespace
}  // namespace schoolgate::lists

#include "dns/reply.h"

#include "tests/support/message.h"
#include "tests/support/wire.h"

namespace schoolgate::dns {
namespace {

using support::Message;
using support::Wire;

constexpr std::uint16_t kReply = Message::kQr | Message::kRa;

Query parsed(const Wire& wire) {
  Query query;
  EXPECT_EQ(parse_query(wire.octets(), query), QueryFault::kNone);
  return query;
}

enum class Edns { kNone, kPlain, kDnssecOk };

Query asked(std::string_view name, Type type, Edns edns = Edns::kPlain, unsigned flags = Message::kRd) {
  Wire wire = Wire(static_cast<std::uint16_t>(flags), {1, 0, 0, edns == Edns::kNone ? 0 : 1})
                  .question(name, static_cast<unsigned>(type));
  if (edns != Edns::kNone) wire.opt({}, 1232, edns == Edns::kDnssecOk ? 0x8000 : 0);
  return parsed(wire);
}

// Runs a writer on a buffer of just the least room, and reads what came out.
template <class Write>
Message written(Write write) {
  std::array<std::uint8_t, kLeastReplyRoom> out;
  out.fill(0xee);
  const std::size_t size = write(std::span<std::uint8_t>(out));
  const auto whole = std::span<const std::uint8_t>(out).first(size);
  EXPECT_TRUE(support::is_whole_message(whole));
  auto message = Message::read(whole);
  EXPECT_TRUE(message);
  return message.value_or(Message{});
}

using Lines = std::vector<std::string>;

// "www.example A IN"
std::string question_text(const Message& message) {
  if (!message.question) return "none";
  return message.question->name + " " + message.question->type + " " + message.question->qclass;
}

std::string soa_of(std::string_view owner, unsigned ttl) {
  return fmt::format("{} {} IN SOA schoolgate.invalid. hostmaster.schoolgate.invalid. 1 3600 600 86400 {}", owner, ttl,
                     ttl);
}

TEST(WriteLocalData, HasTheRecordsAndNoMoreThanFits) {
  const std::array<std::uint8_t, 4> first = {192, 0, 2, 1}, second = {192, 0, 2, 2};
  const std::vector<LocalRecord> records = {{Type::kA, first}, {Type::kA, second}};
  const Query query = asked("WWW.example", Type::kA);
  const auto reply = [&](std::size_t limit) {
    return written([&](auto out) { return write_local_data(query, records, 10, limit, out); });
  };
  const Message whole = reply(512);
  EXPECT_EQ(whole.answer, (Lines{"WWW.example. 10 IN A 192.0.2.1", "WWW.example. 10 IN A 192.0.2.2"}));
  EXPECT_EQ(whole.flags, kReply | Message::kRd);
  // Header, question, two records and an OPT.
  EXPECT_EQ(reply(12 + 17 + 2 * 16 + 11).answer.size(), 2U);
  const Message cut = reply(12 + 17 + 2 * 16 + 10);
  EXPECT_TRUE(cut.answer.empty());
  EXPECT_EQ(cut.flags, kReply | Message::kRd | Message::kTc);
}

TEST(WriteTruncated, IsTheQuestionAlone) {
  const Query query = asked("www.example", Type::kA);
  const Message reply = written([&](auto out) { return write_truncated(query, out); });
  EXPECT_EQ(reply.flags, kReply | Message::kRd | Message::kTc);
  EXPECT_EQ(question_text(reply), "www.example A IN");
  EXPECT_TRUE(reply.answer.empty());
}

TEST(WriteNodata, SaysWhyWhenThereIsAReason) {
  const Query query = asked("www.example", Type::kA);
  const auto reply = [&](std::optional<ExtendedError> why) {
    return written([&](auto out) { return write_nodata(query, Rcode::kNxDomain, 10, out, why); });
  };
  EXPECT_EQ(reply(ExtendedError::kBlocked).opt->extended_error, 15);
  EXPECT_EQ(reply(std::nullopt).opt->extended_error, std::nullopt);
  EXPECT_EQ(reply(ExtendedError::kBlocked).authority, Lines{soa_of("www.example.", 10)});
}

TEST(UdpLimit, IsWhatTheClientTakesAndNoFragment) {
  EXPECT_EQ(udp_limit(asked("a", Type::kA, Edns::kNone)), 512U);
  const struct {
    unsigned sent;
    std::size_t limit;
  } rows[] = {{0, 512}, {512, 512}, {900, 900}, {1232, 1232}, {4096, 1232}, {65535, 1232}};
  for (const auto& row : rows) {
    EXPECT_EQ(udp_limit(parsed(Wire(0, {1, 0, 0, 1}).question("a").opt({}, row.sent))), row.limit);
  }
}

TEST(WriteError, IsHeaderAndQuestion) {
  const Query query = asked("wWw.eXample", Type::kAaaa, Edns::kNone);
  const Message reply = written([&](auto out) { return write_error(query, Rcode::kRefused, std::nullopt, out); });
  EXPECT_EQ(reply.id, 0x1234);
  EXPECT_EQ(reply.flags, kReply | Message::kRd | 5);
  EXPECT_EQ(question_text(reply), "wWw.eXample AAAA IN");
  EXPECT_FALSE(reply.opt);
  EXPECT_TRUE(reply.answer.empty() && reply.authority.empty() && reply.additional.empty());
}

TEST(WriteError, CopiesOpcodeRdAndCdAndNoOtherFlag) {
  for (unsigned flags = 0; flags < 0x8000; ++flags) {
    Query query;
    parse_query(Wire(static_cast<std::uint16_t>(flags), {1, 0, 0, 0}).question("a").octets(), query);
    std::array<std::uint8_t, kLeastReplyRoom> out;
    write_error(query, Rcode::kServFail, std::nullopt, out);
    constexpr unsigned kCopied = 0x7800 | Message::kRd | Message::kCd;
    ASSERT_EQ(load_u16(out.data() + 2), kReply | (flags & kCopied) | 2);
  }
}

TEST(WriteError, IsHeaderOnlyWithoutAQuestion) {
  Query query;
  ASSERT_EQ(parse_query(Wire(Message::kRd, {1, 0, 0, 0}).pointer(12).octets(), query), QueryFault::kFormErr);
  std::array<std::uint8_t, kLeastReplyRoom> out;
  ASSERT_EQ(write_error(query, Rcode::kFormErr, std::nullopt, out), 12U);
  const Message reply = written([&](auto room) { return write_error(query, Rcode::kFormErr, std::nullopt, room); });
  EXPECT_FALSE(reply.question);
  EXPECT_EQ(reply.rcode, 1U);
}

TEST(WriteError, GivesAnOptToWhoSentOne) {
  const Message plain = written([](auto out) {
    return write_error(asked("a", Type::kA), Rcode::kServFail, ExtendedError::kNoReachableAuthority, out);
  });
  ASSERT_TRUE(plain.opt);
  EXPECT_EQ(plain.opt->udp_size, 1232);
  EXPECT_FALSE(plain.opt->dnssec_ok);
  EXPECT_EQ(plain.opt->extended_error, 22);
  const Message dnssec = written(
      [](auto out) { return write_error(asked("a", Type::kA, Edns::kDnssecOk), Rcode::kServFail, std::nullopt, out); });
  ASSERT_TRUE(dnssec.opt);
  EXPECT_TRUE(dnssec.opt->dnssec_ok);
  EXPECT_FALSE(dnssec.opt->extended_error);
  const Message none = written([](auto out) {
    return write_error(asked("a", Type::kA, Edns::kNone), Rcode::kServFail, ExtendedError::kNoReachableAuthority, out);
  });
  EXPECT_FALSE(none.opt);
}

TEST(WriteError, SplitsAnUpperRcodeOverHeaderAndOpt) {
  Query query;
  ASSERT_EQ(parse_query(Wire(0, {1, 0, 0, 1}).question("a").opt({}, 1232, 0x10000).octets(), query),
            QueryFault::kBadVers);
  const Message reply = written([&](auto out) { return write_error(query, Rcode::kBadVers, std::nullopt, out); });
  EXPECT_EQ(reply.rcode, 16U);
  EXPECT_EQ(reply.flags & 15, 0);
  std::array<std::uint8_t, kLeastReplyRoom> out;
  const std::size_t size = write_error(query, Rcode::kBadVers, std::nullopt, out);
  EXPECT_EQ((std::vector<std::uint8_t>(out.begin() + 19, out.begin() + size)),
            (Wire().u8(0).u16(41).u16(1232).u8(1).u8(0).u16(0).u16(0).octets()));  // version 0
}

// RFC 1996 §4.7: QR and AA set, the question copied.
TEST(WriteNotifyAnswer, HasTheQuestionAndNothingOfALookup) {
  for (const bool has_opt : {false, true}) {
    Wire wire = Wire(4 << 11 | Message::kAa, {1, 0, 0, has_opt ? 1 : 0}).question("rPz.example", 6);
    if (has_opt) wire.opt();
    Query query;
    ASSERT_EQ(parse_query(wire.octets(), query), QueryFault::kNotify);
    const Message taken = written([&](auto out) { return write_notify_answer(query, Rcode::kNoError, out); });
    EXPECT_EQ(taken.flags, Message::kQr | 4 << 11 | Message::kAa);
    EXPECT_EQ(taken.id, 0x1234);
    EXPECT_EQ(question_text(taken), "rPz.example SOA IN");
    EXPECT_EQ(taken.opt.has_value(), has_opt);
    EXPECT_TRUE(taken.answer.empty() && taken.authority.empty() && taken.additional.empty());
    const Message refused = written([&](auto out) { return write_notify_answer(query, Rcode::kRefused, out); });
    EXPECT_EQ(refused.flags, Message::kQr | 4 << 11 | 5) << "who refuses has no authority";
  }
}

TEST(WriteError, IgnoresWhatEdnsAsksThatWeDoNotKnow) {
  const Query query =
      parsed(Wire(0x0140, {1, 0, 0, 1}).question("a").opt(std::string("\xfd\xe9\0\1x", 5), 512, 0x4000));
  std::array<std::uint8_t, kLeastReplyRoom> out;
  const std::size_t size = write_error(query, Rcode::kNoError, std::nullopt, out);
  EXPECT_EQ((std::vector<std::uint8_t>(out.begin() + 19, out.begin() + size)),
            (Wire().u8(0).u16(41).u16(1232).u32(0).u16(0).octets()));
  EXPECT_EQ(load_u16(out.data() + 2), kReply | Message::kRd);  // Z is not copied
}

struct BlockedRow {
  std::string type;
  bool has_ipv6;
  Lines answer;
};

class WriteBlocked : public testing::TestWithParam<BlockedRow> {};

TEST_P(WriteBlocked, SendsAddressesToTheBlockPageAndNothingElseAnywhere) {
  BlockAddresses block{{10, 0, 0, 2}, {}, 10};
  if (GetParam().has_ipv6) block.ipv6 = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
  const Query query = asked("BAD.example", *parse_type(GetParam().type));
  const Message reply = written([&](auto out) { return write_blocked(query, block, ExtendedError::kBlocked, out); });
  EXPECT_EQ(reply.flags, kReply | Message::kRd);  // AA and AD clear, NOERROR
  EXPECT_EQ(question_text(reply), "BAD.example " + GetParam().type + " IN");
  EXPECT_EQ(reply.answer, GetParam().answer);
  EXPECT_EQ(reply.authority, GetParam().answer.empty() ? Lines{soa_of("BAD.example.", 10)} : Lines{});
  EXPECT_EQ(reply.opt.value_or(Message::Opt{}).extended_error, 15);
}

INSTANTIATE_TEST_SUITE_P(Table, WriteBlocked,
                         testing::Values(BlockedRow{"A", false, {"BAD.example. 10 IN A 10.0.0.2"}},
                                         BlockedRow{"AAAA", true, {"BAD.example. 10 IN AAAA 2001:db8::2"}},
                                         BlockedRow{"AAAA", false, {}}, BlockedRow{"HTTPS", true, {}},
                                         BlockedRow{"SVCB", true, {}}, BlockedRow{"TXT", true, {}},
                                         BlockedRow{"MX", true, {}}, BlockedRow{"CNAME", true, {}},
                                         BlockedRow{"SOA", true, {}}, BlockedRow{"TYPE65280", true, {}}));

TEST(WriteBlocked, SaysWhyOnlyToWhoSentEdns) {
  const BlockAddresses block{{10, 0, 0, 2}, {}, 600};
  const auto reply = [&](Edns edns, ExtendedError why) {
    return written([&](auto out) { return write_blocked(asked("bad.example", Type::kA, edns), block, why, out); });
  };
  EXPECT_FALSE(reply(Edns::kNone, ExtendedError::kBlocked).opt);
  EXPECT_EQ(reply(Edns::kPlain, ExtendedError::kCensored).opt->extended_error, 16);
  EXPECT_EQ(reply(Edns::kDnssecOk, ExtendedError::kBlocked).answer, Lines{"bad.example. 600 IN A 10.0.0.2"});
}

TEST(WriteAddress, AnswersWithOneAddress) {
  const std::array<std::uint8_t, 4> four = {127, 0, 0, 1};
  const std::array<std::uint8_t, 16> six = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const auto a = written([&](auto out) { return write_address(asked("localhost", Type::kA), four, 300, out); });
  EXPECT_EQ(a.answer, Lines{"localhost. 300 IN A 127.0.0.1"});
  EXPECT_EQ(a.flags, kReply | Message::kRd);
  EXPECT_TRUE(a.opt);
  const auto aaaa =
      written([&](auto out) { return write_address(asked("localhost", Type::kAaaa, Edns::kNone), six, 0, out); });
  EXPECT_EQ(aaaa.answer, Lines{"localhost. 0 IN AAAA ::1"});
  EXPECT_FALSE(aaaa.opt);
}

TEST(WriteNodata, CarriesTheSoaThatANegativeAnswerNeeds) {
  for (const Rcode rcode : {Rcode::kNoError, Rcode::kNxDomain}) {
    const auto reply = written([&](auto out) { return write_nodata(asked("x.onion", Type::kA), rcode, 900, out); });
    EXPECT_EQ(reply.rcode, static_cast<unsigned>(rcode));
    EXPECT_EQ(reply.authority, Lines{soa_of("x.onion.", 900)});
    EXPECT_TRUE(reply.answer.empty());
    ASSERT_TRUE(reply.opt);
    EXPECT_FALSE(reply.opt->extended_error);
  }
}

TEST(WriteNodata, AnswersForTheRoot) {
  const Query query = parsed(Wire(0, {1, 0, 0, 0}).u8(0).u16(1).u16(1));
  const auto reply = written([&](auto out) { return write_nodata(query, Rcode::kNoError, 5, out); });
  EXPECT_EQ(reply.authority, Lines{soa_of(".", 5)});
}

TEST(WriteAny, IsOneHinfo) {
  const auto reply = written([](auto out) { return write_any(asked("example", Type::kAny), out); });
  EXPECT_EQ(reply.answer, Lines{"example. 3600 IN HINFO \"RFC8482\" \"\""});
  EXPECT_EQ(reply.rcode, 0U);
}

// The longest question, an SOA and an OPT with an extended error: the buffer of the least size holds them.
TEST(Replies, FitTheLeastRoomWithTheLongestQuestion) {
  std::string longest;
  for (int i = 0; i < 3; ++i) longest += std::string(63, 'a') + ".";
  longest += std::string(61, 'b');
  const Query query = asked(longest, Type::kHttps, Edns::kDnssecOk);
  const std::array<std::uint8_t, 16> address{};
  const auto question = [](const Message& reply) { return reply.question ? reply.question->name : ""; };
  const BlockAddresses block{{10, 0, 0, 2}, address, 10};
  EXPECT_EQ(question(written([&](auto out) { return write_blocked(query, block, ExtendedError::kBlocked, out); })),
            longest);
  EXPECT_EQ(question(written([&](auto out) { return write_nodata(query, Rcode::kNxDomain, 1, out); })), longest);
  EXPECT_EQ(question(written([&](auto out) { return write_address(query, address, 1, out); })), longest);
  EXPECT_EQ(question(written([&](auto out) { return write_any(query, out); })), longest);
  EXPECT_EQ(
      question(written([&](auto out) { return write_error(query, Rcode::kServFail, ExtendedError::kOther, out); })),
      longest);
}

// --- from an upstream's answer ---

Question question_of(const Query& query) { return {query.lower_qname, query.qtype, query.dnssec_ok(), false}; }

Answer answered(const Query& query, const Lines& records, unsigned rcode = 0, const Lines& authority = {}) {
  Message message;
  message.flags = static_cast<std::uint16_t>(kReply | rcode);
  message.question = Message::Question{query.qname.to_text(), to_text(query.qtype), "IN"};
  message.answer = records;
  message.authority = authority;
  auto answer = parse_answer(message.encode(), question_of(query));
  EXPECT_TRUE(answer) << answer.error().message();
  return answer ? std::move(*answer) : Answer{};
}

Message replied(const Query& query, const Answer& answer, const Freshness& freshness = {}, std::size_t limit = 1232) {
  std::array<std::uint8_t, 2048> out;
  const std::size_t size = write_answer(query, answer, freshness, limit, out);
  const auto whole = std::span<const std::uint8_t>(out).first(size);
  EXPECT_LE(size, limit);
  EXPECT_TRUE(support::is_whole_message(whole));
  return Message::read(whole).value_or(Message{});
}

TEST(WriteAnswer, HasTheQuerysIdFlagsAndCase) {
  const Query query = asked("wWw.eXample", Type::kA, Edns::kDnssecOk, Message::kRd | Message::kCd | Message::kAd);
  const Answer answer = answered(query, {"www.example. 300 IN CNAME x.example.", "x.example. 60 IN A 192.0.2.1"});
  const Message reply = replied(query, answer);
  EXPECT_EQ(reply.id, 0x1234);
  EXPECT_EQ(reply.flags, kReply | Message::kRd | Message::kCd);  // AD never: what we rebuilt, we did not validate
  EXPECT_EQ(question_text(reply), "wWw.eXample A IN");
  // The owner names are pointers into the question, so they follow its case; names are equal either way (RFC 4343).
  EXPECT_EQ(reply.answer, (Lines{"wWw.eXample. 300 IN CNAME x.eXample.", "x.eXample. 60 IN A 192.0.2.1"}));
  ASSERT_TRUE(reply.opt);
  EXPECT_TRUE(reply.opt->dnssec_ok);
  EXPECT_FALSE(reply.opt->extended_error);
}

TEST(WriteAnswer, LeavesTheAnswerAsItWas) {
  const Query query = asked("a.example", Type::kA);
  const Answer answer = answered(query, {"a.example. 300 IN A 192.0.2.1"});
  const auto wire = answer.wire;
  replied(asked("A.EXAMPLE", Type::kA), answer, {100, 0, {}});
  EXPECT_EQ(answer.wire, wire);
  EXPECT_EQ(replied(query, answer).answer, Lines{"a.example. 300 IN A 192.0.2.1"});
}

struct TtlRow {
  std::uint32_t age, least;
  Lines answer;
};

class WriteAnswerTtl : public testing::TestWithParam<TtlRow> {};

TEST_P(WriteAnswerTtl, IsCountedDownToTheFloor) {
  const Query query = asked("a.example", Type::kA);
  const Answer answer = answered(query, {"a.example. 300 IN CNAME b.example.", "b.example. 60 IN A 192.0.2.1"});
  EXPECT_EQ(replied(query, answer, {GetParam().age, GetParam().least, {}}).answer, GetParam().answer);
}

Lines with_ttls(unsigned first, unsigned second) {
  return {fmt::format("a.example. {} IN CNAME b.example.", first), fmt::format("b.example. {} IN A 192.0.2.1", second)};
}

INSTANTIATE_TEST_SUITE_P(Table, WriteAnswerTtl,
                         testing::Values(TtlRow{0, 0, with_ttls(300, 60)}, TtlRow{1, 0, with_ttls(299, 59)},
                                         TtlRow{59, 0, with_ttls(241, 1)}, TtlRow{60, 0, with_ttls(240, 0)},
                                         TtlRow{61, 0, with_ttls(239, 0)}, TtlRow{0xffffffff, 0, with_ttls(0, 0)},
                                         TtlRow{400, 30, with_ttls(30, 30)}, TtlRow{280, 30, with_ttls(30, 30)},
                                         TtlRow{250, 30, with_ttls(50, 30)}));

TEST(WriteAnswer, CountsDownTheAuthorityToo) {
  const Query query = asked("a.example", Type::kA);
  const Answer answer = answered(query, {}, 3, {"example. 600 IN SOA ns.example. host.example. 1 2 3 4 600"});
  const Message reply = replied(query, answer, {100, 0, {}});
  EXPECT_EQ(reply.rcode, 3U);
  EXPECT_EQ(reply.authority, Lines{"example. 500 IN SOA ns.example. host.example. 1 2 3 4 600"});
}

TEST(WriteAnswer, SaysThatItIsStale) {
  const Query query = asked("a.example", Type::kA);
  const Answer answer = answered(query, {"a.example. 300 IN A 192.0.2.1"});
  EXPECT_EQ(replied(query, answer, {900, 30, ExtendedError::kStaleAnswer}).opt->extended_error, 3);
  EXPECT_FALSE(replied(asked("a.example", Type::kA, Edns::kNone), answer, {900, 30, ExtendedError::kStaleAnswer}).opt);
}

TEST(WriteAnswer, IsTruncatedToTheQuestionOverTheLimit) {
  const Query query = asked("a.example", Type::kA);
  Lines records;
  for (int i = 0; i < 40; ++i) records.push_back(fmt::format("a.example. 300 IN A 192.0.2.{}", i));
  const Answer answer = answered(query, records);
  const std::size_t whole = answer.wire.size() + 11;
  EXPECT_EQ(replied(query, answer, {}, whole).answer.size(), 40U);
  const Message cut = replied(query, answer, {0, 0, ExtendedError::kStaleAnswer}, whole - 1);
  EXPECT_EQ(cut.flags, kReply | Message::kRd | Message::kTc);
  EXPECT_EQ(question_text(cut), "a.example A IN");
  EXPECT_TRUE(cut.answer.empty() && cut.authority.empty());
  EXPECT_EQ(cut.opt.value_or(Message::Opt{}).extended_error, 3);
  EXPECT_EQ(replied(asked("a.example", Type::kA, Edns::kNone), answer, {}, 512).flags & Message::kTc, Message::kTc);
}

TEST(WriteAnswer, CountsTheOptBeforeItDecidesToTruncate) {
  const Query with_opt = asked("a.example", Type::kA);
  const Query without = asked("a.example", Type::kA, Edns::kNone);
  const Answer answer = answered(with_opt, {"a.example. 300 IN A 192.0.2.1"});
  const std::size_t size = answer.wire.size();
  EXPECT_EQ(replied(without, answer, {}, size).flags & Message::kTc, 0);
  EXPECT_EQ(replied(with_opt, answer, {}, size + 10).flags & Message::kTc, Message::kTc);
  EXPECT_EQ(replied(with_opt, answer, {0, 0, ExtendedError::kStaleAnswer}, size + 11).flags & Message::kTc,
            Message::kTc);
  EXPECT_EQ(replied(with_opt, answer, {0, 0, ExtendedError::kStaleAnswer}, size + 17).flags & Message::kTc, 0);
}

TEST(WriteAnswer, IsTruncatedToTheBufferWhateverTheLimit) {
  const Query query = asked("a.example", Type::kTxt);
  Lines records;
  for (int i = 0; i < 9; ++i)
    records.push_back(fmt::format("a.example. 300 IN TXT \"{}{}\"", i, std::string(200, 'x')));
  const Answer answer = answered(query, records);
  std::array<std::uint8_t, kLeastReplyRoom> out;
  const std::size_t size = write_answer(query, answer, {}, 65535, out);
  const auto reply = Message::read(std::span<const std::uint8_t>(out).first(size));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->flags & Message::kTc, Message::kTc);
}

}  // namespace
}  // namespace schoolgate::dns

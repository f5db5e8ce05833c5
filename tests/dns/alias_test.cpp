// answer_by_alias(): what is known of another name, as the answer to the asked one.
#include "tests/dns/upstream_message.h"

namespace schoolgate::dns {
namespace {

constexpr std::uint32_t kAliasTtlSeconds = 10;

struct Aliased {
  Answer answer;
  support::Message message;  // as ldns reads it
};

Answer answer_to(const UpstreamMessage& said) { return parse_answer(said.encode(), said.asked()).value(); }

std::optional<Aliased> aliased(const std::string& asked, const UpstreamMessage& said, std::uint32_t age_seconds = 0) {
  const Question question{*Name::parse(asked), *parse_type(said.type), false, false};
  auto answer = answer_by_alias(question, said.asked().lower_qname, kAliasTtlSeconds, answer_to(said), age_seconds);
  if (!answer) return std::nullopt;
  EXPECT_TRUE(support::is_whole_message(answer->wire));
  const auto message = support::Message::read(answer->wire);
  EXPECT_TRUE(message);
  return Aliased{std::move(*answer), *message};
}

TEST(AnswerByAlias, HasTheAliasAndThenWhatIsKnown) {
  const auto found =
      aliased("asked.test", {.answer = {"www.example. 300 IN CNAME cdn.example.", "cdn.example. 60 IN A 192.0.2.1",
                                        "cdn.example. 60 IN A 192.0.2.2"}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message.question->name, "asked.test");
  EXPECT_EQ(found->message.answer,
            (Lines{"asked.test. 10 IN CNAME www.example.", "www.example. 300 IN CNAME cdn.example.",
                   "cdn.example. 60 IN A 192.0.2.1", "cdn.example. 60 IN A 192.0.2.2"}));
  EXPECT_EQ(found->answer.targets, std::vector<Name>{*Name::parse("cdn.example")});
}

TEST(AnswerByAlias, CountsDownWhatIsOld) {
  const auto found = aliased("asked.test", {.answer = {"www.example. 300 IN A 192.0.2.1"}}, 100);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message.answer, (Lines{"asked.test. 10 IN CNAME www.example.", "www.example. 200 IN A 192.0.2.1"}));
  const auto older = aliased("asked.test", {.answer = {"www.example. 300 IN A 192.0.2.1"}}, 500);
  EXPECT_EQ(older->message.answer[1], "www.example. 0 IN A 192.0.2.1");
}

TEST(AnswerByAlias, KeepsThatThereIsNone) {
  const auto found =
      aliased("asked.test", {.authority = {"example. 60 IN SOA ns.example. root.example. 1 2 3 4 60"}, .rcode = 3});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->answer.rcode, Rcode::kNxDomain);
  EXPECT_EQ(found->message.answer, Lines{"asked.test. 10 IN CNAME www.example."});
  EXPECT_EQ(found->message.authority.size(), 1U);
}

// Behind an alias that nobody signed they would prove that something is wrong.
TEST(AnswerByAlias, HasNoSignatures) {
  const UpstreamMessage said{
      .answer = {"www.example. 300 IN A 192.0.2.1",
                 "www.example. 300 IN RRSIG A 8 2 300 20300101000000 20200101000000 1 example. AAAA"}};
  const auto signed_answer = parse_answer(said.encode(), said.asked(DnssecOk::kYes)).value();
  ASSERT_EQ(support::Message::read(signed_answer.wire)->answer.size(), 2U);
  const Question question{*Name::parse("asked.test"), Type::kA, true, false};
  const auto answer = answer_by_alias(question, said.asked().lower_qname, 10, signed_answer, 0);
  ASSERT_TRUE(answer);
  EXPECT_EQ(support::Message::read(answer->wire)->answer,
            (Lines{"asked.test. 10 IN CNAME www.example.", "www.example. 300 IN A 192.0.2.1"}));
}

// Names in the data point elsewhere in the message now.
TEST(AnswerByAlias, KeepsNamesInTheData) {
  const auto found =
      aliased("a.long.name.test",
              {.type = "MX",
               .answer = {"www.example. 300 IN MX 10 mail.www.example.", "www.example. 300 IN MX 20 mx.example."}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message.answer,
            (Lines{"a.long.name.test. 10 IN CNAME www.example.", "www.example. 300 IN MX 10 mail.www.example.",
                   "www.example. 300 IN MX 20 mx.example."}));
}

TEST(AnswerByAlias, EachTtlIsWhereItsOffsetSays) {
  const auto found = aliased("asked.test", {.answer = {"www.example. 300 IN A 192.0.2.1"}});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->answer.ttl_offsets.size(), 2U);
  EXPECT_EQ(load_u32(found->answer.wire.data() + found->answer.ttl_offsets[0]), kAliasTtlSeconds);
  EXPECT_EQ(load_u32(found->answer.wire.data() + found->answer.ttl_offsets[1]), 300U);
}

TEST(AnswerByAlias, WhatDoesNotFitAMessageIsNoAnswer) {
  Lines many;
  for (int i = 0; i < 248; ++i)
    many.push_back("www.example. 300 IN TXT \"" + std::string(248, 'x') + std::to_string(100 + i) + "\"");
  const UpstreamMessage said{.type = "TXT", .answer = many};
  ASSERT_GT(answer_to(said).wire.size(), 65'000U);
  EXPECT_TRUE(aliased("asked.test", said));
  EXPECT_FALSE(aliased(std::string(60, 'a') + "." + std::string(60, 'b') + ".test", said));
}

TEST(AnswerByAlias, OfADamagedAnswerThereIsNone) {
  Answer found = answer_to({.answer = {"www.example. 300 IN A 192.0.2.1"}});
  found.wire.resize(found.wire.size() - 1);
  const Question question{*Name::parse("asked.test"), Type::kA, false, false};
  EXPECT_FALSE(answer_by_alias(question, *Name::parse("www.example"), 10, found, 0));
}

TEST(ForEachAddress, VisitsAddressesAlone) {
  const Answer answer = answer_to({.answer = {"www.example. 300 IN CNAME cdn.example.",
                                              "cdn.example. 60 IN A 192.0.2.1", "cdn.example. 60 IN A 192.0.2.2"}});
  std::vector<std::vector<std::uint8_t>> addresses;
  for_each_address(answer, [&](auto octets) { addresses.emplace_back(octets.begin(), octets.end()); });
  EXPECT_EQ(addresses, (std::vector<std::vector<std::uint8_t>>{{192, 0, 2, 1}, {192, 0, 2, 2}}));
  addresses.clear();
  for_each_address(answer_to({.type = "AAAA", .answer = {"www.example. 300 IN AAAA 2001:db8::1"}}),
                   [&](auto octets) { addresses.emplace_back(octets.begin(), octets.end()); });
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].size(), 16U);
}

}  // namespace
}  // namespace schoolgate::dns

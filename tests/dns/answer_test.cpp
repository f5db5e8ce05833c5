#include "dns/answer.h"

#include "tests/dns/upstream_message.h"

namespace schoolgate::dns {
namespace {

using support::Wire;

const std::string kSoa = "example. 900 IN SOA ns.example. host.example. 1 2 3 4 300";

struct Row {
  std::string what;
  UpstreamMessage said;
  Lines answer;  // what is left
  Lines targets;
  std::uint32_t lifetime_seconds;
};

class Kept : public testing::TestWithParam<Row> {};

TEST_P(Kept, IsTheQuestionsOwnChain) {
  const Rebuilt rebuilt = rebuilt_from(GetParam().said);
  ASSERT_TRUE(rebuilt.ok) << rebuilt.error;
  EXPECT_EQ(rebuilt.rcode, 0U);
  EXPECT_EQ(rebuilt.answer, GetParam().answer);
  EXPECT_EQ(rebuilt.targets, GetParam().targets);
  EXPECT_EQ(rebuilt.lifetime_seconds, GetParam().lifetime_seconds);
  EXPECT_TRUE(rebuilt.authority.empty());
  EXPECT_TRUE(rebuilt.additional.empty());
}

template <class Param>
std::string label_of(const testing::TestParamInfo<Param>& row) {
  std::string name = row.param.what;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

UpstreamMessage said(Lines answer, Lines authority = {}, Lines additional = {}) {
  return {.answer = std::move(answer), .authority = std::move(authority), .additional = std::move(additional)};
}

const std::string kGood = "www.example. 300 IN A 192.0.2.1";

INSTANTIATE_TEST_SUITE_P(
    Poison, Kept,
    testing::Values(
        Row{"one address", said({kGood}), {kGood}, {}, 300},
        Row{"several addresses",
            said({kGood, "www.example. 60 IN A 192.0.2.2"}),
            {kGood, "www.example. 60 IN A 192.0.2.2"},
            {},
            60},
        Row{"owner in another case", said({"WWW.Example. 300 IN A 192.0.2.1"}), {kGood}, {}, 300},
        Row{"another name in answer", said({"www.bank.test. 300 IN A 203.0.113.66", kGood}), {kGood}, {}, 300},
        Row{"a name above", said({kGood, "example. 300 IN A 203.0.113.66"}), {kGood}, {}, 300},
        Row{"a name below", said({kGood, "a.www.example. 300 IN A 203.0.113.66"}), {kGood}, {}, 300},
        Row{"another type", said({kGood, "www.example. 1 IN TXT \"x\""}), {kGood}, {}, 300},
        Row{"another class", said({kGood, "www.example. 1 CH A 203.0.113.66"}), {kGood}, {}, 300},
        Row{"name servers in authority",
            said({kGood}, {"example. 1 IN NS ns.evil.test.", "test. 1 IN NS ns.evil.test."}),
            {kGood},
            {},
            300},
        Row{"soa beside an answer", said({kGood}, {kSoa}), {kGood}, {}, 300},
        Row{"addresses in additional",
            said({kGood}, {}, {"www.bank.test. 1 IN A 203.0.113.66", "www.example. 1 IN A 203.0.113.66"}),
            {kGood},
            {},
            300},
        Row{"alias of another name",
            said({kGood, "other.example. 1 IN CNAME www.bank.test.", "www.bank.test. 1 IN A 203.0.113.66"}),
            {kGood},
            {},
            300},
        Row{"dname of another tree", said({kGood, "test. 1 IN DNAME evil.test."}), {kGood}, {}, 300},
        Row{"dname that made no alias", said({kGood, "example. 1 IN DNAME evil.test."}), {kGood}, {}, 300},
        Row{"dname that did not make this alias",
            said({"example. 1 IN DNAME evil.test.", "www.example. 300 IN CNAME b.test.", "b.test. 300 IN A 192.0.2.1"}),
            {"www.example. 300 IN CNAME b.test.", "b.test. 300 IN A 192.0.2.1"},
            {"b.test"},
            300},
        Row{"signatures nobody asked for",
            said({kGood, "www.example. 1 IN RRSIG A 8 2 300 20300101000000 20200101000000 1 example. AAAA"}),
            {kGood},
            {},
            300},
        Row{"ttl over a day",
            said({"www.example. 2147483647 IN A 192.0.2.1"}),
            {"www.example. 86400 IN A 192.0.2.1"},
            {},
            86400},
        Row{"ttl with the top bit",
            said({"www.example. 2147483648 IN A 192.0.2.1"}),
            {"www.example. 0 IN A 192.0.2.1"},
            {},
            0}),
    label_of<Row>);

INSTANTIATE_TEST_SUITE_P(
    Chains, Kept,
    testing::Values(
        Row{"one alias",
            said({"www.example. 300 IN CNAME b.test.", "b.test. 60 IN A 192.0.2.1"}),
            {"www.example. 300 IN CNAME b.test.", "b.test. 60 IN A 192.0.2.1"},
            {"b.test"},
            60},
        Row{"alias in another case",
            said({"www.example. 60 IN CNAME B.Test.", "b.tEST. 300 IN A 192.0.2.1"}),
            {"www.example. 60 IN CNAME B.Test.", "b.test. 300 IN A 192.0.2.1"},
            {"b.test"},
            60},
        Row{"out of order",
            said({"c.test. 9 IN A 192.0.2.1", "b.test. 8 IN CNAME c.test.", "www.example. 7 IN CNAME b.test."}),
            {"www.example. 7 IN CNAME b.test.", "b.test. 8 IN CNAME c.test.", "c.test. 9 IN A 192.0.2.1"},
            {"b.test", "c.test"},
            7},
        Row{"a second alias of one name",
            said({"www.example. 9 IN CNAME b.test.", "www.example. 1 IN CNAME evil.test.", "b.test. 9 IN A 192.0.2.1",
                  "evil.test. 1 IN A 203.0.113.66"}),
            {"www.example. 9 IN CNAME b.test.", "b.test. 9 IN A 192.0.2.1"},
            {"b.test"},
            9},
        Row{"alias whose end is missing is not kept",
            said({"www.example. 300 IN CNAME b.test."}),
            {"www.example. 300 IN CNAME b.test."},
            {"b.test"},
            0},
        Row{"alias asked for",
            {.type = "CNAME", .answer = {"www.example. 300 IN CNAME b.test.", "b.test. 1 IN A 203.0.113.66"}},
            {"www.example. 300 IN CNAME b.test."},
            {},
            300},
        Row{"dname and the alias made from it",
            said({"example. 50 IN DNAME b.test.", "www.example. 60 IN CNAME www.b.test.",
                  "www.b.test. 70 IN A 192.0.2.1"}),
            {"example. 50 IN DNAME b.test.", "www.example. 60 IN CNAME www.b.test.", "www.b.test. 70 IN A 192.0.2.1"},
            {"www.b.test"},
            50},
        Row{"dname further down",
            said({"www.example. 9 IN CNAME a.b.test.", "test. 9 IN DNAME Org.", "a.b.test. 9 IN CNAME a.b.org.",
                  "a.b.org. 9 IN A 192.0.2.1"}),
            {"www.example. 9 IN CNAME a.b.test.", "test. 9 IN DNAME Org.", "a.b.test. 9 IN CNAME a.b.org.",
             "a.b.org. 9 IN A 192.0.2.1"},
            {"a.b.test", "a.b.org"},
            9},
        Row{"https alias mode",
            {.type = "HTTPS", .answer = {"www.example. 300 IN HTTPS 0 Pool.Test."}},
            {"www.example. 300 IN HTTPS 0 Pool.Test."},
            {"pool.test"},
            300},
        Row{"https service mode",
            {.type = "HTTPS",
             .answer = {"www.example. 300 IN HTTPS 1 . alpn=h2", "www.example. 300 IN HTTPS 2 alt.test. alpn=h3"}},
            {"www.example. 300 IN HTTPS 1 . alpn=h2", "www.example. 300 IN HTTPS 2 alt.test. alpn=h3"},
            {"alt.test"},
            300},
        Row{"alias then svcb",
            {.type = "SVCB", .answer = {"www.example. 9 IN CNAME b.test.", "b.test. 9 IN SVCB 1 c.test."}},
            {"www.example. 9 IN CNAME b.test.", "b.test. 9 IN SVCB 1 c.test."},
            {"b.test", "c.test"},
            9}),
    label_of<Row>);

// --- negative answers ---

struct NegativeRow {
  std::string what;
  UpstreamMessage said;
  Lines authority;
  std::uint32_t lifetime_seconds;
};

class Negative : public testing::TestWithParam<NegativeRow> {};

TEST_P(Negative, LivesByItsSoa) {
  const Rebuilt rebuilt = rebuilt_from(GetParam().said);
  ASSERT_TRUE(rebuilt.ok) << rebuilt.error;
  EXPECT_EQ(rebuilt.rcode, GetParam().said.rcode);
  EXPECT_EQ(rebuilt.authority, GetParam().authority);
  EXPECT_EQ(rebuilt.lifetime_seconds, GetParam().lifetime_seconds);
}

std::string soa(unsigned ttl, unsigned minimum, std::string_view zone = "example.") {
  return fmt::format("{} {} IN SOA ns.example. host.example. 1 2 3 4 {}", zone, ttl, minimum);
}

UpstreamMessage no_name(Lines authority) { return {.authority = std::move(authority), .rcode = 3}; }

INSTANTIATE_TEST_SUITE_P(
    Table, Negative,
    testing::Values(
        NegativeRow{"minimum below ttl", no_name({soa(900, 300)}), {soa(300, 300)}, 300},
        NegativeRow{"ttl below minimum", no_name({soa(60, 300)}), {soa(60, 300)}, 60},
        NegativeRow{"no data", said({}, {soa(60, 300)}), {soa(60, 300)}, 60},
        NegativeRow{"never over an hour", no_name({soa(86400, 86400)}), {soa(86400, 86400)}, 3600},
        NegativeRow{"minimum zero", no_name({soa(900, 0)}), {soa(0, 0)}, 0},
        NegativeRow{"soa of the root", no_name({soa(60, 60, ".")}), {soa(60, 60, ".")}, 60},
        NegativeRow{
            "soa of the name itself", no_name({soa(60, 60, "www.example.")}), {soa(60, 60, "www.example.")}, 60},
        NegativeRow{"soa of another zone", no_name({soa(60, 60, "test.")}), {}, 0},
        NegativeRow{"soa of a zone with the same end", no_name({soa(60, 60, "ample.")}), {}, 0},
        NegativeRow{"soa of a zone below", no_name({soa(60, 60, "a.www.example.")}), {}, 0},
        NegativeRow{"two soas", no_name({soa(60, 60), soa(1, 1, ".")}), {soa(60, 60)}, 60},
        NegativeRow{"poison beside the soa",
                    no_name({"bank.test. 1 IN NS ns.evil.test.", soa(60, 60), "bank.test. 1 IN A 203.0.113.66"}),
                    {soa(60, 60)},
                    60},
        NegativeRow{"without soa", no_name({}), {}, 0}, NegativeRow{"no data without soa", said({}), {}, 0},
        NegativeRow{"alias to no name",
                    {.answer = {"www.example. 30 IN CNAME b.test."}, .authority = {soa(60, 60, "test.")}, .rcode = 3},
                    {soa(60, 60, "test.")},
                    30},
        NegativeRow{"alias to no name soa of the first zone",
                    {.answer = {"www.example. 30 IN CNAME b.test."}, .authority = {soa(60, 60)}, .rcode = 3},
                    {},
                    0},
        NegativeRow{"alias to no data",
                    {.answer = {"www.example. 90 IN CNAME b.test."}, .authority = {soa(60, 60, "test.")}},
                    {soa(60, 60, "test.")},
                    60},
        NegativeRow{
            "empty and authoritative", {.authority = {"example. 60 IN NS ns.example."}, .authoritative = true}, {}, 0}),
    label_of<NegativeRow>);

TEST(Answer, KeepsProofsForWhoWantsThem) {
  const std::string signature = " IN RRSIG {} 8 2 300 20300101000000 20200101000000 1 example. c2ln";
  const auto signed_as = [&](const char* owner, const char* type) {
    return owner + std::string(" 300") + fmt::format(fmt::runtime(signature), type);
  };
  const UpstreamMessage denied{
      .authority = {soa(60, 60), signed_as("example.", "SOA"), "www.example. 300 IN NSEC x.example. TXT RRSIG NSEC",
                    signed_as("www.example.", "NSEC"), "example. 300 IN NS ns.example.", signed_as("example.", "NS")},
      .rcode = 0};
  EXPECT_EQ(rebuilt_from(denied, DnssecOk::kYes).authority.size(), 4U);  // not the NS, nor its signature
  EXPECT_EQ(rebuilt_from(denied).authority, Lines{soa(60, 60)});
  const UpstreamMessage found{.answer = {kGood, signed_as("www.example.", "A"), signed_as("bank.test.", "A")},
                              .authority = {"example. 300 IN NS ns.example.", signed_as("example.", "NS"),
                                            "z.example. 300 IN NSEC a.example. A", signed_as("z.example.", "NSEC"),
                                            signed_as("example.", "SOA")}};
  const Rebuilt rebuilt = rebuilt_from(found, DnssecOk::kYes);
  EXPECT_EQ(rebuilt.answer.size(), 2U);
  EXPECT_EQ(rebuilt.authority.size(), 2U);  // a wildcard's proof and its signature
  EXPECT_EQ(rebuilt.lifetime_seconds, 300U);
  EXPECT_EQ(rebuilt_from(found).answer, Lines{kGood});
  EXPECT_TRUE(rebuilt_from(found).authority.empty());
  const UpstreamMessage dname{.answer = {"example. 50 IN DNAME b.test.", signed_as("example.", "DNAME"),
                                         signed_as("example.", "NS"), "www.example. 50 IN CNAME www.b.test.",
                                         "www.b.test. 70 IN A 192.0.2.1"}};
  EXPECT_EQ(rebuilt_from(dname, DnssecOk::kYes).answer.size(), 4U);
  EXPECT_EQ(rebuilt_from(dname).answer.size(), 3U);
}

TEST(Answer, ASignatureAloneIsNoAnswer) {
  const UpstreamMessage only{
      .answer = {"www.example. 300 IN RRSIG A 8 2 300 20300101000000 20200101000000 1 example. c2ln"},
      .authority = {soa(60, 60)}};
  const Rebuilt rebuilt = rebuilt_from(only, DnssecOk::kYes);
  EXPECT_EQ(rebuilt.lifetime_seconds, 60U);
  EXPECT_EQ(rebuilt.authority.size(), 1U);
}

// --- what is no answer ---

struct RefusedRow {
  std::string what;
  UpstreamMessage said;
  std::string error;
};

class Refused : public testing::TestWithParam<RefusedRow> {};

TEST_P(Refused, WithTheReason) { EXPECT_EQ(rebuilt_from(GetParam().said).error, GetParam().error); }

Lines aliases(int links) {
  Lines lines{"www.example. 9 IN CNAME n1."};
  for (int i = 1; i < links; ++i) lines.push_back(fmt::format("n{}. 9 IN CNAME n{}.", i, i + 1));
  lines.push_back(fmt::format("n{}. 9 IN A 192.0.2.1", links));
  return lines;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values(
        RefusedRow{"servfail", {.rcode = 2}, "rcode SERVFAIL"},
        RefusedRow{"refused", {.answer = {kGood}, .rcode = 5}, "rcode REFUSED"},
        RefusedRow{"formerr", {.rcode = 1}, "rcode FORMERR"},
        RefusedRow{"unknown rcode", {.rcode = 11}, "rcode RCODE11"},
        RefusedRow{"referral", said({}, {"example. 60 IN NS ns.example."}, {"ns.example. 60 IN A 192.0.2.53"}),
                   "a referral, not an answer"},
        RefusedRow{"alias to itself", said({"www.example. 9 IN CNAME WWW.example."}), "an alias loop at www.example"},
        RefusedRow{
            "alias loop",
            said({"www.example. 9 IN CNAME b.test.", "b.test. 9 IN CNAME c.test.", "c.test. 9 IN CNAME b.test."}),
            "an alias loop at b.test"},
        RefusedRow{"twelve aliases", said(aliases(12)), "more than 11 aliases in a row"}),
    label_of<RefusedRow>);

TEST(Answer, FollowsElevenAliases) {
  const Rebuilt rebuilt = rebuilt_from(said(aliases(11)));
  ASSERT_TRUE(rebuilt.ok) << rebuilt.error;
  EXPECT_EQ(rebuilt.targets.size(), 11U);
  EXPECT_EQ(rebuilt.answer.size(), 12U);
}

const Question kAsked{*Name::parse("www.example"), Type::kA, false, false};

TEST(Answer, ReadsTheUpperBitsOfTheRcode) {
  const auto with_opt = [](std::uint32_t ttl) {
    return rebuilt_from(Wire(0x8180, {1, 0, 0, 1}).question("www.example").opt({}, 1232, ttl).octets(), kAsked);
  };
  EXPECT_TRUE(with_opt(0).ok);
  EXPECT_TRUE(with_opt(0x8000).ok);
  EXPECT_EQ(with_opt(0x01000000).error, "rcode BADVERS");
}

TEST(Answer, RefusesAMessageThatIsCutAnywhere) {
  const auto whole =
      said({"www.example. 9 IN CNAME b.test.", "b.test. 9 IN A 192.0.2.1"}, {soa(60, 60)}, {"x. 9 IN A 192.0.2.1"})
          .encode();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(rebuilt_from(part, kAsked).error, "a malformed message") << size;
  }
  EXPECT_TRUE(rebuilt_from(whole, kAsked).ok);
}

TEST(Answer, RefusesCountsWithoutRecords) {
  for (const auto& wire :
       {Wire(0x8180, {1, 65535, 0, 0}), Wire(0x8180, {1, 0, 65535, 0}), Wire(0x8180, {1, 0, 0, 65535})}) {
    EXPECT_EQ(rebuilt_from(Wire(wire).question("www.example").octets(), kAsked).error, "a malformed message");
  }
}

TEST(Answer, RefusesDataThatDoesNotFitItsType) {
  const auto with = [](unsigned type, const Wire& rdata) {
    const Question question{kAsked.lower_qname, static_cast<Type>(type), false, false};
    return rebuilt_from(
        Wire(0x8180, {1, 1, 0, 0}).question("www.example", type).pointer(12).record(type, 60, rdata).octets(),
        question);
  };
  const std::string error = "a record's data does not fit its type";
  EXPECT_EQ(with(1, Wire().raw("abc")).error, error);
  EXPECT_EQ(with(28, Wire().raw("abcd")).error, error);
  EXPECT_EQ(with(5, Wire().name("b").u8(0)).error, error);
  EXPECT_EQ(with(65, Wire().u16(1).pointer(12)).error, error);  // RFC 9460 §2.2: never compressed
  EXPECT_TRUE(with(1, Wire().u32(1)).ok);
  EXPECT_TRUE(with(65, Wire().u16(1).name("b")).ok);
  const auto alias =
      Wire(0x8180, {1, 1, 0, 0}).question("www.example").pointer(12).record(5, 60, Wire().pointer(99)).octets();
  EXPECT_EQ(rebuilt_from(alias, kAsked).error, error);
}

TEST(Answer, RefusesWhatIsTooLargeOnceRebuilt) {
  std::string longest;
  for (int i = 0; i < 3; ++i) longest += std::string(63, 'a') + ".";
  longest += std::string(61, 'b');
  const Question question{*Name::parse(longest), Type::kSrv, false, false};
  Wire wire = Wire(0x8180, {1, 300, 0, 0}).question(longest, 33);
  for (int i = 0; i < 300; ++i) wire.pointer(12).record(33, 60, Wire().u16(0).u16(0).u16(0).pointer(12));
  EXPECT_EQ(rebuilt_from(wire.octets(), question).error, "too large once rebuilt");
}

TEST(Answer, IsCompressedWithTheQuestionAtOctet12) {
  const auto answer = parse_answer(said({kGood, "www.example. 300 IN A 192.0.2.2"}).encode(), kAsked);
  ASSERT_TRUE(answer);
  const Wire wanted = Wire()
                          .u32(0)
                          .u16(1)
                          .u16(2)
                          .u32(0)
                          .question("www.example")
                          .pointer(12)
                          .record(1, 300, Wire().u32(0xc0000201))
                          .pointer(12)
                          .record(1, 300, Wire().u32(0xc0000202));
  EXPECT_EQ(answer->wire, wanted.octets());
  EXPECT_EQ(answer->ttl_offsets, (std::vector<std::uint32_t>{12 + 17 + 6, 12 + 17 + 16 + 6}));
}

TEST(Answer, ReadsItsOwnRebuiltMessage) {
  const UpstreamMessage first =
      said({"example. 50 IN DNAME b.test.", "www.example. 60 IN CNAME www.b.test.", "www.b.test. 70 IN A 192.0.2.1"});
  const auto once = parse_answer(first.encode(), kAsked);
  ASSERT_TRUE(once);
  const auto twice = parse_answer(once->wire, kAsked);
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->wire, once->wire);
  EXPECT_EQ(twice->targets, once->targets);
  EXPECT_EQ(twice->ttl_offsets, once->ttl_offsets);
}

TEST(Question, IsAKeyInAllItsParts) {
  const Question other_name{*Name::parse("x.example"), Type::kA, false, false},
      other_type{kAsked.lower_qname, Type::kAaaa, false, false}, dnssec{kAsked.lower_qname, Type::kA, true, false},
      checking{kAsked.lower_qname, Type::kA, false, true};
  const std::hash<Question> hashed;
  EXPECT_EQ(hashed(kAsked), hashed(Question(kAsked)));
  for (const Question& other : {other_name, other_type, dnssec, checking}) {
    EXPECT_FALSE(other == kAsked);
    EXPECT_NE(hashed(other), hashed(kAsked));
  }
}

}  // namespace
}  // namespace schoolgate::dns

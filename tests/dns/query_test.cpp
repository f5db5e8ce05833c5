#include "dns/query.h"

#include "tests/support/message.h"
#include "tests/support/wire.h"

namespace schoolgate::dns {
namespace {

using support::Wire;

constexpr unsigned kRd = 0x0100;

Wire asked(std::string_view name = "alive.example", int additionals = 0) {
  return Wire(kRd, {1, 0, 0, additionals}).question(name);
}

// With as many address records of the root behind the question.
Wire roots(int additionals) {
  Wire wire = asked("a", additionals);
  for (int i = 0; i < additionals; ++i) wire.u8(0).record(1, 0, Wire().u32(0));
  return wire;
}
// Header and the beginning of a question.
Wire cut() { return Wire(kRd, {1, 0, 0, 0}); }
std::string option(unsigned code, std::string_view octets, int size = -1) {
  const Wire wire =
      Wire().u16(code).u16(size < 0 ? static_cast<unsigned>(octets.size()) : static_cast<unsigned>(size)).raw(octets);
  return {wire.octets().begin(), wire.octets().end()};
}
Wire address(std::string_view owner) { return Wire().name(owner).record(1, 60, Wire().u32(0x7f000001)); }
Wire joined(Wire first, const Wire& second) {
  return first.raw({reinterpret_cast<const char*>(second.octets().data()), second.size()});
}

TEST(Query, IsReadInFull) {
  Wire wire = Wire(kRd | 0x0010, {1, 0, 0, 1}).question("wWw.Example", 28).opt({}, 1400, 0x8000);
  Query query;
  ASSERT_EQ(parse_query(wire.octets(), query), QueryFault::kNone);
  EXPECT_EQ(query.id, 0x1234);
  EXPECT_EQ(query.flags, kRd | 0x0010);
  EXPECT_EQ(query.qname.to_text(), "wWw.Example");
  EXPECT_EQ(query.lower_qname.to_text(), "www.example");
  EXPECT_EQ(query.qtype, Type::kAaaa);
  EXPECT_EQ(query.qclass, Class::kIn);
  EXPECT_TRUE(query.has_question);
  EXPECT_FALSE(query.is_notify());
  EXPECT_TRUE(query.recursion_desired());
  EXPECT_TRUE(query.checking_disabled());
  EXPECT_TRUE(query.dnssec_ok());
  ASSERT_TRUE(query.edns);
  EXPECT_EQ(query.edns->udp_size, 1400);
}

TEST(Query, ForgetsTheOneBefore) {
  Query query;
  ASSERT_EQ(parse_query(asked("a.example", 1).opt().octets(), query), QueryFault::kNone);
  ASSERT_EQ(parse_query(Wire(0, {1, 0, 0, 0}).question("b.example").octets(), query), QueryFault::kNone);
  EXPECT_EQ(query.qname.to_text(), "b.example");
  EXPECT_FALSE(query.edns);
  EXPECT_FALSE(query.dnssec_ok());
  EXPECT_FALSE(query.recursion_desired());
  EXPECT_FALSE(query.checking_disabled());
  ASSERT_EQ(parse_query(Wire(0, {0, 0, 0, 0}).octets(), query), QueryFault::kFormErr);
  EXPECT_FALSE(query.has_question);
}

TEST(Query, IsReadAsLdnsWritesIt) {
  const auto message = support::query_for("_dns.xn--bcher-kva.example.", "SRV", 0x0102);
  Query query;
  ASSERT_EQ(parse_query(message.encode(), query), QueryFault::kNone);
  EXPECT_EQ(query.id, 0x0102);
  EXPECT_EQ(query.lower_qname.to_text(), "_dns.xn--bcher-kva.example");
  EXPECT_EQ(query.qtype, Type::kSrv);
  EXPECT_EQ(query.edns->udp_size, 1232);
}

TEST(Query, TakesAtLeast512Octets) {
  const struct {
    unsigned sent, taken;
  } rows[] = {{0, 512}, {1, 512}, {511, 512}, {512, 512}, {513, 513}, {65535, 65535}};
  for (const auto& row : rows) {
    Query query;
    ASSERT_EQ(parse_query(asked("a", 1).opt({}, row.sent).octets(), query), QueryFault::kNone);
    EXPECT_EQ(query.edns->udp_size, row.taken);
  }
}

struct Row {
  std::string what;
  Wire wire;
  QueryFault fault;
  bool has_question = true;  // what an error reply can say
};

class QueryRow : public testing::TestWithParam<Row> {};

TEST_P(QueryRow, HasItsFault) {
  Query query;
  const QueryFault fault = parse_query(GetParam().wire.octets(), query);
  EXPECT_EQ(fault, GetParam().fault);
  if (fault == QueryFault::kDrop) return;
  EXPECT_EQ(query.has_question, GetParam().has_question);
}

std::string label_of(const testing::TestParamInfo<Row>& row) {
  std::string name = row.param.what;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

constexpr auto kNone = QueryFault::kNone, kDrop = QueryFault::kDrop, kFormErr = QueryFault::kFormErr,
               kNotImp = QueryFault::kNotImp, kBadVers = QueryFault::kBadVers, kNotify = QueryFault::kNotify;

INSTANTIATE_TEST_SUITE_P(
    Header, QueryRow,
    testing::Values(Row{"no octet", Wire(), kDrop}, Row{"one octet", Wire().u8(1), kDrop},
                    Row{"header cut", Wire().u32(1).u32(0x00010000).u16(0).u8(0), kDrop},
                    Row{"header alone", cut(), kFormErr, false},
                    Row{"no question", Wire(kRd, {0, 0, 0, 0}), kFormErr, false},
                    Row{"no question but a cookie", Wire(kRd, {0, 0, 0, 1}).opt(option(10, "12345678")), kFormErr,
                        false},
                    Row{"two questions", Wire(kRd, {2, 0, 0, 0}).question("a").question("b"), kFormErr, false},
                    Row{"two questions one there", Wire(kRd, {2, 0, 0, 0}).question("a"), kFormErr, false},
                    Row{"65535 questions", Wire(kRd, {65535, 0, 0, 0}).question("a"), kFormErr, false},
                    Row{"an answer announced", Wire(kRd, {1, 1, 0, 0}).question("a"), kFormErr, false},
                    Row{"an answer", joined(Wire(kRd, {1, 1, 0, 0}).question("a"), address("a")), kFormErr, false},
                    Row{"an authority", joined(Wire(kRd, {1, 0, 1, 0}).question("a"), address("a")), kFormErr, false},
                    Row{"opt as an answer", Wire(kRd, {1, 1, 0, 0}).question("a").opt(), kFormErr, false},
                    Row{"an additional announced", asked("a", 1), kFormErr},
                    Row{"65535 additionals announced", asked("a", 65535), kFormErr},
                    Row{"all ones", Wire().raw(std::string(12, '\xff')), kDrop},
                    Row{"all zeroes", Wire().raw(std::string(512, '\0')), kFormErr, false}),
    label_of);

INSTANTIATE_TEST_SUITE_P(Responses, QueryRow,
                         testing::Values(Row{"a response", Wire(0x8180, {1, 0, 0, 0}).question("a"), kDrop},
                                         Row{"an error response", Wire(0x8181, {0, 0, 0, 0}), kDrop},
                                         Row{"a broken response", Wire(0x8180, {1, 5, 0, 0}).pointer(12), kDrop},
                                         Row{"a response of another opcode", Wire(0xf800, {1, 0, 0, 0}).question("a"),
                                             kDrop},
                                         Row{"a response of another version",
                                             Wire(0x8180, {1, 0, 0, 1}).question("a").opt({}, 512, 0x10000), kDrop}),
                         label_of);

INSTANTIATE_TEST_SUITE_P(
    Opcodes, QueryRow,
    testing::Values(Row{"iquery", joined(Wire(1 << 11, {0, 1, 0, 0}), address("")), kNotImp, false},
                    Row{"status", Wire(2 << 11, {1, 0, 0, 0}).question("a"), kNotImp, false},
                    Row{"update", joined(Wire(5 << 11, {1, 0, 1, 0}).question("a", 6), address("x.a")), kNotImp, false},
                    Row{"dso", Wire(6 << 11, {0, 0, 0, 0}).u32(0x00010008), kNotImp, false},
                    Row{"opcode 15 and nothing", Wire(15 << 11, {0, 0, 0, 0}), kNotImp, false}),
    label_of);

// A NOTIFY of the zone "a" with these counts behind the question.
Wire notify(int answers, int authorities, int additionals) {
  return Wire(4 << 11 | 0x0400, {1, answers, authorities, additionals}).question("a", 6);
}

INSTANTIATE_TEST_SUITE_P(
    Notify, QueryRow,
    testing::Values(Row{"alone", notify(0, 0, 0), kNotify},
                    Row{"what is new", joined(notify(1, 1, 0), joined(address("a"), address("a"))), kNotify},
                    Row{"opt", notify(0, 0, 1).opt(), kNotify},
                    Row{"tsig", notify(0, 0, 1).name("k").record(250, 255, 0, Wire().u8(0)), kNotify},
                    Row{"of another type", Wire(4 << 11, {1, 0, 0, 0}).question("a", 1), kNotify},
                    Row{"of another class", Wire(4 << 11, {1, 0, 0, 0}).question("a", 6, 3), kNotify},
                    Row{"a response", Wire(0x8000 | 4 << 11, {1, 0, 0, 0}).question("a", 6), kDrop},
                    Row{"header alone", Wire(4 << 11, {1, 0, 0, 0}), kFormErr, false},
                    Row{"no question", Wire(4 << 11, {0, 0, 0, 0}), kFormErr, false},
                    Row{"two questions", Wire(4 << 11, {2, 0, 0, 0}).question("a", 6).question("b", 6), kFormErr,
                        false},
                    Row{"a pointer", Wire(4 << 11, {1, 0, 0, 0}).pointer(12).u32(0x00060001), kFormErr, false},
                    Row{"an answer announced", notify(1, 0, 0), kFormErr},
                    Row{"an authority announced", notify(0, 1, 0), kFormErr},
                    Row{"an additional announced", notify(0, 0, 1), kFormErr},
                    Row{"65535 answers announced", notify(65535, 0, 0), kFormErr},
                    Row{"two opts", notify(0, 0, 2).opt().opt(), kFormErr},
                    Row{"tsig not the last", notify(0, 0, 2).name("k").record(250, 255, 0, Wire()).opt(), kFormErr},
                    Row{"of another version", notify(0, 0, 1).opt({}, 1232, 0x10000), kBadVers}),
    label_of);

// More than is told of any zone.
TEST(Query, ANotifyTellsOfSixteenRecordsAtMost) {
  for (const bool are_answers : {true, false}) {
    for (int count = 15; count < 18; ++count) {
      Wire wire = are_answers ? notify(count, 0, 0) : notify(0, count, 0);
      for (int i = 0; i < count; ++i) wire.u8(0).record(1, 0, Wire().u32(0));
      Query query;
      EXPECT_EQ(parse_query(wire.octets(), query), count <= 16 ? kNotify : kFormErr) << count;
      EXPECT_TRUE(query.is_notify());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, QueryRow,
                         testing::Values(Row{"z", Wire(0x0140, {1, 0, 0, 0}).question("a"), kNone},
                                         Row{"ad", Wire(0x0120, {1, 0, 0, 0}).question("a"), kNone},
                                         Row{"tc", Wire(0x0300, {1, 0, 0, 0}).question("a"), kNone},
                                         Row{"aa and ra", Wire(0x0580, {1, 0, 0, 0}).question("a"), kNone},
                                         Row{"rcode 15", Wire(0x010f, {1, 0, 0, 0}).question("a"), kNone},
                                         Row{"no rd", Wire(0, {1, 0, 0, 0}).question("a"), kNone}),
                         label_of);

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}
const std::string kLong = repeated(std::string(63, 'a') + ".", 3);

INSTANTIATE_TEST_SUITE_P(
    Names, QueryRow,
    testing::Values(
        Row{"cut in a label", cut().u8(5).raw("al"), kFormErr, false},
        Row{"no root", cut().labels("alive.example"), kFormErr, false},
        Row{"no type", cut().name("alive"), kFormErr, false},
        Row{"no class", cut().name("alive").u16(1), kFormErr, false},
        Row{"half a class", cut().name("alive").u16(1).u8(0), kFormErr, false},
        Row{"pointer to itself", cut().pointer(12).u32(0x10001), kFormErr, false},
        Row{"pointer into the header", cut().pointer(2).u32(0x10001), kFormErr, false},
        Row{"pointer forward", cut().pointer(18).u32(0x10001).name("a"), kFormErr, false},
        Row{"pointer past the end", cut().u16(0xffff).u32(0x10001), kFormErr, false},
        Row{"half a pointer", cut().u8(0xc0), kFormErr, false},
        Row{"label type 0x40", cut().u8(0x40).raw(std::string(64, 'a')).u8(0).u32(0x10001), kFormErr, false},
        Row{"label type 0x41", cut().u8(0x41).u8(8).u16(0).u32(0x10001), kFormErr, false},
        Row{"label type 0x80", cut().u8(0x80).raw(std::string(128, 'a')).u8(0).u32(0x10001), kFormErr, false},
        Row{"label of 63", asked(std::string(63, 'a') + ".x"), kNone},
        Row{"255 octets", asked(kLong + std::string(61, 'd')), kNone},
        Row{"256 octets", asked(kLong + std::string(62, 'd')), kFormErr, false},
        Row{"1025 octets", asked(repeated(std::string(63, 'x') + ".", 16)), kFormErr, false},
        Row{"127 labels", asked(repeated("a.", 127)), kNone},
        Row{"128 labels", asked(repeated("a.", 128)), kFormErr, false}, Row{"root", cut().u8(0).u32(0x10001), kNone},
        Row{"nul in a label", cut().u8(3).raw(std::string("a\0b", 3)).u8(0).u32(0x10001), kNone},
        Row{"dot in a label", cut().u8(3).raw("a.b").u8(0).u32(0x10001), kNone},
        Row{"any octets", cut().u8(6).raw("\xff\x1b[m\r\n").u8(0).u32(0x10001), kNone},
        Row{"octets behind", asked().u8('X'), kNone},
        Row{"many octets behind", asked().raw(std::string(500, 'X')), kNone},
        Row{"unknown type", cut().question("a", 65280), kNone}, Row{"type 0", cut().question("a", 0), kNone},
        Row{"class any", cut().question("a", 1, 255), kNone}, Row{"class 0", cut().question("a", 1, 0), kNone}),
    label_of);

INSTANTIATE_TEST_SUITE_P(
    Edns, QueryRow,
    testing::Values(
        Row{"plain", asked("a", 1).opt(), kNone}, Row{"version 1", asked("a", 1).opt({}, 1232, 0x10000), kBadVers},
        Row{"version 255", asked("a", 1).opt({}, 1232, 0xff0000), kBadVers},
        Row{"version 1 unknown option", asked("a", 1).opt(option(65001, "x"), 1232, 0x10000), kBadVers},
        Row{"version 1 broken option", asked("a", 1).opt(option(65001, "x", 9), 1232, 0x10000), kFormErr},
        Row{"version 1 then a broken record", asked("a", 2).opt({}, 1232, 0x10000).u8(0), kFormErr},
        Row{"version 1 then a record", joined(asked("a", 2).opt({}, 1232, 0x10000), address("x")), kBadVers},
        Row{"unknown option", asked("a", 1).opt(option(65001, "xyz")), kNone},
        Row{"unknown flag", asked("a", 1).opt({}, 1232, 0x4000), kNone},
        Row{"upper rcode", asked("a", 1).opt({}, 1232, 0xff000000), kNone},
        Row{"two", asked("a", 2).opt().opt(), kFormErr},
        Row{"two with a record between", joined(asked("a", 3).opt(), address("x")).opt(), kFormErr},
        Row{"owner not the root", asked("a", 1).name("x").record(41, 1232, 0, Wire()), kFormErr},
        Row{"longer than the message", asked("a", 1).u8(0).u16(41).u16(1232).u32(0).u16(200), kFormErr},
        Row{"cut", asked("a", 1).u8(0).u16(41).u16(1232).u16(0), kFormErr},
        Row{"option head cut", asked("a", 1).opt(std::string("\0\x0a\0", 3)), kFormErr},
        Row{"option longer than opt", asked("a", 1).opt(option(10, "1234", 400)), kFormErr},
        Row{"option into what follows", asked("a", 1).opt(option(10, "1234", 5)).raw("XXXX"), kFormErr},
        Row{"option head into what follows", asked("a", 1).opt(std::string("\0\x0a", 2)).u32(0), kFormErr},
        Row{"empty option", asked("a", 1).opt(option(12, "")), kNone},
        Row{"300 options", asked("a", 1).opt(repeated(option(65002, ""), 300)), kNone},
        Row{"padding", asked("a", 1).opt(option(12, std::string(1200, '\0'))), kNone},
        Row{"other record", joined(asked("a", 1), address("x")), kNone},
        Row{"other record runs over", asked("a", 1).name("x").u16(1).u16(1).u32(0).u16(60000).u32(1), kFormErr},
        Row{"sixteen additionals", roots(16), kNone}, Row{"seventeen additionals", roots(17), kFormErr},
        Row{"owner loop", asked("a", 1).pointer(19).u16(1).u16(1).u32(0).u16(0), kFormErr},
        Row{"tsig last", asked("a", 2).opt().name("key").record(250, 255, 0, Wire().u32(0)), kNone},
        Row{"tsig not last", asked("a", 2).name("key").record(250, 255, 0, Wire().u32(0)).opt(), kFormErr}),
    label_of);

// Every message cut short anywhere is a fault, never a read past the end (under a sanitizer, this is the proof).
TEST(Query, CutAnywhereIsNeverRead) {
  const Wire wire = asked("www.example.org", 2).opt(option(65001, "abc")).name("x").record(1, 60, Wire().u32(1));
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const std::vector<std::uint8_t> part(wire.octets().begin(),
                                         wire.octets().begin() + static_cast<std::ptrdiff_t>(size));
    Query query;
    EXPECT_EQ(parse_query(part, query), size < 12 ? kDrop : kFormErr) << size;
  }
}

}  // namespace
}  // namespace schoolgate::dns

#include "dns/rdata.h"

#include "dns/wire.h"
#include "tests/support/wire.h"

namespace schoolgate::dns {
namespace {

using support::Wire;

// A message with names to point to: "Mail.example" at 12, "example" at 17.
Wire with_names() { return Wire(0x8180, {1, 1, 0, 0}).question("Mail.example"); }
constexpr std::size_t kMail = 12, kExample = 17;

struct Copy {
  bool ok = false;
  std::vector<std::uint8_t> octets;  // RDATA length and RDATA
};

// The record's data as copied into a message of its own, where there is nothing yet to point to.
Copy copied(unsigned type, const Wire& rdata) {
  Wire wire = with_names();
  const std::size_t at = wire.size();
  wire.pointer(kMail).record(type, 300, rdata).raw("what follows");
  MessageReader reader(wire.octets(), at);
  const auto record = reader.record();
  MessageWriter writer;
  Copy copy{copy_rdata(reader, *record, writer), {}};
  const auto out = writer.take();
  copy.octets.assign(out.begin() + kHeaderOctets, out.end());
  return copy;
}

struct Row {
  std::string what;
  unsigned type;
  Wire sent;
  Wire written;  // without the length in front
};

std::string label_of(const testing::TestParamInfo<Row>& row) { return row.param.what; }

Wire soa_numbers(Wire names) { return names.u32(1).u32(2).u32(3).u32(4).u32(300); }
Wire naptr_head() { return Wire().u16(100).u16(10).raw("\1S").raw("\7SIP+D2U").u8(0); }

class Copied : public testing::TestWithParam<Row> {};

TEST_P(Copied, StandsOnItsOwn) {
  const Copy copy = copied(GetParam().type, GetParam().sent);
  ASSERT_TRUE(copy.ok);
  const Wire& written = GetParam().written;
  EXPECT_EQ(copy.octets, Wire()
                             .u16(static_cast<unsigned>(written.size()))
                             .raw({reinterpret_cast<const char*>(written.octets().data()), written.size()})
                             .octets());
}

INSTANTIATE_TEST_SUITE_P(
    Table, Copied,
    testing::Values(Row{"a", 1, Wire().u32(0xc00c0c0c), Wire().u32(0xc00c0c0c)},
                    Row{"ns", 2, Wire().pointer(kMail), Wire().name("Mail.example")},
                    Row{"cname", 5, Wire().labels("a").pointer(kExample), Wire().name("a.example")},
                    Row{"ptr", 12, Wire().name("b.test"), Wire().name("b.test")},
                    Row{"mx", 15, Wire().u16(10).pointer(kMail), Wire().u16(10).name("Mail.example")},
                    Row{"mx_none", 15, Wire().u16(0).u8(0), Wire().u16(0).u8(0)},
                    Row{"soa", 6, soa_numbers(Wire().labels("ns").pointer(kExample).labels("host").pointer(kExample)),
                        soa_numbers(Wire().name("ns.example").labels("host").pointer(kHeaderOctets + 2 + 3))},
                    Row{"rp", 17, Wire().pointer(kMail).labels("txt").pointer(kExample),
                        Wire().name("Mail.example").name("txt.example")},
                    Row{"afsdb", 18, Wire().u16(1).pointer(kMail), Wire().u16(1).name("Mail.example")},
                    Row{"kx", 36, Wire().u16(1).pointer(kMail), Wire().u16(1).name("Mail.example")},
                    Row{"srv", 33, Wire().u16(1).u16(2).u16(443).pointer(kMail),
                        Wire().u16(1).u16(2).u16(443).name("Mail.example")},
                    Row{"dname", 39, Wire().pointer(kExample), Wire().name("example")},
                    Row{"naptr", 35, naptr_head().pointer(kMail), naptr_head().name("Mail.example")},
                    Row{"naptr_root", 35, naptr_head().u8(0), naptr_head().u8(0)},
                    Row{"txt_like_a_pointer", 16, Wire().raw("\2\xc0\x0c"), Wire().raw("\2\xc0\x0c")},
                    Row{"https", 65, Wire().u16(1).name("a.test").raw("\0\1\0\3\2h2"),
                        Wire().u16(1).name("a.test").raw("\0\1\0\3\2h2")},
                    Row{"unknown_type", 65280, Wire().pointer(kMail), Wire().pointer(kMail)},
                    Row{"unknown_type_empty", 65280, Wire(), Wire()}),
    label_of);

class NotCopied : public testing::TestWithParam<Row> {};

TEST_P(NotCopied, WhatDoesNotFitItsType) { EXPECT_FALSE(copied(GetParam().type, GetParam().sent).ok); }

INSTANTIATE_TEST_SUITE_P(
    Table, NotCopied,
    testing::Values(
        Row{"a_of_three", 1, Wire().raw("abc"), {}}, Row{"a_of_five", 1, Wire().raw("abcde"), {}},
        Row{"a_of_none", 1, {}, {}}, Row{"aaaa_of_four", 28, Wire().u32(1), {}}, Row{"ns_of_none", 2, {}, {}},
        Row{"ns_and_more", 2, Wire().name("a").u8(0), {}},
        Row{"ns_that_runs_into_what_follows", 2, Wire().labels("a"), {}},
        Row{"cname_pointing_forward", 5, Wire().pointer(60), {}},
        Row{"cname_pointing_to_itself", 5, Wire().pointer(41), {}}, Row{"mx_without_name", 15, Wire().u16(10), {}},
        Row{"mx_of_one", 15, Wire().u8(1), {}}, Row{"soa_short", 6, Wire().pointer(kMail).pointer(kMail).u32(1), {}},
        Row{"soa_long", 6, soa_numbers(Wire().pointer(kMail).pointer(kMail)).u8(0), {}},
        Row{"soa_of_one_name", 6, Wire().pointer(kMail), {}}, Row{"rp_of_one_name", 17, Wire().pointer(kMail), {}},
        Row{"srv_short", 33, Wire().u16(1).u16(2), {}}, Row{"naptr_of_none", 35, {}, {}},
        Row{"naptr_without_name", 35, naptr_head(), {}}, Row{"naptr_and_more", 35, naptr_head().u8(0).u8(0), {}},
        Row{"naptr_text_that_runs_over", 35, Wire().u32(1).raw("\x7fS"), {}},
        Row{"naptr_of_two_texts", 35, Wire().u32(1).raw("\1a\1b"), {}}, Row{"svcb_of_none", 64, {}, {}},
        Row{"svcb_without_name", 64, Wire().u16(1), {}}, Row{"svcb_compressed", 64, Wire().u16(1).pointer(kMail), {}},
        Row{"https_compressed", 65, Wire().u16(0).labels("a").pointer(kExample), {}}),
    label_of);

TEST(CopyRdata, CompressesOnlyWhatOldReadersUnderstand) {
  const auto sizes = [](unsigned type, std::size_t before) {
    Wire wire = with_names();
    const std::size_t at = wire.size();
    Wire rdata;
    for (std::size_t i = 0; i < before; ++i) rdata.u8(0);
    wire.pointer(kMail).record(type, 300, rdata.pointer(kMail));
    MessageReader reader(wire.octets(), at);
    MessageWriter writer;
    writer.name(*Name::parse("Mail.example"), MessageWriter::Compress::kYes);
    const std::size_t start = writer.size();
    EXPECT_TRUE(copy_rdata(reader, *reader.record(), writer));
    return writer.size() - start - 2 - before;
  };
  for (const unsigned type : {2U, 5U, 12U}) EXPECT_EQ(sizes(type, 0), 2U) << type;
  EXPECT_EQ(sizes(15, 2), 2U);
  EXPECT_EQ(sizes(39, 0), 14U);  // RFC 3597 §4: only the types of RFC 1035
  EXPECT_EQ(sizes(33, 6), 14U);
  EXPECT_EQ(sizes(18, 2), 14U);
}

// Reads one record of `rdata` and hands it on.
template <class Look>
auto looked_at(unsigned type, std::uint32_t ttl, const Wire& rdata, Look look) {
  Wire wire = with_names();
  const std::size_t at = wire.size();
  wire.pointer(kMail).record(type, ttl, rdata).raw("what follows");
  MessageReader reader(wire.octets(), at);
  const auto record = reader.record();
  return look(reader, *record);
}

TEST(TargetOfAlias, IsOneNameAndNothingMore) {
  const auto target = [](const Wire& rdata) {
    const auto name = looked_at(5, 60, rdata, target_of_alias);
    return name ? name->to_text() : "-";
  };
  EXPECT_EQ(target(Wire().name("b.Test")), "b.Test");
  EXPECT_EQ(target(Wire().labels("www").pointer(kExample)), "www.example");
  EXPECT_EQ(target(Wire().u8(0)), ".");
  EXPECT_EQ(target(Wire()), "-");
  EXPECT_EQ(target(Wire().name("b").u8(0)), "-");
  EXPECT_EQ(target(Wire().labels("b")), "-");
}

TEST(TargetOfSvcb, IsTheTargetNameUnlessItIsTheOwner) {
  const auto target = [](const Wire& rdata) {
    const auto name = looked_at(65, 60, rdata, target_of_svcb);
    return name ? name->to_text() : "-";
  };
  EXPECT_EQ(target(Wire().u16(0).name("Pool.test")), "Pool.test");
  EXPECT_EQ(target(Wire().u16(1).name("a.test").u32(0x00010000)), "a.test");
  EXPECT_EQ(target(Wire().u16(1).u8(0)), "-");
  EXPECT_EQ(target(Wire().u16(1).pointer(kMail)), "-");
  EXPECT_EQ(target(Wire().u8(1)), "-");
}

TEST(CoveredByRrsig, IsTheTypeThatWasSigned) {
  EXPECT_EQ(looked_at(46, 60, Wire().u16(50).u16(0), covered_by_rrsig), Type::kNsec3);
  EXPECT_FALSE(looked_at(46, 60, Wire().u8(0), covered_by_rrsig));
  EXPECT_FALSE(looked_at(16, 60, Wire().u16(50).u16(0), covered_by_rrsig));
}

TEST(NegativeTtl, IsTheLesserOfTtlAndMinimum) {
  const Wire rdata = soa_numbers(Wire().pointer(kMail).pointer(kMail));
  EXPECT_EQ(looked_at(6, 900, rdata, negative_ttl_of_soa), 300U);
  EXPECT_EQ(looked_at(6, 60, rdata, negative_ttl_of_soa), 60U);
  EXPECT_FALSE(looked_at(6, 60, Wire().raw(std::string(19, 'x')), negative_ttl_of_soa));
}

}  // namespace
}  // namespace schoolgate::dns

#include "dns/message_reader.h"

#include "tests/support/wire.h"

namespace schoolgate::dns {
namespace {

using support::Wire;

// What a name at `at` reads as; "-" when it does not.
std::string name_at(const Wire& wire, std::size_t at) {
  MessageReader reader(wire.octets(), at);
  const auto name = reader.name();
  return name ? name->to_text() : "-";
}

Wire header() { return Wire(0x8180, {1, 1, 0, 0}); }

TEST(MessageReader, ReadsNumbersInNetworkOrderAndNoFurtherThanTheEnd) {
  const Wire wire = Wire().u16(0x0102).u32(0x03040506).u8(7);
  MessageReader reader(wire.octets());
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_EQ(reader.u32(), 0x03040506U);
  EXPECT_EQ(reader.offset(), 6U);
  EXPECT_FALSE(reader.u16());
  EXPECT_FALSE(reader.u32());
  EXPECT_FALSE(reader.skip(2));
  EXPECT_TRUE(reader.skip(1));
  EXPECT_TRUE(reader.skip(0));
  EXPECT_FALSE(reader.name());
  EXPECT_FALSE(reader.record());
  EXPECT_EQ(reader.offset(), wire.size());
}

TEST(MessageReader, ReadsNothingFromNothing) {
  MessageReader reader({});
  EXPECT_FALSE(reader.u16());
  EXPECT_FALSE(reader.u32());
  EXPECT_FALSE(reader.name());
  EXPECT_FALSE(reader.uncompressed_name());
  EXPECT_FALSE(reader.record());
  EXPECT_FALSE(reader.skip(1));
}

TEST(MessageReader, FollowsPointersBackwards) {
  Wire wire = header().name("www.Example.com");  // at 12; example at 16
  const std::size_t first = wire.size();
  wire.labels("mail").pointer(16);
  const std::size_t second = wire.size();
  wire.labels("a").pointer(first);
  const std::size_t third = wire.size();
  wire.pointer(second).u16(0xbeef);
  EXPECT_EQ(name_at(wire, 12), "www.Example.com");
  EXPECT_EQ(name_at(wire, first), "mail.Example.com");
  EXPECT_EQ(name_at(wire, second), "a.mail.Example.com");
  MessageReader reader(wire.octets(), third);
  EXPECT_EQ(reader.name()->to_text(), "a.mail.Example.com");
  EXPECT_EQ(reader.u16(), 0xbeef);  // goes on behind the pointer
}

TEST(MessageReader, RefusesPointersWhereNoneMayBe) {
  const Wire wire = header().name("example").labels("www").pointer(12);
  MessageReader reader(wire.octets(), 12);
  EXPECT_EQ(reader.uncompressed_name()->to_text(), "example");
  EXPECT_FALSE(reader.uncompressed_name());
  EXPECT_EQ(reader.name()->to_text(), "www.example");
}

// `count` pointers, each to the one before, the first of them to a name.
Wire pointer_chain(unsigned count) {
  Wire wire = header().name("a");
  for (unsigned i = 0; i < count; ++i) wire = wire.pointer(static_cast<std::uint16_t>(i == 0 ? 12 : 15 + 2 * (i - 1)));
  return wire;
}

TEST(MessageReader, FollowsAsManyPointersAsANameCanHaveLabels) {
  EXPECT_EQ(name_at(pointer_chain(127), 15 + 2 * 126), "a");
  EXPECT_EQ(name_at(pointer_chain(128), 15 + 2 * 127), "-");
}

struct PointerRow {
  std::string what;
  Wire wire;
  std::size_t at = 12;
};

class WrongPointer : public testing::TestWithParam<PointerRow> {};

TEST_P(WrongPointer, EndsTheRead) { EXPECT_EQ(name_at(GetParam().wire, GetParam().at), "-"); }

INSTANTIATE_TEST_SUITE_P(
    Table, WrongPointer,
    testing::Values(PointerRow{"to itself", header().pointer(12)},
                    PointerRow{"to its own name's start", header().labels("a").pointer(12)},
                    PointerRow{"into its own name", header().labels("a.b").pointer(14)},
                    PointerRow{"to each other", header().pointer(14).pointer(12), 14},
                    PointerRow{"forward", header().pointer(16).u16(0).name("example")},
                    PointerRow{"into the header", header().pointer(4)},
                    PointerRow{"to the header's last octet", header().name("a").pointer(11), 15},
                    PointerRow{"to the message's end", header().pointer(14)},
                    PointerRow{"far past the end", header().pointer(0x3fff)},
                    PointerRow{"cut in half", header().u8(0xc0)},
                    PointerRow{"to one that points to itself", header().pointer(12).pointer(12), 14},
                    PointerRow{"to two that point to each other", header().pointer(14).pointer(12).pointer(12), 16},
                    PointerRow{"back, then forward again", header().labels("a").pointer(20).u32(0).pointer(12), 20},
                    PointerRow{"back into labels that run on into it", header().labels("a").pointer(12), 14}),
    [](const auto& row) {
      std::string name = row.param.what;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
      return name;
    });

TEST(MessageReader, RefusesLabelTypesOfOldAndLabelsThatRunOut) {
  EXPECT_EQ(name_at(header().u8(0x40).raw(std::string(64, 'a')).u8(0), 12), "-");
  EXPECT_EQ(name_at(header().u8(0x41).raw(std::string("\x08\x00\x00\x00", 4)), 12), "-");
  EXPECT_EQ(name_at(header().u8(0x80).raw(std::string(128, 'a')).u8(0), 12), "-");
  EXPECT_EQ(name_at(header().u8(0xbf).raw(std::string(200, 'a')).u8(0), 12), "-");
  EXPECT_EQ(name_at(header().labels("www"), 12), "-");
  EXPECT_EQ(name_at(header().u8(5).raw("al"), 12), "-");
  EXPECT_EQ(name_at(header().u8(63), 12), "-");
}

TEST(MessageReader, CountsTheOctetsOfANameAcrossPointers) {
  Wire wire = header();
  for (int i = 0; i < 3; ++i) wire.u8(63).raw(std::string(63, 'a'));
  wire.u8(57).raw(std::string(57, 'b')).u8(0);  // 251 octets
  const std::size_t most = wire.size();
  wire.labels("abc").pointer(12);
  const std::size_t over = wire.size();
  wire.labels("abcd").pointer(12);
  MessageReader reader(wire.octets(), most);
  EXPECT_EQ(reader.name()->size(), 255U);
  EXPECT_EQ(name_at(wire, over), "-");
}

TEST(MessageReader, ReadsARecord) {
  Wire wire = header().question("Example.com");
  const std::size_t at = wire.size();
  wire.labels("www").pointer(12).record(16, 3, 0x80000001, Wire().raw("\3abc")).u8(9);
  MessageReader reader(wire.octets(), at);
  const auto record = reader.record();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->owner.to_text(), "www.Example.com");
  EXPECT_EQ(record->type, Type::kTxt);
  EXPECT_EQ(record->rclass, Class::kChaos);
  EXPECT_EQ(record->ttl, 0x80000001U);
  EXPECT_EQ(record->rdata_size, 4U);
  EXPECT_EQ(reader.message()[record->rdata], 3);
  EXPECT_EQ(reader.offset(), wire.size() - 1);
}

TEST(MessageReader, RefusesARecordThatIsCutAnywhere) {
  const Wire wire = header().name("a").record(1, 60, Wire().u32(0x7f000001));
  for (std::size_t size = 12; size < wire.size(); ++size) {
    MessageReader reader(std::span(wire.octets()).first(size), 12);
    EXPECT_FALSE(reader.record()) << size;
  }
  MessageReader reader(wire.octets(), 12);
  EXPECT_TRUE(reader.record());
}

}  // namespace
}  // namespace schoolgate::dns

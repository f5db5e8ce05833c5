#include "dns/message_writer.h"

#include <random>

#include "dns/message_reader.h"
#include "dns/wire.h"
#include "tests/support/message.h"
#include "tests/support/wire.h"

namespace schoolgate::dns {
namespace {

constexpr auto kYes = MessageWriter::Compress::kYes;
constexpr auto kNo = MessageWriter::Compress::kNo;

Name named(std::string_view text) { return *Name::parse(text); }

// What follows the header, as text.
std::string body(MessageWriter& writer) {
  const auto wire = writer.take();
  return {wire.begin() + kHeaderOctets, wire.end()};
}

TEST(MessageWriter, WritesNumbersAndOctetsBehindAnEmptyHeader) {
  MessageWriter writer;
  EXPECT_EQ(writer.size(), kHeaderOctets);
  writer.u16(0x0102);
  writer.u32(0x03040506);
  writer.octets(std::vector<std::uint8_t>{7, 8});
  writer.set_u16(4, 1);
  const auto wire = writer.take();
  EXPECT_EQ(wire, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(MessageWriter, PointsToTheLongestSuffixWritten) {
  MessageWriter writer;
  writer.name(named("www.example.com"), kYes);  // at 12; example at 16, com at 24
  writer.name(named("www.example.com"), kYes);
  writer.name(named("mail.example.com"), kYes);
  writer.name(named("com"), kYes);
  writer.name(named("example.org"), kYes);
  writer.name(Name(), kYes);
  EXPECT_EQ(body(writer), std::string("\3www\7example\3com\0\xc0\x0c\4mail\xc0\x10\xc0\x18\7example\3org\0\0", 42));
}

TEST(MessageWriter, KeepsEveryNamesCase) {
  MessageWriter writer;
  writer.name(named("example.COM"), kYes);
  writer.name(named("example.com"), kYes);
  EXPECT_EQ(body(writer), std::string("\7example\3COM\0\7example\3com\0", 26));
}

TEST(MessageWriter, WritesWholeWhereAskedYetMayPointThere) {
  MessageWriter writer;
  writer.name(named("a.example"), kNo);
  writer.name(named("a.example"), kNo);
  writer.name(named("b.example"), kYes);
  EXPECT_EQ(body(writer), std::string("\1a\7example\0\1a\7example\0\1b\xc0\x0e", 26));
}

TEST(MessageWriter, TellsLabelsFromDotsInThem) {
  MessageWriter writer;
  writer.name(named("a.b"), kYes);
  writer.name(named("a\\.b"), kYes);
  writer.name(named("x.a\\001b"), kYes);
  EXPECT_EQ(body(writer), std::string("\1a\1b\0\3a.b\0\1x\3a\1b\0", 17));
}

TEST(MessageWriter, NeverPointsFurtherThanAPointerReaches) {
  MessageWriter writer;
  writer.octets(std::vector<std::uint8_t>(0x4000 - kHeaderOctets - 4));
  writer.name(named("abc.example"), kYes);  // at 0x3ffc; example begins at 0x4000
  writer.name(named("abc.example"), kYes);
  writer.name(named("x.example"), kYes);
  const auto wire = writer.take();
  EXPECT_EQ((std::vector<std::uint8_t>(wire.begin() + 0x3ffc, wire.end())),
            support::Wire().name("abc.example").pointer(0x3ffc).name("x.example").octets());
}

Name random_name(std::mt19937& random) {
  static constexpr std::string_view kLabels[] = {"a", "b", "A", "example", "www", "a.b", "com", "xn--bcher-kva"};
  Name name;
  for (auto labels = random() % 9; labels > 0; --labels) {
    if (auto longer = name.with_prefix(random() % 20 == 0 ? std::string(1 + random() % 63, 'z')
                                                          : std::string(kLabels[random() % std::size(kLabels)]))) {
      name = *longer;
    }
  }
  return name;
}

// Whatever was written, in whatever order, reads back the same.
TEST(MessageWriter, ReadsBackAsWritten) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    MessageWriter writer;
    std::vector<Name> names;
    const auto count = 1 + random() % 200;
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back(random_name(random));
      writer.name(names.back(), random() % 4 == 0 ? kNo : kYes);
      writer.u16(0xc00c);  // what follows a name must not be taken for a part of it
    }
    const auto wire = writer.take();
    MessageReader reader(wire, kHeaderOctets);
    for (const Name& name : names) {
      ASSERT_EQ(reader.name(), name);
      ASSERT_EQ(reader.u16(), 0xc00c);
    }
    ASSERT_EQ(reader.offset(), wire.size());
  }
}

TEST(BuildQuery, IsOneQuestionAndAnOpt) {
  const auto wire = build_query(0xabcd, named("wWw.eXample"), Type::kHttps, false, false);
  EXPECT_TRUE(support::is_whole_message(wire));
  const auto seen = support::Message::read(wire);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->id, 0xabcd);
  EXPECT_EQ(seen->flags, support::Message::kRd);
  EXPECT_EQ(seen->question, (support::Message::Question{"wWw.eXample", "HTTPS", "IN"}));
  ASSERT_TRUE(seen->opt);
  EXPECT_EQ(seen->opt->udp_size, 1232);
  EXPECT_FALSE(seen->opt->dnssec_ok);
  EXPECT_TRUE(seen->answer.empty() && seen->authority.empty() && seen->additional.empty());
}

TEST(BuildQuery, PassesOnDoAndCd) {
  const auto seen = support::Message::read(build_query(0, Name(), Type::kNs, true, true));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->flags, support::Message::kRd | support::Message::kCd);
  EXPECT_TRUE(seen->opt->dnssec_ok);
  EXPECT_EQ(seen->question, (support::Message::Question{".", "NS", "IN"}));
}

}  // namespace
}  // namespace schoolgate::dns

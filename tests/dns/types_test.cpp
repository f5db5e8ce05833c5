#include "dns/types.h"

namespace schoolgate::dns {
namespace {

struct TypeRow {
  std::uint16_t number;
  std::string text;
};

class TypeText : public testing::TestWithParam<TypeRow> {};

TEST_P(TypeText, PrintsAndParses) {
  const auto type = static_cast<Type>(GetParam().number);
  EXPECT_EQ(to_text(type), GetParam().text);
  EXPECT_EQ(parse_type(GetParam().text), type);
  EXPECT_EQ(parse_type("TYPE" + std::to_string(GetParam().number)), type);
}

INSTANTIATE_TEST_SUITE_P(Table, TypeText,
                         testing::Values(TypeRow{1, "A"}, TypeRow{2, "NS"}, TypeRow{5, "CNAME"}, TypeRow{6, "SOA"},
                                         TypeRow{12, "PTR"}, TypeRow{15, "MX"}, TypeRow{16, "TXT"}, TypeRow{28, "AAAA"},
                                         TypeRow{33, "SRV"}, TypeRow{39, "DNAME"}, TypeRow{41, "OPT"},
                                         TypeRow{43, "DS"}, TypeRow{46, "RRSIG"}, TypeRow{50, "NSEC3"},
                                         TypeRow{64, "SVCB"}, TypeRow{65, "HTTPS"}, TypeRow{252, "AXFR"},
                                         TypeRow{255, "ANY"}, TypeRow{0, "TYPE0"}, TypeRow{65280, "TYPE65280"},
                                         TypeRow{65535, "TYPE65535"}));

TEST(TypeText, TakesAnyCaseAndNothingElse) {
  EXPECT_EQ(parse_type("aaaa"), Type::kAaaa);
  EXPECT_EQ(parse_type("Https"), Type::kHttps);
  EXPECT_EQ(parse_type("type65"), Type::kHttps);
  for (const char* text : {"", "AA", "TYPE", "TYPE65536", "TYPE-1", "TYPE+1", "TYPE1 ", " A", "1", "TYPE0x1", "A\t"}) {
    EXPECT_FALSE(parse_type(text)) << text;
  }
}

TEST(RcodeText, HasTheNamesOfTheRegistry) {
  EXPECT_EQ(to_text(Rcode::kNoError), "NOERROR");
  EXPECT_EQ(to_text(Rcode::kFormErr), "FORMERR");
  EXPECT_EQ(to_text(Rcode::kServFail), "SERVFAIL");
  EXPECT_EQ(to_text(Rcode::kNxDomain), "NXDOMAIN");
  EXPECT_EQ(to_text(Rcode::kNotImp), "NOTIMP");
  EXPECT_EQ(to_text(Rcode::kRefused), "REFUSED");
  EXPECT_EQ(to_text(Rcode::kBadVers), "BADVERS");
  EXPECT_EQ(to_text(static_cast<Rcode>(11)), "RCODE11");
}

TEST(ClassText, HasTheNamesOfTheRegistry) {
  EXPECT_EQ(to_text(Class::kIn), "IN");
  EXPECT_EQ(to_text(Class::kChaos), "CH");
  EXPECT_EQ(to_text(Class::kHesiod), "HS");
  EXPECT_EQ(to_text(Class::kNone), "NONE");
  EXPECT_EQ(to_text(Class::kAny), "ANY");
  EXPECT_EQ(to_text(static_cast<Class>(1232)), "CLASS1232");
}

}  // namespace
}  // namespace schoolgate::dns

#include "resolver/special_names.h"

#include <gtest/gtest.h>

namespace schoolgate::resolver {
namespace {

dns::Query question(std::string_view name, dns::Type qtype = dns::Type::kA) {
  dns::Query query;
  query.flags = 0x0100;  // RD
  query.qname = dns::Name::parse(name).value();
  query.lower_qname = query.qname.lowered();
  query.qtype = qtype;
  query.qclass = dns::Class::kIn;
  query.has_question = true;
  return query;
}

struct NameCase {
  const char* name;
  std::optional<LocalAnswer> answer;
};

class SpecialNames : public testing::TestWithParam<NameCase> {};

TEST_P(SpecialNames, AreAnsweredHere) {
  EXPECT_EQ(local_answer(question(GetParam().name)), GetParam().answer) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SpecialNames,
    testing::Values(NameCase{"localhost", LocalAnswer::kLoopback}, NameCase{"LOCALHOST", LocalAnswer::kLoopback},
                    NameCase{"www.localhost", LocalAnswer::kLoopback}, NameCase{"invalid", LocalAnswer::kNxDomain},
                    NameCase{"a.b.invalid", LocalAnswer::kNxDomain},
                    NameCase{"duckduckgogg42.onion", LocalAnswer::kNxDomain}, NameCase{"x.alt", LocalAnswer::kNxDomain},
                    NameCase{"_dns.resolver.arpa", LocalAnswer::kNoData},
                    NameCase{"resolver.arpa", LocalAnswer::kNoData},
                    // Neighbours in spelling are ordinary names.
                    NameCase{"notlocalhost", std::nullopt}, NameCase{"localhost.example", std::nullopt},
                    NameCase{"arpa", std::nullopt}, NameCase{"notresolver.arpa", std::nullopt},
                    NameCase{"in-addr.arpa", std::nullopt}, NameCase{"onion.example", std::nullopt},
                    NameCase{".", std::nullopt}, NameCase{"salt", std::nullopt}));

struct TypeCase {
  unsigned qtype;
  std::optional<dns::Rcode> rcode;
};

class TurnedAway : public testing::TestWithParam<TypeCase> {};

TEST_P(TurnedAway, ByType) {
  const auto query = question("www.example.com", static_cast<dns::Type>(GetParam().qtype));
  EXPECT_EQ(refusal(query), GetParam().rcode) << GetParam().qtype;
}

INSTANTIATE_TEST_SUITE_P(Table, TurnedAway,
                         testing::Values(TypeCase{0, dns::Rcode::kFormErr}, TypeCase{41, dns::Rcode::kFormErr},
                                         TypeCase{128, dns::Rcode::kFormErr}, TypeCase{249, dns::Rcode::kRefused},
                                         TypeCase{250, dns::Rcode::kRefused}, TypeCase{251, dns::Rcode::kRefused},
                                         TypeCase{252, dns::Rcode::kRefused}, TypeCase{253, dns::Rcode::kNotImp},
                                         TypeCase{254, dns::Rcode::kNotImp}, TypeCase{65535, dns::Rcode::kRefused},
                                         TypeCase{1, std::nullopt}, TypeCase{28, std::nullopt},
                                         TypeCase{65, std::nullopt}, TypeCase{255, std::nullopt},
                                         TypeCase{65280, std::nullopt}));

TEST(TurnedAway, WhoeverAsksWithoutRecursionDesired) {
  auto query = question("www.example.com");
  query.flags = 0;
  EXPECT_EQ(refusal(query), dns::Rcode::kRefused);
}

TEST(TurnedAway, EveryClassButInternet) {
  for (const auto qclass : {dns::Class::kChaos, dns::Class::kHesiod, dns::Class::kNone, dns::Class::kAny, dns::Class{0},
                            dns::Class{4711}}) {
    auto query = question("version.bind", dns::Type{16});
    query.qclass = qclass;
    EXPECT_EQ(refusal(query), dns::Rcode::kRefused) << static_cast<unsigned>(qclass);
  }
}

}  // namespace
}  // namespace schoolgate::resolver

#include "filter/patterns/name_text.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

TEST(NameText, IsTheNamesOwnTextButForADotInsideALabel) {
  const std::string worst = std::string(63, '\0');  // four characters an octet
  dns::Name widest;
  for (const std::size_t size : {61u, 63u, 63u, 63u}) widest = widest.with_prefix(worst.substr(0, size)).value();
  ASSERT_EQ(widest.size(), dns::Name::kMaxWireOctets);
  for (const dns::Name& one :
       {name("org"), name("www.example.org"), name("a-b\\\\\\\".x"), name("\\000\\031\\127\\255 y.z"), widest}) {
    EXPECT_EQ(NameText(one).view(), one.to_text());
  }
}

TEST(NameText, ADotIsTheEdgeOfALabel) { EXPECT_EQ(NameText(name("a\\.b.c")).view(), "a\\046b.c"); }

TEST(NameText, TheRootHasNone) { EXPECT_EQ(NameText(dns::Name()).view(), ""); }

}  // namespace
}  // namespace schoolgate::filter

#include "filter/trie/domain_key.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

dns::Name longest_name() {  // 127 labels of one octet
  dns::Name longest;
  while (const auto longer = longest.with_prefix("x")) longest = *longer;
  return longest;
}

TEST(DomainKey, LabelsFromTheRight) {
  EXPECT_EQ(DomainKey(name("www.example.org")).text(), "\3org\7example\3www");
  EXPECT_EQ(DomainKey(dns::Name()).text(), "");
  EXPECT_EQ(DomainKey(name("a\\.b.c")).text(), "\1c\3a.b");
}

TEST(DomainKey, AnAncestorIsAPrefix) {
  struct Case {
    const char* above;
    const char* below;
    bool is_prefix;
  };
  const Case cases[] = {
      {"bad.example", "www.bad.example", true},
      {"bad.example", "notbad.example", false},
      {"bad.example", "bad.example", true},
      {"example", "bad.example", true},
      {".", "example", true},
      {"d.example", "bad.example", false},
      {"b.example", "a\\.b.example", false},
      {"bad.example", "example", false},
      {"\\000.example", "a.\\000.example", true},
      {"\\003org.x", "org.x", false},
  };
  for (const Case& one : cases) {
    const DomainKey above(name(one.above));
    EXPECT_EQ(DomainKey(name(one.below)).text().starts_with(above.text()), one.is_prefix)
        << one.above << " and " << one.below;
    EXPECT_EQ(name(one.below).is_at_or_below(name(one.above)), one.is_prefix);
  }
}

TEST(DomainKey, GoesUpLabelByLabel) {
  const DomainKey key(name("www.example.org"));
  auto at = DomainKey::above(key.text());
  ASSERT_EQ(at, "\3org\7example");
  at = DomainKey::above(*at);
  ASSERT_EQ(at, "\3org");
  at = DomainKey::above(*at);
  ASSERT_EQ(at, "");
  EXPECT_EQ(DomainKey::above(*at), std::nullopt);
}

TEST(DomainKey, ComesBackAsTheName) {
  const std::string longest_label(63, 'z');
  for (const dns::Name& one : {dns::Name(), name("org"), name("www.example.org"), name("a\\.b.\\000\\255.c"),
                               name(longest_label + "." + longest_label + ".org"), longest_name()}) {
    EXPECT_EQ(name_of_key(DomainKey(one).text()), one) << one.to_text();
  }
  EXPECT_EQ(longest_name().label_count(), dns::Name::kMaxLabels);
}

TEST(DomainKey, OctetsThatAreNoKey) {
  using namespace std::string_literals;
  for (const std::string& octets :
       {"\3or"s, "\0"s, "\3org\0"s, "\100"s + std::string(64, 'a'), std::string(255, '\1')}) {
    EXPECT_EQ(name_of_key(octets), std::nullopt);
  }
}

}  // namespace
}  // namespace schoolgate::filter

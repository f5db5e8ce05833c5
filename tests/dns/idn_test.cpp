#include "dns/idn.h"

namespace schoolgate::dns {
namespace {

struct Row {
  std::string name;
  std::string a_labels;
};

TEST(Idn, WritesANameAsDnsHasIt) {
  const std::vector<Row> table = {
      {"bücher.example", "xn--bcher-kva.example"},
      {"BÜCHER.Example.", "xn--bcher-kva.example."},
      {"bu\u0308cher.example", "xn--bcher-kva.example"},  // the same letters, decomposed
      {"www.bücher.example", "www.xn--bcher-kva.example"},
      {"_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"},
      {"xn--bcher-kva.bücher", "xn--bcher-kva.xn--bcher-kva"},
      {"faß.example", "xn--fa-hia.example"},      // IDNA2003, and transitional: "fass"
      {"βόλος.example", "xn--nxasmm1c.example"},  // likewise, of the final sigma
      {"ΒΌΛΟΣ.example", "xn--nxasmq6b.example"},
      {"日本語。jp", "xn--wgv71a119e.jp"},
      {"ＥＸＡＭＰＬＥ.org", "example.org"},
      {"ﬁ.example", "fi.example"},
      {"exam\u00adple.org", "example.org"},  // a soft hyphen, which nobody sees
      {"א1.example", "xn--1-zhc.example"},
      {"example.org", "example.org"},
  };
  for (const Row& row : table) {
    const auto a_labels = to_a_labels(row.name);
    ASSERT_TRUE(a_labels) << row.name << " " << a_labels.error().message();
    EXPECT_EQ(*a_labels, row.a_labels) << row.name;
  }
}

// What only looks like a name is not hidden by the mapping: the caller sees the octets that no name has.
TEST(Idn, LeavesToTheCallerWhatNoNameHas) {
  const std::vector<Row> table = {
      {"bücher.example/path", "xn--bcher-kva.example/path"},
      {"*.bücher.example", "*.xn--bcher-kva.example"},
      {"℀.example", "a/c.example"},
      {"１９２.０.２.１", "192.0.2.1"},
      {"bücher..example", "xn--bcher-kva..example"},
      {"\u00ad.example", ".example"},
      {"\u3000example.org", " example.org"},
  };
  for (const Row& row : table) EXPECT_EQ(to_a_labels(row.name).value_or("none"), row.a_labels) << row.name;
}

TEST(Idn, SaysWhyItIsNone) {
  std::string long_label;
  for (int i = 0; i < 70; ++i) long_label += "ü";
  const std::string label = "xn--bcher-kva." + std::string(60, 'a') + ".";
  const std::string no_name = "its characters beyond ASCII make no international name";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"b\xfc"
       "cher.example",  // Latin-1
       "it is not UTF-8"},
      {"\xc3", "it is not UTF-8"},
      {"\xed\xa0\x80.example", "it is not UTF-8"},  // half of a pair of UTF-16
      {"\xc0\xae.example", "it is not UTF-8"},      // a dot in one octet too many
      {std::string("b\xc3\xbc\0x.example", 12), "there is a NUL in it"},
      {long_label + ".example", "a label is longer than 63 octets"},
      {std::string(64, 'a') + ".ü", "a label is longer than 63 octets"},
      {label + label + label + label + "ü", "longer than 255 octets"},
      {std::string(5000, 'a') + ".ü", "longer than 255 octets"},
      {"aא.example", "it mixes letters of both directions"},
      {"-ü.example", no_name},
      {"ü-.example", no_name},
      {"ab--ü.example", no_name},
      {"\u0308a.example", no_name},
      {"a\u200db.example", no_name},
      {"ü.xn--a", no_name},
      {"\U0001f4a9.example", no_name},  // IDNA2008 has no emoji, though some registries sell them
      {"ü \\.example", no_name},
  };
  for (const auto& [name, why] : table) {
    const auto a_labels = to_a_labels(name);
    ASSERT_FALSE(a_labels) << name << " gave " << *a_labels;
    EXPECT_EQ(a_labels.error().message(), "is not a domain name: " + why) << name;
  }
}

}  // namespace
}  // namespace schoolgate::dns

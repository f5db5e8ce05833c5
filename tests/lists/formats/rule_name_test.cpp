#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

TEST(RuleName, TakesHostNames) {
  for (const char* word : {"example.org", "Example.ORG.", "xn--bcher-kva.example", "_dmarc.example.org", "1.example",
                           "192.0.2.1.example", "-.example", "org"}) {
    EXPECT_TRUE(parse_rule_name(word)) << word;
  }
  EXPECT_EQ(parse_rule_name("WWW.Example.org.")->to_text(), "WWW.Example.org");
}

TEST(RuleName, TakesInternationalNames) {
  for (const char* word : {"bücher.example", "BÜCHER.example.", "xn--bcher-kva.example"}) {
    const auto name = parse_rule_name(word);
    ASSERT_TRUE(name) << word << " " << name.error().message();
    EXPECT_EQ(name->to_text(), "xn--bcher-kva.example");
  }
}

struct Rejection {
  std::string word;
  std::string reason;  // how it begins
};

TEST(RuleName, SaysWhyAWordIsNone) {
  const std::string label(63, 'a');
  const std::vector<Rejection> table = {
      {"example.org/path", "not enforceable by DNS: has a path"},
      {"example.org/", "not enforceable by DNS: has a path"},
      {"https://example.org/path", "not enforceable by DNS: has a path"},
      {"https://example.org", "not enforceable by DNS: is a URL"},
      {"example.org:8080", "not enforceable by DNS: has a port"},
      {"192.0.2.1", "an address, not a name"},
      {"2001:db8::1", "an address, not a name"},
      {"[2001:db8::1]", "an address, not a name"},
      {"example.org:8080/path", "not enforceable by DNS: has a port"},
      {"https://example.org/", "not enforceable by DNS: has a path"},
      {"address=/example.org/", "no name has a '='"},
      {"2001:db8::/32", "a range of addresses, not a name"},
      {"192.0.2.0/24", "a range of addresses, not a name"},
      {"192.0.2.999", "ends in a number"},
      {"example.42", "ends in a number"},
      {"b\xfc"
       "cher.example",
       "is not a domain name: it is not UTF-8"},
      {"-bücher.example", "is not a domain name: its characters beyond ASCII make no international name"},
      {"aא.example", "is not a domain name: it mixes letters of both directions"},
      {"bücher.example/path", "not enforceable by DNS: has a path"},
      {"https://bücher.example", "not enforceable by DNS: is a URL"},
      {"bücher.example:8080", "not enforceable by DNS: has a port"},
      {"℀.example", "not enforceable by DNS: has a path"},  // a/c
      {"１９２.0.２.1", "an address, not a name"},
      {"bücher..example", "is not a domain name: a label is empty"},
      {"\u00ad", "is not a domain name: it is empty"},
      {"。", "covers every name there is"},
      {"ads*.example", "a wildcard is understood only as a leading '*.'"},
      {"||example.org^", "looks like an ad blocker's rule"},
      {"user@example.org", "looks like an ad blocker's rule"},
      {"exa\x1b[31m.org", "has a control character"},
      {"example.org,", "no name has a ','"},
      {"a:b", "no name has a ':'"},
      {"a..example", "is not a domain name: a label is empty"},
      {"", "is not a domain name: it is empty"},
      {".", "covers every name there is"},
      {"a" + label + ".example", "is not a domain name: a label is longer than 63 octets"},
      {label + "." + label + "." + label + "." + label,
       "is not a domain name: longer than 255"},  // 256 octets of wire form
  };
  for (const Rejection& row : table) {
    const auto name = parse_rule_name(row.word);
    ASSERT_FALSE(name) << row.word;
    EXPECT_TRUE(name.error().message().starts_with(row.reason)) << row.word << ": " << name.error().message();
  }
  EXPECT_TRUE(parse_rule_name(label + ".example"));
}

TEST(RuleName, KnowsTheHostsFilesOwnNames) {
  for (const char* word : {"localhost", "LocalHost", "localhost.localdomain", "broadcasthost", "BroadcastHost", "local",
                           "LOCAL", "ip6-allnodes", "IP6-loopback", "0.0.0.0"}) {
    EXPECT_TRUE(is_local_name(word)) << word;
  }
  for (const char* word : {"localhost.example", "ip6-ads.example", "localhos", "", "ip6"}) {
    EXPECT_FALSE(is_local_name(word)) << word;
  }
}

TEST(RuleName, KnowsTheAddressesThatAnswerNobody) {
  for (const char* address : {"0.0.0.0", "::", "127.0.0.1", "127.0.53.53", "::1", "0:0:0:0:0:0:0:0"}) {
    EXPECT_TRUE(is_nowhere(address)) << address;
  }
  for (const char* other : {"", "0.0.0.1", "192.0.2.7", "::2", "127.0.0.1#53", "0", "localhost", "128.0.0.1"}) {
    EXPECT_FALSE(is_nowhere(other)) << other;
  }
}

}  // namespace
}  // namespace schoolgate::lists

#include "policy/written_name.h"

#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

TEST(WrittenName, Patterns) {
  struct Row {
    const char* written;
    const char* name;
    NameReach reach;
  };
  const std::vector<Row> table = {
      {"example.org", "example.org", NameReach::kBoth},
      {"*.example.org", "example.org", NameReach::kSubdomains},
      {"=example.org", "example.org", NameReach::kExact},
      {"WWW.Example.ORG.", "www.example.org", NameReach::kBoth},
      {"*.EXAMPLE.org.", "example.org", NameReach::kSubdomains},
      {"xn--mnchen-3ya.example", "xn--mnchen-3ya.example", NameReach::kBoth},
      {"MÜNCHEN.example", "xn--mnchen-3ya.example", NameReach::kBoth},
      {"*.münchen.example.", "xn--mnchen-3ya.example", NameReach::kSubdomains},
      {"=münchen.example", "xn--mnchen-3ya.example", NameReach::kExact},
      {"_dmarc.a-b.1.example", "_dmarc.a-b.1.example", NameReach::kBoth},
      {"org", "org", NameReach::kBoth},
      {"*.org", "org", NameReach::kSubdomains},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.written);
    const auto pattern = parse_name_pattern(row.written);
    ASSERT_TRUE(pattern) << pattern.error().message();
    EXPECT_EQ(pattern->name.to_text(), row.name);
    EXPECT_EQ(pattern->reach, row.reach);
  }
}

TEST(WrittenName, RefusedPatterns) {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "a name is empty; write one as in 'example.org'"},
      {"*.", "a name is empty; write one as in 'example.org'"},
      {"=", "a name is empty; write one as in 'example.org'"},
      {".", "'.' is every name; that is what 'otherwise' is for"},
      {"*", "'*': '*' may stand in front only, as in '*.example.org'"},
      {"www.*.example", "'www.*.example': '*' may stand in front only, as in '*.example.org'"},
      {"*ads.example", "'*ads.example': '*' may stand in front only, as in '*.example.org'"},
      {"=*.example", "'=*.example': '*' may stand in front only, as in '*.example.org'"},
      {"https://www.Example.org/a?b#c",
       "'https://www.Example.org/a?b#c' is more than a domain name; write 'www.example.org'"},
      {"example.org/path", "'example.org/path' is more than a domain name; write 'example.org'"},
      {"example.org:8080", "'example.org:8080' is more than a domain name; write 'example.org'"},
      {"someone@example.org", "'someone@example.org' is more than a domain name; write 'example.org'"},
      {" example.org", "' example.org' is more than a domain name; write 'example.org'"},
      {"10.0.0.1", "'10.0.0.1' is an address, and should be a domain name"},
      {"2001:db8::1", "'2001:db8::1' is an address, and should be a domain name"},
      {"b\xfc.example", "'b\xfc.example' is not a domain name: it is not UTF-8"},
      {"ü-.example", "'ü-.example' is not a domain name: its characters beyond ASCII make no international name"},
      {"https://www.bücher.example/a",
       "'https://www.bücher.example/a' is more than a domain name; write 'www.xn--bcher-kva.example'"},
      {"１９２.0.２.1", "'１９２.0.２.1' is an address, and should be a domain name"},
      {"。", "'.' is every name; that is what 'otherwise' is for"},
      {"\u00ad", "a name is empty; write one as in 'example.org'"},
      {"exam ple.org", "'exam ple.org' is not a domain name: ' ' does not belong in one"},
      {"a\\046b.org", "'a\\046b.org' is not a domain name: '\\' does not belong in one"},
      {"a\x1b[31m.org", "'a\\027[31m.org' is not a domain name: '\\027' does not belong in one"},
      {"a\0b.org"s, "'a\\000b.org' is not a domain name: '\\000' does not belong in one"},
      {"a..b", "'a..b' is not a domain name: a label is empty"},
      {".example.org", "'.example.org' is not a domain name: a label is empty"},
      {std::string(64, 'a') + ".org",
       "'" + std::string(64, 'a') + ".org' is not a domain name: a label is longer than 63 octets"},
  };
  for (const auto& [written, message] : table) {
    SCOPED_TRACE(written);
    const auto pattern = parse_name_pattern(written);
    ASSERT_FALSE(pattern);
    EXPECT_EQ(pattern.error().message(), message);
    EXPECT_EQ(pattern.error().code(), base::ErrorCode::kInvalid);
  }
}

TEST(WrittenName, BareName) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"example.org", "example.org"},
      {"EXAMPLE.Org.", "example.org"},
      {"  example.org\n", "example.org"},
      {"https://www.example.org/a/b?c=d:e@f#g", "www.example.org"},
      {"HTTP://example.org:8080", "example.org"},
      {"https://user:secret@example.org:443/", "example.org"},
      {"//example.org/x", "example.org"},
      {"example.org/path/", "example.org"},
      {"example.org?q", "example.org"},
      {"example.org:53", "example.org"},
      {"example.org.:53", "example.org"},
      {"ftp://example.org", "example.org"},
      {".", "."},
      {"", ""},
      {"https://", ""},
      {"2001:db8::1", "2001:db8::1"},
      {"a\\.b.example", "a\\.b.example"},
  };
  for (const auto& [typed, bare] : table) EXPECT_EQ(bare_name(typed), bare) << typed;
}

TEST(WrittenName, InQuotesIsSafeToPrint) {
  EXPECT_EQ(in_quotes("plain"), "'plain'");
  EXPECT_EQ(in_quotes("a\x1b[2J\x7f"), "'a\\027[2J\\127'");
  EXPECT_EQ(in_quotes(std::string(100, 'x')), "'" + std::string(80, 'x') + "…'");
}

NameSetting rule(std::string_view written) {
  const auto pattern = parse_name_pattern(written).value();
  NameSetting setting;
  setting.name = pattern.name;
  setting.reach = pattern.reach;
  return setting;
}

TEST(WrittenName, CoversANameAsItsReachSays) {
  const auto covered = [](std::string_view pattern) {
    std::string names;
    for (const char* name : {"org", "example.org", "www.example.org", "a.www.example.org", "notexample.org"}) {
      if (covers(rule(pattern), sample::name(name))) names += std::string(name) + " ";
    }
    return names;
  };
  EXPECT_EQ(covered("example.org"), "example.org www.example.org a.www.example.org ");
  EXPECT_EQ(covered("*.example.org"), "www.example.org a.www.example.org ");
  EXPECT_EQ(covered("=example.org"), "example.org ");
}

// A pattern covers another when it covers each name that the other does: held against every small name.
TEST(WrittenName, CoversAnotherPattern) {
  std::vector<std::string> names = {"a",     "b",     "a.a",   "b.a",     "a.b",    "a.a.a",
                                    "b.a.a", "a.b.a", "b.b.a", "a.a.a.a", "b.b.a.a"};
  std::vector<std::string> patterns;
  for (const char* reach : {"", "*.", "="}) {
    for (const char* name : {"a", "b", "a.a", "b.a", "a.a.a"}) patterns.push_back(std::string(reach) + name);
  }
  for (const std::string& left : patterns) {
    for (const std::string& right : patterns) {
      bool wanted = true;
      for (const std::string& name : names) {
        const dns::Name asked = sample::name(name);
        wanted &= covers(rule(left), asked) || !covers(rule(right), asked);
      }
      EXPECT_EQ(covers(rule(left), rule(right)), wanted) << left << " over " << right;
    }
  }
}

TEST(TypedName, IsReadAsItIsMeant) {
  struct Row {
    const char* typed;
    const char* name;
  };
  const std::vector<Row> table = {
      {"example.org", "example.org"},     {" WWW.Example.ORG. ", "www.example.org"},
      {"\\069xample.org", "example.org"}, {"https://Example.org:8443/x", "example.org"},
      {"example.org/", "example.org"},    {"_dmarc.example.org", "_dmarc.example.org"},
      {"a\\.b.example", "a\\.b.example"}, {".", "."},
      {"1.example", "1.example"},         {"a.1.", "a.1"},
  };
  for (const Row& row : table) {
    const auto name = read_typed_name(row.typed);
    ASSERT_TRUE(name) << row.typed << ": " << name.error().message();
    EXPECT_EQ(name->to_text(), row.name) << row.typed;
  }
}

TEST(TypedName, SaysWhyItIsNone) {
  struct Row {
    const char* typed;
    const char* why;
  };
  const std::vector<Row> table = {
      {"", "is not a domain name: it is empty"},
      {"example.org..", "is not a domain name: a label is empty"},
      {"a.1..", "is not a domain name: a label is empty"},
      {"..", "is not a domain name: a label is empty"},
      {"a..b", "is not a domain name: a label is empty"},
      {"192.0.2.1", "is an address, and should be a domain name"},
      {"192.0.2.1.", "is an address, and should be a domain name"},
      {"2001:db8::1", "is an address, and should be a domain name"},
      {"example.org,", "is not a domain name: ',' does not belong in one"},
      {"<example.org>", "is not a domain name: '<' does not belong in one"},
      {"||example.org^", "is not a domain name: '|' does not belong in one"},
      {"bad[.]example", "is not a domain name: '[' does not belong in one"},
      {"[::1]:53", "is not a domain name: '[' does not belong in one"},
      {"*.example.org", "is not a domain name: '*' does not belong in one"},
      {"two words", "is not a domain name: there is a blank in it"},
  };
  for (const Row& row : table) {
    const auto name = read_typed_name(row.typed);
    ASSERT_FALSE(name) << row.typed;
    EXPECT_EQ(name.error().message(), in_quotes(row.typed) + " " + row.why);
    EXPECT_EQ(parse_typed_name(row.typed).error().message(), row.why);
  }
}

}  // namespace
}  // namespace schoolgate::policy

#include "lists/formats/format.h"

#include <array>
#include <random>

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

TEST(Format, IsFoundByName) {
  EXPECT_EQ(find_format("hosts")->name, "hosts");
  EXPECT_EQ(find_format("domains")->name, "domains");
  EXPECT_EQ(find_format("adblock")->name, "adblock");
  EXPECT_EQ(find_format("regex")->name, "regex");
  EXPECT_EQ(find_format("auto"), nullptr);
  EXPECT_EQ(find_format(""), nullptr);
  for (const Format& format : formats()) EXPECT_EQ(find_format(format.name), &format);
  EXPECT_EQ(format_names(), "auto, domains, hosts, adblock, regex, rpz, squidguard, dnsmasq, unbound, wildcard");
}

struct Row {
  std::string text;
  std::string format;
};

TEST(Format, IsDetectedByContent) {
  const std::vector<Row> table = {
      {"", "domains"},
      {"# only\n# comments\n", "domains"},
      {"a.example\nb.example\n", "domains"},
      {"0.0.0.0 a.example\n0.0.0.0 b.example\n", "hosts"},
      {"\xef\xbb\xbf# Title\r\n\r\n127.0.0.1 localhost\r\n0.0.0.0 a.example\r\n", "hosts"},
      {"a.example\n0.0.0.0 b.example\n0.0.0.0 c.example\n", "hosts"},
      {"a.example # 0.0.0.0\nb.example\n0.0.0.0 c.example\n", "domains"},
      {"[Adblock Plus 2.0]\n! Title\n||a.example^\n@@||b.example^\nc.example\n", "adblock"},
      {"! Title\n||a.example^\n", "adblock"},
      {"192.0.2.1\n||a.example^$important\n/^ads[0-9]/\n|b.example|\n", "adblock"},
      {"a.example\nb.example\n||c.example^\n", "domains"},
      {"0.0.0.0 a.example\n0.0.0.0 b.example\n||c.example^\n", "hosts"},
      {"<!DOCTYPE html>\n<html>\n", "domains"},
      {"(^|\\.)ads\\.example$\n^ad[0-9]+\\.\n", "domains"},
      {"^ads$\n^ad[0-9]+\n", "domains"},
      {"$TTL 60\n@ SOA localhost. root.localhost. 1 2 3 4 5\n NS localhost.\na.example CNAME .\n", "rpz"},
      {"a.example\n[file] urls\nb.example/x\n", "squidguard"},
      {"[file] urls\nb.example/x\n", "squidguard"},
      {"a.example [file] urls\n", "domains"},
      {"; a fragment\na.example CNAME .\n*.a.example 60 IN CNAME rpz-passthru.\n", "rpz"},
      {"# Title\naddress=/a.example/#\naddress=/b.example/0.0.0.0\n", "dnsmasq"},
      {"\xef\xbb\xbfserver=/a.example/\r\nlocal = /b.example/\r\n", "dnsmasq"},
      {"address=/bücher.example/\n", "dnsmasq"},
      {"a.example\nb.example\naddress=/c.example/#\n", "domains"},
      {"domain-needed\naddress=192.0.2.1\n", "domains"},
      {"local-zone: \"a.example.\" always_null\n", "unbound"},
      {"server:\n  local-zone: a.example static\n  local-data: 'b.example A 0.0.0.0'\n", "unbound"},
      {"*.a.example\n*.b.example\n", "wildcard"},
      {"*.a.example # why\n", "wildcard"},
      {"*.a.example\na.example\n*.b.example\n", "domains"},
      {"*.a.example CNAME .\n*.b.example CNAME .\n", "rpz"},
      {std::string("\0\0\n0.0.0.0 a.example\n", 21), "hosts"},
  };
  for (const Row& row : table) EXPECT_EQ(detect_format(row.text).name, row.format) << row.text;
}

// A name behind an asterisk means less to "domains": a list of both kinds is never read as the wider one.
TEST(Format, WildcardsAreNearlyAllOfTheirList) {
  const auto detected = [](int wildcards, int names) {
    std::string text;
    for (int i = 0; i < wildcards; ++i) text += fmt::format("*.w{}.example\n", i);
    for (int i = 0; i < names; ++i) text += fmt::format("n{}.example\n", i);
    return detect_format(text).name;
  };
  EXPECT_EQ(detected(100, 0), "wildcard");
  EXPECT_EQ(detected(95, 5), "wildcard");
  EXPECT_EQ(detected(94, 6), "domains");
  EXPECT_EQ(detected(50, 50), "domains");
  EXPECT_EQ(detected(0, 100), "domains");
}

TEST(Format, LinesThatNoFormatReadsAreRejectedAlike) {
  const std::string longest = std::string(kMostLineBytes - 2, 'a') + ".b";
  const std::string text = longest + "c\n" + std::string("a.\0example\n", 11);
  for (const Format& format : formats()) {
    EXPECT_EQ(joined(events_of(format.name, text)),
              "1: rejected: longer than 4096 bytes: is this a list at all?\n"
              "2: rejected: has a NUL byte: save the file as UTF-8 text\n");
    EXPECT_EQ(joined(events_of(format.name, longest)).find("4096"), std::string::npos);
  }
}

// What is rejected may be a line of an opaque list, and the reason is stored.
TEST(Format, NoReasonQuotesTheLine) {
  std::mt19937 random(20251126);
  static constexpr std::string_view kOctets = "..--__*:/@|^ \t#=0\"'\x80\xc3\xbc";
  static constexpr std::array<std::string_view, 6> kLines = {"verysecret.example",
                                                             "0.0.0.0 verysecret.example",
                                                             "address=/verysecret.example/#",
                                                             "*.verysecret.example",
                                                             "local-zone: \"verysecret.example.\" static",
                                                             "local-data: \"verysecret.example A 0.0.0.0\""};
  int rejected = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string line(kLines[random() % kLines.size()]);
    if (round % 7 == 0) line += std::string(60, 'x');
    for (std::size_t breaks = 1 + random() % 3; breaks > 0; --breaks) {
      line.insert(random() % (line.size() + 1), 1, kOctets[random() % kOctets.size()]);
    }
    for (const Format& format : formats()) {
      for (const std::string& event : events_of(format.name, line)) {
        if (event.find("rejected: ") == std::string::npos) continue;
        ++rejected;
        for (const char* part : {"verys", "secret", "xample", "xxx"}) {
          EXPECT_EQ(event.find(part), std::string::npos) << line << " gave " << event;
        }
      }
    }
  }
  EXPECT_GT(rejected, 2000) << "or it looks at nothing";
}

// Every line is a rule, a rejection or skipped, whatever the bytes; rules name what stands in the line.
TEST(Format, ArbitraryBytesAreReadToTheEnd) {
  std::mt19937 random(20250901);
  static constexpr std::string_view kOctets = "abz019-_.*#;!/ \t\r\n\n:%[]\\@|^$()+?\x80\xff\xef\xbb\xbf\x01";
  static constexpr std::array<std::string_view, 6> kParts = {
      "\naddress=/", "\nserver=/a.b/#", "\nlocal-zone: \"a.b\" static", "\nlocal-data: ", "\n*.a.b", "\xc3\xbc.b\n"};
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 200, ' ');
    for (char& c : text) c = random() % 50 == 0 ? '\0' : kOctets[random() % kOctets.size()];
    for (std::size_t i = random() % 4; i > 0; --i) {
      text.insert(random() % (text.size() + 1), kParts[random() % kParts.size()]);
    }
    const auto lines = std::count(text.begin(), text.end(), '\n') + (text.empty() || text.back() == '\n' ? 0 : 1);
    for (const Format& format : formats()) {
      RecordingSink sink;
      format.parse(text, sink);
      EXPECT_GE(sink.rules + sink.rejected + sink.skipped, lines);
      if (lines > 0) {
        ASSERT_FALSE(sink.events.empty());
        EXPECT_TRUE(sink.events.back().starts_with(std::to_string(lines) + ": ")) << sink.events.back();
      }
    }
    detect_format(text);
  }
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/formats/format.h"

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
  EXPECT_EQ(format_names(), "auto, domains, hosts, adblock, regex");
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
      {"address=/a.example/\naddress=/b.example/\n", "domains"},
      {"*.a.example\n*.b.example\n", "domains"},
      {"<!DOCTYPE html>\n<html>\n", "domains"},
      {"(^|\\.)ads\\.example$\n^ad[0-9]+\\.\n", "domains"},
      {"^ads$\n^ad[0-9]+\n", "domains"},
      {std::string("\0\0\n0.0.0.0 a.example\n", 21), "hosts"},
  };
  for (const Row& row : table) EXPECT_EQ(detect_format(row.text).name, row.format) << row.text;
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
  static constexpr std::string_view kOctets = "..--__*:/@|^ \t#=0\x80";
  int rejected = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string line = round % 3 == 0 ? "0.0.0.0 verysecret.example" : "verysecret.example";
    if (round % 7 == 0) line += std::string(60, 'x');
    for (std::size_t breaks = 1 + random() % 3; breaks > 0; --breaks) {
      line.insert(random() % (line.size() + 1), 1, kOctets[random() % kOctets.size()]);
    }
    for (const Format& format : formats()) {
      for (const std::string& event : events_of(format.name, line)) {
        if (event.find("rejected: ") == std::string::npos) continue;
        ++rejected;
        for (const char* part : {"very", "secret", "xample", "xxx"}) {
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
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 200, ' ');
    for (char& c : text) c = random() % 50 == 0 ? '\0' : kOctets[random() % kOctets.size()];
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

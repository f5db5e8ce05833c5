#include "lists/formats/regex.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::string event;
};

TEST(Regex, ReadsALine) {
  const std::string option =
      "1: rejected: has a ';', which begins an option of Pi-hole (querytype, reply, invert): no option can be honoured";
  const std::string blank = "1: rejected: has a blank, and no name has: one expression a line, no comment after it";
  const std::string name =
      "1: rejected: a plain name, whose dots would match anything: use format = \"domains\", or write '\\.'";
  const std::string slash = "1: rejected: begins with '/': write the expression without slashes around it";
  const std::vector<Row> table = {
      {R"((^|\.)ads\.example$)", R"(1: pattern (^|\.)ads\.example$)"},
      {R"(^ad[0-9]+\.)", R"(1: pattern ^ad[0-9]+\.)"},
      {"\t ^ad \r", "1: pattern ^ad"},
      {"casino", "1: pattern casino"},
      {"^ads#[0-9]", "1: pattern ^ads#[0-9]"},
      {"a!b", "1: pattern a!b"},
      {"^ad[^/]+/", "1: pattern ^ad[^/]+/"},
      {"(unclosed", "1: pattern (unclosed"},
      {"# ^ads", "1: skipped"},
      {"! ^ads", "1: skipped"},
      {"", ""},
      {" ", "1: skipped"},
      {"^ads;querytype=A", option},
      {"^ads;reply=NXDOMAIN", option},
      {"^ads;invert", option},
      {"^ads[;_]", option},
      {"^ads # why", blank},
      {"^ads\twhy", blank},
      {"0.0.0.0 ads.example", blank},
      {"ads.example", name},
      {"x.com", name},
      {"@@^ads", "1: rejected: begins with '@@': this format has no exceptions"},
      {"@@||ads.example^", "1: rejected: begins with '@@': this format has no exceptions"},
      {"/^ads/", slash},
      {"<html>", "1: rejected: begins with '<', as a web page does: is it the right file?"},
      {"b\xc3\xbc"
       "cher",
       "1: rejected: not ASCII: write it as xn--…"},
      {"^ads\x1b", "1: rejected: has a control character"},
  };
  for (const Row& row : table) {
    const std::vector<std::string> events = row.event.empty() ? std::vector<std::string>{} : std::vector{row.event};
    EXPECT_EQ(events_of("regex", row.line), events) << row.line;
  }
}

TEST(Regex, ARejectedLineDoesNotStopTheRest) {
  EXPECT_EQ(events_of("regex", "^a\n^b;invert\n^c"),
            (std::vector<std::string>{"1: pattern ^a", events_of("regex", "\n^b;invert")[1], "3: pattern ^c"}));
}

TEST(Regex, OdditiesAreAsInTheGoldenFile) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.regex.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.regex.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("regex", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists

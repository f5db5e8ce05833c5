#include "lists/formats/domains.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::string event;
};

TEST(Domains, ReadsALine) {
  const std::vector<Row> table = {
      {"example.org", "1: both example.org"},
      {".example.org", "1: both example.org"},
      {"*.example.org", "1: subdomains example.org"},
      {"EXAMPLE.org.", "1: both EXAMPLE.org"},
      {"\texample.org \r", "1: both example.org"},
      {"example.org # why", "1: both example.org"},
      {"example.org ; why", "1: both example.org"},
      {"example.org // why", "1: both example.org"},
      {"# example.org", "1: skipped"},
      {"! example.org", "1: skipped"},
      {" ", "1: skipped"},
      {"localhost", "1: skipped"},
      {"com", "1: rejected: covers a whole top-level domain"},
      {"*.com", "1: rejected: covers a whole top-level domain"},
      {".com.", "1: rejected: covers a whole top-level domain"},
      {"*", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"*.*.example.org", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"*.", "1: rejected: is not a domain name: it is empty"},
      {"example.org/path", "1: rejected: not enforceable by DNS: has a path"},
      {"one.example two.example", "1: rejected: more than one word: one name a line"},
      {"0.0.0.0 one.example", "1: rejected: a line of a hosts file: the list needs format = \"hosts\""},
  };
  for (const Row& row : table) {
    EXPECT_EQ(events_of("domains", row.line), std::vector<std::string>{row.event}) << row.line;
  }
}

// "example.org#@#.advert" hides an element of a page: cutting it at '#' would block all of example.org.
TEST(Domains, ACommentNeedsABlankBeforeIt) {
  EXPECT_EQ(events_of("domains", "example.org##.advert"), std::vector<std::string>{"1: rejected: no name has a '#'"});
}

TEST(Domains, ARejectedLineDoesNotStopTheRest) {
  EXPECT_EQ(events_of("domains", "a.example\n??\nb.example"),
            (std::vector<std::string>{"1: both a.example", "2: rejected: no name has a '?'", "3: both b.example"}));
}

TEST(Domains, OdditiesAreAsInTheGoldenFile) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.domains.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.domains.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("domains", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists

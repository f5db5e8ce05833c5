#include "lists/formats/wildcard.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::string event;
};

TEST(Wildcard, ReadsALine) {
  const std::vector<Row> table = {
      {"*.example.org", "1: both example.org"},
      {"*.EXAMPLE.org.", "1: both EXAMPLE.org"},
      {"example.org", "1: both example.org"},
      {".example.org", "1: both example.org"},
      {"\t*.example.org \r", "1: both example.org"},
      {"*.example.org # why", "1: both example.org"},
      {"*.bücher.example", "1: both xn--bcher-kva.example"},
      {"# *.example.org", "1: skipped"},
      {"localhost", "1: skipped"},
      {"*.com", "1: rejected: covers a whole top-level domain"},
      {"*", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"*example.org", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"*.*.example.org", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"www.*.example.org", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"*.", "1: rejected: is not a domain name: it is empty"},
      {"*..example.org", "1: rejected: is not a domain name: a label is empty"},
      {"*.192.0.2.7", "1: rejected: an address, not a name: that is a firewall's work"},
      {"*.example.org/path", "1: rejected: not enforceable by DNS: has a path"},
      {"*.a.example *.b.example", "1: rejected: more than one word: one name a line"},
      {"*.example.org CNAME .", "1: rejected: more than one word: one name a line"},
  };
  for (const Row& row : table) {
    EXPECT_EQ(events_of("wildcard", row.line), std::vector<std::string>{row.event}) << row.line;
  }
}

TEST(Wildcard, OdditiesAreAsInTheGoldenFile) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.wildcard.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.wildcard.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("wildcard", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists

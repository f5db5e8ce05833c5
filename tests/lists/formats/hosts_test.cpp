#include "lists/formats/hosts.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::vector<std::string> events;
};

TEST(Hosts, ReadsALine) {
  const std::string no_address = "1: rejected: does not begin with an address, as a line of a hosts file does";
  const std::vector<Row> table = {
      {"0.0.0.0 ads.example", {"1: exact ads.example"}},
      {"127.0.0.1\tads.example.", {"1: exact ads.example"}},
      {"::1 ads.example", {"1: exact ads.example"}},
      {"203.0.113.9 ads.example", {"1: exact ads.example"}},
      {"0.0.0.0 a.example b.example # why", {"1: exact a.example", "1: exact b.example"}},
      {"0.0.0.0 a.example#why", {"1: exact a.example"}},
      {"127.0.0.1 localhost", {"1: skipped"}},
      {"fe80::1%lo0 localhost", {"1: skipped"}},
      {"0.0.0.0 0.0.0.0", {"1: skipped"}},
      {"ff02::1 ip6-allnodes", {"1: skipped"}},
      {"127.0.0.1 localhost ads.example", {"1: exact ads.example"}},
      {"# 0.0.0.0 ads.example", {"1: skipped"}},
      {"0.0.0.0", {"1: rejected: an address without a name"}},
      {"0.0.0.0 # ads.example", {"1: rejected: an address without a name"}},
      {"ads.example", {no_address}},
      {"0.0.0 ads.example", {no_address}},
      {"0.0.0.0 router", {"1: rejected: a single label: no name on the internet"}},
      {"0.0.0.0 *.ads.example", {"1: rejected: a wildcard is understood only as a leading '*.'"}},
      {"0.0.0.0 a.example b..example", {"1: exact a.example", "1: rejected: is not a domain name: a label is empty"}},
  };
  for (const Row& row : table) EXPECT_EQ(events_of("hosts", row.line), row.events) << row.line;
}

TEST(Hosts, OdditiesAreAsInTheGoldenFile) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.hosts.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.hosts.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("hosts", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/formats/unbound.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::vector<std::string> events;
};

const std::string kBoth = "1: both ads.example";
const std::string kExact = "1: exact ads.example";
const std::string kOwnAnswer = "1: rejected: a local-data with an answer of its own: that is no blocking";
const std::string kNoRule = "1: rejected: no local-zone or local-data of Unbound, and so no rule about a name";

void expect_events(const std::vector<Row>& table) {
  for (const Row& row : table) EXPECT_EQ(events_of("unbound", row.line), row.events) << row.line;
}

TEST(Unbound, ReadsALine) {
  expect_events({
      {"local-zone: \"ads.example.\" always_null", {kBoth}},
      {"local-zone: \"ads.example\" always_null", {kBoth}},
      {"local-zone: 'ads.example' always_null", {kBoth}},
      {"local-zone: ads.example. always_null", {kBoth}},
      {"local-zone:\"ads.example\"always_null", {kBoth}},
      {"\tlocal-zone: \t \"ads.example\" \t always_null \r", {kBoth}},
      {"local-zone: \"ads.example\" \"always_null\"", {kBoth}},
      {"local-zone: \"ads.example\" always_null # why", {kBoth}},
      {"local-zone: \"ads.example\" always_null #why", {kBoth}},
      {"local-zone: \"bücher.example\" always_null", {"1: both xn--bcher-kva.example"}},
      {"server: local-zone: \"ads.example\" always_null", {kBoth}},
      {"local-zone: \"ads.example\" redirect local-data: \"ads.example A 0.0.0.0\"", {kBoth, kExact}},
      {"local-data: \"ads.example A 0.0.0.0\"", {kExact}},
      {"local-data: 'ads.example. 3600 IN A 127.0.0.1'", {kExact}},
      {"local-data: \"ads.example IN 3600 aaaa ::\"", {kExact}},
      {"local-data: \"ads.example AAAA ::1\" # why", {kExact}},
      {"local-data: ads.example A 0.0.0.0 # why", {kExact}},
      {"local-data: \"ads.example A 192.0.2.7\"", {kOwnAnswer}},
      {"local-data: \"ads.example CNAME safe.example\"", {kOwnAnswer}},
      {"local-data: 'ads.example TXT \"why\"'", {kOwnAnswer}},
      {"local-data: \"ads.example A\"", {kOwnAnswer}},
      {"local-data: \"ads.example A 0.0.0.0 0.0.0.0\"", {kOwnAnswer}},
      {"local-data: \"ads.example\"", {"1: rejected: a local-data without a record"}},
      {"local-data:", {"1: rejected: a local-data without a record"}},
      {"local-data: \"ads A 0.0.0.0\"", {"1: rejected: a single label: no name on the internet"}},
      {"local-data: \"*.ads.example A 0.0.0.0\"", {"1: rejected: a wildcard is understood only as a leading '*.'"}},
      {"local-zone: \"com.\" always_null", {"1: rejected: covers a whole top-level domain"}},
      {"local-zone: \".\" always_null", {"1: rejected: covers every name there is"}},
      {"local-zone: \"\" always_null", {"1: rejected: is not a domain name: it is empty"}},
      {"local-zone: \"ads.example\"", {"1: rejected: a local-zone without a type"}},
      {"local-zone: \"ads.example\" # static", {"1: rejected: a local-zone without a type"}},
      {"local-zone: \"ads.example always_null", {"1: rejected: a local-zone without a type"}},
      {"local-zone:", {"1: rejected: a local-zone without a type"}},
      {"local-zone: \"localhost.\" static", {"1: skipped"}},
      {"local-data: \"localhost. A 127.0.0.1\"", {"1: skipped"}},
      {"server:", {"1: skipped"}},
      {"server: # why", {"1: skipped"}},
      {"forward-zone:", {"1: skipped"}},
      {"verbosity: 1", {kNoRule}},
      {"local-data-ptr: \"192.0.2.7 ads.example\"", {kNoRule}},
      {"local-zone-tag: \"ads.example\" \"tag\"", {kNoRule}},
      {"Local-Zone: \"ads.example\" static", {kNoRule}},
      {"ads.example", {kNoRule}},
      {"local-zone: \"ads.example\" always_null verbosity: 1", {kBoth, kNoRule}},
      {"# local-zone: \"ads.example\" always_null", {"1: skipped"}},
  });
}

TEST(Unbound, KnowsWhatAZonesTypeMeans) {
  const std::string depends =
      "1: rejected: a local-zone that resolves what has no local-data: neither a rule nor an exception";
  const std::string nothing = "1: rejected: a local-zone of a type that blocks nothing";
  const std::string unknown = "1: rejected: a local-zone of a type that is none of Unbound's";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"always_null", kBoth},
      {"always_nxdomain", kBoth},
      {"always_nodata", kBoth},
      {"always_refuse", kBoth},
      {"always_deny", kBoth},
      {"refuse", kBoth},
      {"static", kBoth},
      {"redirect", kBoth},
      {"deny", kBoth},
      {"inform_deny", kBoth},
      {"inform_redirect", kBoth},
      {"block_a", kBoth},
      {"transparent", depends},
      {"typetransparent", depends},
      {"inform", depends},
      {"always_transparent", kBoth + " exception"},
      {"nodefault", nothing},
      {"noview", nothing},
      {"ipset", nothing},
      {"always", unknown},
      {"Static", unknown},
      {"static;", unknown},
  };
  for (const auto& [type, event] : table) {
    EXPECT_EQ(events_of("unbound", "local-zone: \"ads.example\" " + type), std::vector<std::string>{event}) << type;
  }
}

// As lists for a safe search have it; blocking the search engine is not what they mean.
TEST(Unbound, AZoneWithAnAnswerOfItsOwnIsNoRule) {
  const std::string zone_with_answer =
      "1: rejected: a local-zone with an answer of its own after it: that is no blocking";
  const std::string answer = "2: rejected: a local-data with an answer of its own: that is no blocking";
  const auto after = [](const std::string& type, const std::string& data) {
    return events_of("unbound", "local-zone: \"ads.example\" " + type + "\nlocal-data: \"" + data + "\"");
  };
  using Events = std::vector<std::string>;
  EXPECT_EQ(after("redirect", "ads.example CNAME safe.example"), (Events{zone_with_answer, answer}));
  EXPECT_EQ(after("redirect", "ADS.example. 60 IN A 192.0.2.7"), (Events{zone_with_answer, answer}));
  EXPECT_EQ(after("static", "www.ads.example A 192.0.2.7"), (Events{zone_with_answer, answer}));
  EXPECT_EQ(after("redirect", "ads.example A 0.0.0.0"), (Events{kBoth, "2: exact ads.example"}));
  EXPECT_EQ(after("redirect", "other.example A 192.0.2.7"), (Events{kBoth, answer}));
  EXPECT_EQ(after("redirect", "example A 192.0.2.7"), (Events{kBoth, answer}));
  EXPECT_EQ(after("always_null", "ads.example A 192.0.2.7"), (Events{kBoth, answer})) << "it ignores local data";
  EXPECT_EQ(events_of("unbound", "local-zone: \"ads.example\" redirect\n\nverbosity: 1\n"),
            (Events{kBoth, "2: skipped", "3: " + kNoRule.substr(3)}));
}

TEST(Unbound, OdditiesAreAsInTheGoldenFile) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.unbound.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.unbound.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("unbound", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists

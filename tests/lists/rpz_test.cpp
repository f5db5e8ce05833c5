#include "lists/formats/rpz.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::string event;
};

constexpr const char* kOwnAnswer = "1: rejected: not enforceable here: gives an answer of its own instead of a block";

TEST(Rpz, ReadsALine) {
  const std::string nowhere = "1: rejected: its owner is not in the zone, or the file does not say which zone that is";
  const std::vector<Row> table = {
      {"bad.example CNAME .", "1: exact bad.example"},
      {"*.bad.example CNAME .", "1: subdomains bad.example"},
      {"*.zip CNAME .", "1: subdomains zip"},
      {"Bad.Example 3600 IN CNAME .", "1: exact Bad.Example"},
      {"bad.example IN 1h30m cname *.", "1: exact bad.example"},
      {"bad.example\tCNAME\tRPZ-DROP. ; why", "1: exact bad.example"},
      {"bad.example CNAME rpz-passthru.", "1: exact bad.example exception"},
      {"*.bad.example CNAME rpz-passthru.", "1: subdomains bad.example exception"},
      {"good.example CNAME Good.Example.", "1: exact good.example exception"},
      {"bad.example CNAME rpz-tcp-only.", "1: rejected: not enforceable here: makes clients ask over TCP"},
      {"bad.example CNAME landing.example.net.", kOwnAnswer},
      {"bad.example A 192.0.2.7", kOwnAnswer},
      {"bad.example A 0.0.0.0", "1: exact bad.example"},
      {"bad.example A 127.0.0.1", "1: exact bad.example"},
      {"bad.example AAAA ::", "1: exact bad.example"},
      {"bad.example AAAA ::1", "1: exact bad.example"},
      {"bad.example AAAA 2001:db8::7", kOwnAnswer},
      {"bad.example AAAA ::2", kOwnAnswer},
      {"bad.example TXT why", kOwnAnswer},
      {"32.7.2.0.192.rpz-client-ip CNAME .", "1: rejected: not enforceable here: goes by the address of who asks"},
      {"24.0.2.0.192.RPZ-IP CNAME .", "1: rejected: not enforceable here: goes by the address in the answer"},
      {"ns.bad.example.rpz-nsdname CNAME .", "1: rejected: not enforceable here: goes by the name of a name server"},
      {"32.7.2.0.192.rpz-nsip CNAME .", "1: rejected: not enforceable here: goes by the address of a name server"},
      {"rpz-ip.example CNAME .", "1: exact rpz-ip.example"},
      {"* CNAME .", "1: rejected: covers every name there is"},
      {"*.*.example CNAME .", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"a*.example CNAME .", "1: rejected: a wildcard is understood only as a leading '*.'"},
      {"bad.example. CNAME .", nowhere},
      {"bad.example", "1: rejected: no record of a zone"},
      {"bad.example IN", "1: rejected: no record of a zone"},
      {"bad..example CNAME .", "1: rejected: is not a domain name: a label is empty"},
      {"@ NS localhost.", "1: skipped"},
      {" NS localhost.", "1: skipped"},
      {"; comment", "1: skipped"},
      {"$TTL 300", "1: skipped"},
      {"$ORIGIN rpz.example.", "1: skipped"},
      {"$ORIGIN rpz", "1: rejected: is relative to no origin"},
      {"$INCLUDE other.zone", "1: rejected: includes another file: make that a list of its own"},
      {"$GENERATE 1-9 n$ CNAME .", "1: rejected: no directive that a list may have"},
      {"bad.example CNAME ( . )", "1: exact bad.example"},
      {"bad\\.example.org CNAME .", "1: rejected: no name has a '\\'"},
      {"\"bad\".example CNAME", "1: rejected: no record of a zone"},
      {"bad.example CNAME (", "1: rejected: a '(' without its ')'"},
      {"bad.example TXT \"a ( b ; c\"", kOwnAnswer},
      {"bad.example CNAME )", "1: rejected: no record of a zone"},
  };
  for (const Row& row : table) {
    EXPECT_EQ(events_of("rpz", row.line), std::vector<std::string>{row.event}) << row.line;
  }
}

std::string read(const std::string& text) { return joined(events_of("rpz", text)); }

TEST(Rpz, OwnersAreBelowTheApex) {
  EXPECT_EQ(read("$ORIGIN rpz.example.net.\n"
                 "@ SOA localhost. root.localhost. 1 2 3 4 5\n"
                 "a.example CNAME .\n"
                 "b.example.RPZ.example.net. CNAME .\n"
                 "c.example. CNAME .\n"
                 "a.xrpz.example.net. CNAME .\n"
                 "$ORIGIN org.rpz.example.net.\n"
                 "d CNAME .\n"
                 "@ CNAME .\n"
                 "e.rpz.example.net. CNAME .\n"
                 "$ORIGIN elsewhere.\n"
                 "f CNAME .\n"),
            "1: skipped\n2: skipped\n3: exact a.example\n4: exact b.example\n"
            "5: rejected: its owner is not in the zone, or the file does not say which zone that is\n"
            "6: rejected: its owner is not in the zone, or the file does not say which zone that is\n"
            "7: skipped\n8: exact d.org\n9: exact org\n10: exact e\n11: skipped\n"
            "12: rejected: its owner is not in the zone, or the file does not say which zone that is\n");
}

TEST(Rpz, AZoneIsNamedByItsSoaToo) {
  EXPECT_EQ(read("rpz.example.net. 300 IN SOA localhost. root.localhost. 1 2 3 4 5\n"
                 "rpz.example.net. NS localhost.\n"
                 "a.example.rpz.example.net. CNAME .\n"
                 "b.example CNAME .\n"),
            "1: skipped\n2: skipped\n3: exact a.example\n4: exact b.example\n");
}

TEST(Rpz, ARecordMayGoOverSeveralLines) {
  EXPECT_EQ(read("@ SOA localhost. root.localhost. ( ; begins\n"
                 "  2026112500 ; serial )\n"
                 "  3600 600 86400\n"
                 "  60 )\n"
                 "  NS localhost.\n"
                 "a.example CNAME (\n"
                 "  . )\n"
                 "  A 0.0.0.0\n"),
            "1: skipped\n2: skipped\n3: skipped\n4: skipped\n5: skipped\n6: exact a.example\n7: skipped\n"
            "8: exact a.example\n");
}

TEST(Rpz, ARecordWithoutEndTakesNoMoreThanItsLines) {
  std::string text = "a.example CNAME (\n";
  for (int i = 0; i < 150; ++i) text += "n" + std::to_string(i) + ".example CNAME .\n";
  const std::vector<std::string> events = events_of("rpz", text);
  ASSERT_EQ(events.size(), 151U);
  EXPECT_EQ(events[0], "1: rejected: a '(' without its ')'");
  EXPECT_EQ(events[99], "100: skipped");
  EXPECT_EQ(events[100], "101: exact n99.example");
  EXPECT_EQ(read("a.example CNAME (\n" + std::string(kMostLineBytes + 1, 'x') + "\nb.example CNAME .\n"),
            "1: rejected: a '(' without its ')'\n2: rejected: longer than 4096 bytes: is this a list at all?\n"
            "3: exact b.example\n");
}

TEST(Rpz, AnIndentedRecordHasTheOwnerBefore) {
  EXPECT_EQ(read("a.example CNAME .\n\tCNAME rpz-passthru.\n  AAAA ::\n  TXT \"x\"\n  A 0.0.0.0\n"),
            "1: exact a.example\n2: exact a.example exception\n3: exact a.example\n4" +
                std::string(kOwnAnswer).substr(1) + "\n5: exact a.example\n");
}

TEST(Rpz, ReadsAllOddities) {
  const auto text = base::read_file(source_tree("tests/lists/oddities.rpz.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/oddities.rpz.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("rpz", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists

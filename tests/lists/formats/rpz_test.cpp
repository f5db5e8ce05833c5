#include "lists/formats/rpz.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::string event;
};

constexpr const char* kNoAnswer = "1: rejected: no record that a name may be answered with";
constexpr const char* kMisfit = "1: rejected: its data does not fit its type";

TEST(Rpz, ReadsALine) {
  const std::string nowhere = "1: rejected: its owner is not in the zone, or the file does not say which zone that is";
  const std::vector<Row> table = {
      {"bad.example CNAME .", "1: exact bad.example nxdomain"},
      {"*.bad.example CNAME .", "1: subdomains bad.example nxdomain"},
      {"*.zip CNAME .", "1: subdomains zip nxdomain"},
      {"Bad.Example 3600 IN CNAME .", "1: exact Bad.Example nxdomain"},
      {"bad.example IN 1h30m cname *.", "1: exact bad.example nodata"},
      {"bad.example\tCNAME\tRPZ-DROP. ; why", "1: exact bad.example drop"},
      {"bad.example CNAME rpz-passthru.", "1: exact bad.example exception"},
      {"*.bad.example CNAME rpz-passthru.", "1: subdomains bad.example exception"},
      {"good.example CNAME Good.Example.", "1: exact good.example exception"},
      {"bad.example CNAME rpz-tcp-only.", "1: exact bad.example tcp-only"},
      {"bad.example CNAME RPZ-nonsense.", "1: rejected: an action that is not known here"},
      {"bad.example CNAME rpz-garden.example.", "1: exact bad.example CNAME rpz-garden.example"},
      {"bad.example CNAME landing.example.net.", "1: exact bad.example CNAME landing.example.net"},
      {"bad.example CNAME *.landing.example.net.", "1: exact bad.example CNAME *.landing.example.net"},
      {"bad.example A 192.0.2.7", "1: exact bad.example A 192.0.2.7"},
      {"bad.example A 0.0.0.0", "1: exact bad.example A 0.0.0.0"},
      {"bad.example A 127.0.0.1", "1: exact bad.example A 127.0.0.1"},
      {"*.bad.example aaaa ::1", "1: subdomains bad.example AAAA ::1"},
      {"bad.example AAAA 2001:db8::7", "1: exact bad.example AAAA 2001:db8::7"},
      {"bad.example AAAA ::192.0.2.7", "1: exact bad.example AAAA ::192.0.2.7"},
      {"bad.example A 192.0.2.700", kMisfit},
      {"bad.example A ::1", kMisfit},
      {"bad.example AAAA 192.0.2.7", kMisfit},
      {"bad.example CNAME", kMisfit},
      {"bad.example TXT why", "1: exact bad.example TYPE16 \\# 4 03776879"},
      {"bad.example MX 10 mail.example.", "1: exact bad.example TYPE15 \\# 16 000a046d61696c076578616d706c6500"},
      {"bad.example MX mail.example.", kMisfit},
      {"bad.example NONESUCH why", kMisfit},
      {"*.bad.example #mple", kMisfit},
      {"bad.example NULL", kMisfit},
      {"bad.example DNAME other.example.", kNoAnswer},
      {"bad.example DS 1 8 2 0102", "1: skipped"},
      {"32.7.2.0.192.rpz-client-ip CNAME .", "1: client 192.0.2.7/32 nxdomain"},
      {"24.0.2.0.192.RPZ-IP CNAME *.", "1: response 192.0.2.0/24 nodata"},
      {"32.zz.db8.2001.rpz-ip A 192.0.2.7", "1: response 2001:db8::/32 A 192.0.2.7"},
      {"24.0.2.0.192.rpz-ip CNAME rpz-passthru.", "1: response 192.0.2.0/24 exception"},
      {"rpz-ip CNAME .", "1: rejected: does not begin with a prefix length"},
      {"24.7.2.0.192.rpz-ip CNAME .", "1: rejected: has bits beyond its prefix length"},
      {"ns.bad.example.rpz-nsdname CNAME .", "1: rejected: not enforceable here: goes by the name of a name server"},
      {"32.7.2.0.192.rpz-nsip CNAME .", "1: rejected: not enforceable here: goes by the address of a name server"},
      {"rpz-ip.example CNAME .", "1: exact rpz-ip.example nxdomain"},
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
      {"$INCLUDE other.zone", "1: rejected: includes another file, which only a list of this machine may"},
      {"$GENERATE 1-9 n$ CNAME .", "1: rejected: no directive that a list may have"},
      {"bad.example CNAME ( . )", "1: exact bad.example nxdomain"},
      {"bad\\.example.org CNAME .", "1: rejected: no name has a '\\'"},
      {"\"bad\".example CNAME", "1: rejected: no record of a zone"},
      {"bad.example CNAME (", "1: rejected: a '(' without its ')'"},
      {"bad.example TXT \"a ( b ; c\"", "1: exact bad.example TYPE16 \\# 10 096120282062203b2063"},
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
            "1: skipped\n2: skipped\n3: exact a.example nxdomain\n4: exact b.example nxdomain\n"
            "5: rejected: its owner is not in the zone, or the file does not say which zone that is\n"
            "6: rejected: its owner is not in the zone, or the file does not say which zone that is\n"
            "7: skipped\n8: exact d.org nxdomain\n9: exact org nxdomain\n10: exact e nxdomain\n11: skipped\n"
            "12: rejected: its owner is not in the zone, or the file does not say which zone that is\n");
}

TEST(Rpz, AZoneIsNamedByItsSoaToo) {
  EXPECT_EQ(read("rpz.example.net. 300 IN SOA localhost. root.localhost. 1 2 3 4 5\n"
                 "rpz.example.net. NS localhost.\n"
                 "a.example.rpz.example.net. CNAME .\n"
                 "b.example CNAME .\n"),
            "1: skipped\n2: skipped\n3: exact a.example nxdomain\n4: exact b.example nxdomain\n");
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
            "1: skipped\n2: skipped\n3: skipped\n4: skipped\n5: skipped\n6: exact a.example nxdomain\n7: skipped\n"
            "8: exact a.example A 0.0.0.0\n");
}

TEST(Rpz, ARecordWithoutEndTakesNoMoreThanItsLines) {
  std::string text = "a.example CNAME (\n";
  for (int i = 0; i < 150; ++i) text += "n" + std::to_string(i) + ".example CNAME .\n";
  const std::vector<std::string> events = events_of("rpz", text);
  ASSERT_EQ(events.size(), 151U);
  EXPECT_EQ(events[0], "1: rejected: a '(' without its ')'");
  EXPECT_EQ(events[99], "100: skipped");
  EXPECT_EQ(events[100], "101: exact n99.example nxdomain");
  EXPECT_EQ(read("a.example CNAME (\n" + std::string(kMostLineBytes + 1, 'x') + "\nb.example CNAME .\n"),
            "1: rejected: a '(' without its ')'\n2: rejected: longer than 4096 bytes: is this a list at all?\n"
            "3: exact b.example nxdomain\n");
}

TEST(Rpz, AnIndentedRecordHasTheOwnerBefore) {
  EXPECT_EQ(read("a.example CNAME .\n\tCNAME rpz-passthru.\n  AAAA ::\n  TXT \"x\"\n  A 0.0.0.0\n"),
            "1: exact a.example nxdomain\n2: exact a.example exception\n3: exact a.example AAAA ::\n"
            "4: exact a.example TYPE16 \\# 2 0178\n5: exact a.example A 0.0.0.0\n");
}

TEST(Rpz, NamesInDataAreRelativeToTheOrigin) {
  EXPECT_EQ(read("$ORIGIN rpz.example.net.\n"
                 "@ SOA localhost. root.localhost. 1 2 3 4 5\n"
                 "a.example CNAME garden\n"
                 "b.example MX 10 mail\n"
                 "c.example CNAME ( garden ; below\n )\n"),
            "1: skipped\n2: skipped\n3: exact a.example CNAME garden.rpz.example.net\n"
            "4: exact b.example TYPE15 \\# 24 000a046d61696c0372707a076578616d706c65036e657400\n"
            "5: exact c.example CNAME garden.rpz.example.net\n6: skipped\n");
}

TEST(Rpz, ReadsAllOddities) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.rpz.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.rpz.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("rpz", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/fetch/zone_record.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lists/formats/rpz.h"
#include "tests/lists/fetch/zone_messages.h"
#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

base::Result<TransferredRecord> transferred_of(const support::Octets& message,
                                               const std::string& zone = "rpz.example") {
  dns::MessageReader reader(message, 12);
  const auto record = reader.record();
  if (!record) return base::Error(base::ErrorCode::kDamaged, "the test's message is broken");
  return to_transferred(reader, *record, *dns::Name::parse(zone));
}
std::string line_of(const std::string& text) {
  const auto record = transferred_of(message_of({text}));
  return record ? record->line : record.error().message();
}

TEST(ZoneRecord, IsALineOfAZoneFile) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"bad.example.rpz.example. 300 IN CNAME .", "bad.example CNAME ."},
      {"*.Bad.Example.RPZ.example. 60 IN CNAME RPZ-Drop.", "*.bad.example CNAME rpz-drop."},
      {"bad.rpz.example. 300 IN A 0.0.0.0", "bad A 0.0.0.0"},
      {"bad.rpz.example. 300 IN AAAA 2001:db8::7", "bad AAAA 2001:db8::7"},
      {"rpz.example. 300 IN NS ns.rpz.example.", "@ NS ns.rpz.example."},
      {"bad.rpz.example. 300 IN TXT \"why\"", "bad TXT \\# 4 03776879"},
      {"bad.rpz.example. 300 IN MX 10 mail.example.", "bad MX \\# 16 000a046d61696c076578616d706c6500"},
      {"bad.rpz.example. 300 IN TYPE65280 \\# 2 abcd", "bad TYPE65280 \\# 2 abcd"},
      {"a\\;b.rpz.example. 300 IN CNAME .", "a\\059b CNAME ."},
      {"a\\(.rpz.example. 300 IN CNAME .", "a\\040 CNAME ."},
      {"\\$include.rpz.example. 300 IN CNAME .", "\\036include CNAME ."},
      {"\\@.rpz.example. 300 IN CNAME .", "\\064 CNAME ."},
      {"a\\010b.rpz.example. 300 IN CNAME c\\.d.", "a\\010b CNAME c\\046d."},
  };
  for (const auto& [text, line] : table) EXPECT_EQ(line_of(text), line);
  const auto record = transferred_of(message_of({soa(7)}));
  EXPECT_EQ(record->line + '\n', soa_line(7));
  EXPECT_EQ(record->serial, 7U);
  EXPECT_EQ(transferred_of(message_of({block("bad")}))->serial, std::nullopt);
}

// The line says to the format what the record says, and nothing that it does not.
TEST(ZoneRecord, IsReadByTheFormat) {
  for (const auto& [text, event] : std::vector<std::pair<std::string, std::string>>{
           {block("bad.example"), "2: exact bad.example nxdomain"},
           {block("*.bad.example"), "2: subdomains bad.example nxdomain"},
           {"ok.example.rpz.example. 300 IN CNAME rpz-passthru.", "2: exact ok.example exception"},
           {"\\$include.rpz.example. 300 IN CNAME .", "2: rejected: looks like an ad blocker's rule, not a name"},
           {"bad.rpz.example. 300 IN TXT \"why\"", "2: exact bad TYPE16 \\# 4 03776879"}}) {
    RecordingSink sink;
    parse_rpz("$ORIGIN rpz.example.\n" + line_of(text) + "\n", sink);
    ASSERT_EQ(sink.events.size(), 2U) << text;
    EXPECT_EQ(sink.events[1], event);
  }
}

TEST(ZoneRecord, OfAnotherZoneIsRefused) {
  for (const char* owner : {"bad.example", "notrpz.example", "example", "rpz.example.evil"}) {
    const auto record = transferred_of(message_of({std::string(owner) + ". 300 IN CNAME ."}));
    ASSERT_FALSE(record) << owner;
    EXPECT_EQ(record.error().message(), fmt::format("the CNAME record of {} is not in the zone", owner));
  }
  EXPECT_EQ(line_of("sub.rpz.example. 300 IN SOA a. b. 1 2 3 4 5"),
            "the SOA record of sub.rpz.example is not at the zone's own name");
  EXPECT_EQ(line_of("bad.rpz.example. 300 CH CNAME ."), "the CNAME record of bad.rpz.example is none of a zone");
  EXPECT_EQ(line_of("bad.rpz.example. 300 IN TYPE255 \\# 0"), "the ANY record of bad.rpz.example is none of a zone");
  EXPECT_EQ(line_of("bad.rpz.example. 300 IN TYPE0 \\# 0"), "the TYPE0 record of bad.rpz.example is none of a zone");
}

TEST(ZoneRecord, WhoseDataDoesNotFitItsTypeIsRefused) {
  // name, type, class, TTL, length
  const auto raw = [](std::uint8_t type, support::Octets rdata) {
    support::Octets message(12);
    message[7] = 1;
    const support::Octets owner = {3, 'r', 'p', 'z', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
    message.insert(message.end(), owner.begin(), owner.end());
    const support::Octets rest = {0, type, 0, 1, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(rdata.size())};
    message.insert(message.end(), rest.begin(), rest.end());
    message.insert(message.end(), rdata.begin(), rdata.end());
    return message;
  };
  EXPECT_TRUE(transferred_of(raw(1, {1, 2, 3, 4})));
  EXPECT_FALSE(transferred_of(raw(1, {1, 2, 3})));
  EXPECT_FALSE(transferred_of(raw(28, {1, 2, 3, 4})));
  EXPECT_FALSE(transferred_of(raw(5, {0, 0}))) << "an octet after the name";
  EXPECT_FALSE(transferred_of(raw(5, {3, 'a'}))) << "a label that runs out of the record";
  EXPECT_FALSE(transferred_of(raw(6, support::Octets(21)))) << "numbers cut short";
  EXPECT_TRUE(transferred_of(raw(6, support::Octets(22))));
  EXPECT_FALSE(transferred_of(raw(6, support::Octets(23))));
}

}  // namespace
}  // namespace schoolgate::lists

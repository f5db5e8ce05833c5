#include "dns/zone_source.h"

#include <gtest/gtest.h>

namespace schoolgate::dns {
namespace {

TEST(ZoneSource, ReadsKindHostPortAndZone) {
  struct Row {
    std::string text, host;
    unsigned port;
    std::string zone;
  };
  const std::vector<Row> table = {
      {"axfr://10.0.0.2/rpz.example", "10.0.0.2", 53, "rpz.example"},
      {"axfr://10.0.0.2:5353/RPZ.Example.", "10.0.0.2", 5353, "rpz.example"},
      {"axfr://ns-1.school.example:65535/rpz", "ns-1.school.example", 65535, "rpz"},
      {"axfr://[2001:db8::7]/rpz.example", "2001:db8::7", 53, "rpz.example"},
      {"axfr://[::1]:1/rpz.example", "::1", 1, "rpz.example"},
  };
  for (const Row& row : table) {
    const auto source = parse_zone_source(row.text);
    ASSERT_TRUE(source) << source.error().message();
    EXPECT_EQ(source->kind, ZoneSource::Kind::kAxfr);
    EXPECT_EQ(source->host, row.host);
    EXPECT_EQ(source->port, row.port) << row.text;
    EXPECT_EQ(source->zone.to_text(), row.zone);
    EXPECT_EQ(source->text, row.text);
  }
  EXPECT_EQ(parse_zone_source("ixfr://10.0.0.2/rpz.example")->kind, ZoneSource::Kind::kIxfr);
}

TEST(ZoneSource, SaysWhatIsWrongAndHowItIsWritten) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"axfr://10.0.0.2", "names no zone"},
      {"axfr://10.0.0.2/", "names no zone"},
      {"axfr:///rpz.example", "names no host"},
      {"axfr://", "names no host"},
      {"axfr://:53/rpz.example", "names no host"},
      {"axfr://user@host/rpz.example", "names no host"},
      {"axfr://a b/rpz.example", "names no host"},
      {"axfr://10.0.0.2:/rpz.example", "a port is a number from 1 to 65535"},
      {"axfr://10.0.0.2:0/rpz.example", "a port is a number from 1 to 65535"},
      {"axfr://10.0.0.2:65536/rpz.example", "a port is a number from 1 to 65535"},
      {"axfr://10.0.0.2:53x/rpz.example", "a port is a number from 1 to 65535"},
      {"axfr://[::1]5353/rpz.example", "a port is a number from 1 to 65535"},
      {"axfr://[::1/rpz.example", "a '[' without its ']'"},
      {"axfr://[10.0.0.2]/rpz.example", "in brackets belongs an IPv6 address"},
      {"axfr://[]/rpz.example", "in brackets belongs an IPv6 address"},
      {"axfr://2001:db8::7/rpz.example", "an IPv6 address is written in brackets"},
      {"axfr://10.0.0.2/.", "the root is no list"},
      {"axfr://10.0.0.2/rpz..example", "its zone is no domain name: "},
  };
  for (const auto& [text, why] : table) {
    const auto source = parse_zone_source(text);
    ASSERT_FALSE(source) << text;
    EXPECT_EQ(source.error().code(), base::ErrorCode::kInvalid);
    EXPECT_TRUE(source.error().message().starts_with("'" + text + "': " + why)) << source.error().message();
    EXPECT_TRUE(source.error().message().ends_with("; write it as in 'axfr://10.0.0.2/rpz.example'")) << text;
  }
}

TEST(ZoneSource, IsKnownByItsScheme) {
  for (const char* text : {"axfr://x/y", "ixfr://"}) EXPECT_TRUE(is_zone_source(text));
  for (const char* text : {"", "axfr:/x/y", "https://x/y", "lists/axfr://x", "AXFR://x/y"})
    EXPECT_FALSE(is_zone_source(text));
}

}  // namespace
}  // namespace schoolgate::dns

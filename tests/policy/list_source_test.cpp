#include "policy/list_source.h"

#include <gtest/gtest.h>

#include "policy/policy_file.h"
#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

const std::string kKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

base::Result<PolicySettings> parse(const std::string& lines) {
  return parse_policy("default_group = 'everyone'\n[[list]]\nid='a'\ncategory='games'\n" + lines, "conf/p.toml",
                      sample::tags());
}

ListSetting list_of(const std::string& lines) {
  auto settings = parse(lines);
  if (!settings) throw std::runtime_error(settings.error().message());
  return settings->lists.at(0);
}

std::string error_of(const std::string& lines) {
  const auto settings = parse(lines);
  return settings ? "" : settings.error().message();
}

TEST(ListSource, AFileIsJoinedToTheFolderOfThePolicy) {
  const ListSetting list = list_of("source='x.txt'");
  EXPECT_EQ(list.source, "conf/x.txt");
  EXPECT_FALSE(list.is_remote);
  EXPECT_EQ(list.refresh_s, 0);
}

TEST(ListSource, AnAddressIsFetchedOnceADay) {
  const ListSetting list = list_of("source='https://lists.example/x.txt'");
  EXPECT_EQ(list.source, "https://lists.example/x.txt");
  EXPECT_TRUE(list.is_remote);
  EXPECT_EQ(list.refresh_s, 86'400);
}

TEST(ListSource, OrAsOftenAsItSays) {
  EXPECT_EQ(list_of("source='https://lists.example/x'\nrefresh='6h'").refresh_s, 21'600);
  EXPECT_EQ(list_of("source='https://lists.example/x'\nrefresh='1w'").refresh_s, 604'800);
}

TEST(ListSource, PinAndKeyAreTaken) {
  const ListSetting list =
      list_of("source='http://lists.example/x'\nsha256='" + std::string(64, 'A') + "'\nminisign='" + kKey + "'");
  EXPECT_EQ(list.sha256, std::string(64, 'a'));
  EXPECT_EQ(list.minisign, kKey);
}

TEST(ListSource, AZoneOfAPrimaryIsRemoteToo) {
  const ListSetting list = list_of("source='ixfr://192.0.2.1:5353/rpz.example'\nrefresh='30m'");
  EXPECT_EQ(list.source, "ixfr://192.0.2.1:5353/rpz.example");
  EXPECT_TRUE(list.is_remote);
  EXPECT_EQ(list.refresh_s, 1'800);
  EXPECT_EQ(error_of("source='axfr://192.0.2.1/rpz.example'\nsha256='" + std::string(64, 'a') + "'"),
            "conf/p.toml:5:8: a zone is signed with 'tsig', not with 'sha256' or 'minisign'");
  EXPECT_EQ(error_of("source='ftp://192.0.2.1/x'"),
            "conf/p.toml:5:8: 'ftp://192.0.2.1/x': should be a file path, or begin with https://, http://, axfr:// or "
            "ixfr://");
}

TEST(ListSource, AZoneThatCannotBeAskedForIsToldWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"axfr://192.0.2.1", "names no zone"},
      {"ixfr:///rpz.example", "names no host"},
      {"axfr://192.0.2.1:0/rpz.example", "a port is a number from 1 to 65535"},
      {"axfr://2001:db8::7/rpz.example", "an IPv6 address is written in brackets"},
  };
  for (const auto& [source, why] : table) {
    EXPECT_EQ(error_of("source='" + source + "'"),
              "conf/p.toml:5:8: '" + source + "': " + why + "; write it as in 'axfr://10.0.0.2/rpz.example'");
  }
  EXPECT_EQ(error_of("source=\"axfr://192.0.2.1/a\\nb\""),
            "conf/p.toml:5:8: 'axfr://192.0.2.1/a\\010b': is no address of a zone");
}

TEST(ListSource, WhatIsWrongIsToldWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"source='http://x.example/y'",
       "conf/p.toml:5:8: 'http://x.example/y': anybody on the way can change it: give https://, or pin it with "
       "'sha256' or "
       "'minisign'"},
      {"source='https://jane:secret@x.example/y'",
       "conf/p.toml:5:8: 'https://jane:secret@x.example/y': a policy file is no place for a password: it is shared; "
       "fetch "
       "the list yourself and give the file's path"},
      {"source='https:///y'", "conf/p.toml:5:8: 'https:///y': is no web address"},
      {"source='https://x.example/a b'", "conf/p.toml:5:8: 'https://x.example/a b': is no web address"},
      {"source='x'\nrefresh='1d'",
       "conf/p.toml:6:9: 'refresh' is for an address: a file is read whenever the lists are built"},
      {"source='https://x.example/y'\nrefresh='1s'",
       "conf/p.toml:6:9: '1s' should be from '5m' to '90d', as '30m', '6h', '1d' or '1w'"},
      {"source='https://x.example/y'\nrefresh='4m'",
       "conf/p.toml:6:9: '4m' should be from '5m' to '90d', as '30m', '6h', '1d' or '1w'"},
      {"source='https://x.example/y'\nsha256='abc'",
       "conf/p.toml:6:8: 'sha256' should be 64 hexadecimal digits, as sha256sum prints them"},
      {"source='https://x.example/y'\nminisign='untrusted comment: key'",
       "conf/p.toml:6:10: 'minisign' should be the second line of a minisign.pub: 56 characters, from 'RW' on"},
      {"source='x'\nminisign='" + kKey + "'",
       "conf/p.toml:5:8: 'sha256' and 'minisign' are for an address, not for a file"},
  };
  for (const auto& [lines, error] : table) EXPECT_EQ(error_of(lines), error);
}

TEST(ParseSpan, ANumberAndAUnit) {
  EXPECT_EQ(parse_span("30m"), 1'800);
  EXPECT_EQ(parse_span("2w"), 1'209'600);
  for (const char* text :
       {"", "m", "30", "-1d", "0d", "1.5h", "1dd", " 1d", "1y", "99999999999999999999d", "9999999d"}) {
    EXPECT_FALSE(parse_span(text)) << text;
  }
}

}  // namespace
}  // namespace schoolgate::policy

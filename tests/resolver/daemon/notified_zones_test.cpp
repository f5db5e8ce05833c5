#include "resolver/daemon/notified_zones.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.h"

namespace schoolgate::daemon {
namespace {

using base::IpAddress;

policy::ListSetting list(const std::string& id, const std::string& source) {
  policy::ListSetting setting;
  setting.id = id;
  setting.source = source;
  setting.is_remote = true;
  return setting;
}

// Knows "ns.example", and counts what it is asked.
struct Hosts {
  lists::LookUpHost look_up = [this](const std::string& host) -> base::Result<std::vector<IpAddress>> {
    asked.push_back(host);
    if (host != "ns.example" || is_down) return base::Error(base::ErrorCode::kUnavailable, "no address of " + host);
    return std::vector{*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")};
  };
  std::vector<std::string> asked;
  bool is_down = false;
};

TEST(NotifiedZones, AreThoseOfPrimaries) {
  EXPECT_TRUE(is_notified(list("a", "axfr://192.0.2.7/rpz.example")));
  EXPECT_TRUE(is_notified(list("a", "ixfr://192.0.2.7/rpz.example")));
  EXPECT_FALSE(is_notified(list("a", "https://lists.example/x")));
  Hosts hosts;
  const auto read = read_notified_zones(
      {list("web", "https://lists.example/x"), list("file", "/lists/x"),
       list("one", "axfr://192.0.2.7:5353/RPZ.example."), list("two", "ixfr://[2001:db8::7]/rpz2.example")},
      {}, hosts.look_up);
  ASSERT_EQ(read.zones.size(), 2u);
  EXPECT_EQ(read.zones[0].list, "one");
  EXPECT_EQ(read.zones[0].zone, *dns::Name::parse("rpz.example"));
  EXPECT_EQ(read.zones[0].primaries, std::vector{*IpAddress::parse("192.0.2.7")});
  EXPECT_FALSE(read.zones[0].is_signed);
  EXPECT_EQ(read.zones[1].list, "two");
  EXPECT_EQ(read.zones[1].primaries, std::vector{*IpAddress::parse("2001:db8::7")});
  EXPECT_TRUE(hosts.asked.empty()) << "an address is none to look up";
}

TEST(NotifiedZones, ANameStandsForAllItsAddresses) {
  Hosts hosts;
  const auto read = read_notified_zones(
      {list("one", "axfr://ns.example/a.example"), list("two", "axfr://ns.example:5353/b.example")}, {}, hosts.look_up);
  ASSERT_EQ(read.zones.size(), 2u);
  for (const auto& zone : read.zones) {
    EXPECT_EQ(zone.primaries, (std::vector{*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")}));
  }
  EXPECT_EQ(hosts.asked, std::vector<std::string>{"ns.example"}) << "once for both";
}

TEST(NotifiedZones, AnUnknownNameStandsForNobody) {
  Hosts hosts;
  const auto read = read_notified_zones({list("one", "axfr://no.example/a.example")}, {}, hosts.look_up);
  ASSERT_EQ(read.zones.size(), 1u);
  EXPECT_TRUE(read.zones[0].primaries.empty());
}

TEST(NotifiedZones, WhatCannotBeLookedUpNowKeepsItsAddresses) {
  Hosts hosts;
  const std::vector lists = {list("one", "axfr://ns.example/a.example")};
  const auto before = read_notified_zones(lists, {}, hosts.look_up);
  hosts.is_down = true;
  const auto later = read_notified_zones(lists, before, hosts.look_up);
  EXPECT_EQ(later.zones[0].primaries, before.zones[0].primaries);
  const auto other = read_notified_zones({list("one", "axfr://no.example/a.example")}, before, hosts.look_up);
  EXPECT_TRUE(other.zones[0].primaries.empty()) << "another name of the same list";
}

TEST(NotifiedZones, HaveTheirKeyWhenItCanBeRead) {
  const support::TemporaryFolder folder;
  const std::string secret = folder.write("secret", "MDEyMzQ1Njc4OWFiY2RlZg==\n");
  ::chmod(secret.c_str(), 0600);
  policy::ListSetting setting = list("one", "axfr://192.0.2.7/rpz.example");
  setting.tsig = policy::TsigSetting{"School.key", "hmac-sha512", secret};
  Hosts hosts;
  const auto read = read_notified_zones({setting}, {}, hosts.look_up);
  EXPECT_TRUE(read.zones[0].is_signed);
  ASSERT_TRUE(read.zones[0].key);
  EXPECT_EQ(read.zones[0].key->name, *dns::Name::parse("school.key"));
  EXPECT_EQ(read.zones[0].key->algorithm, lists::TsigAlgorithm::kHmacSha512);
  setting.tsig->secret_file = folder.file("absent");
  const auto without = read_notified_zones({setting}, {}, hosts.look_up);
  EXPECT_TRUE(without.zones[0].is_signed) << "so that nothing unsigned is taken";
  EXPECT_FALSE(without.zones[0].key);
}

}  // namespace
}  // namespace schoolgate::daemon

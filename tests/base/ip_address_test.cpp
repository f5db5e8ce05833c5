#include "base/ip_address.h"

#include <unordered_set>

namespace schoolgate::base {
namespace {

struct AddressRow {
  std::string text;
  std::string printed;  // empty: refused
};

class AddressText : public testing::TestWithParam<AddressRow> {};

TEST_P(AddressText, ParsesAndPrints) {
  const auto address = IpAddress::parse(GetParam().text);
  ASSERT_EQ(address.has_value(), !GetParam().printed.empty()) << GetParam().text;
  EXPECT_EQ(address ? address->to_text() : "", GetParam().printed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AddressText,
    testing::Values(AddressRow{"192.0.2.1", "192.0.2.1"}, AddressRow{"0.0.0.0", "0.0.0.0"},
                    AddressRow{"255.255.255.255", "255.255.255.255"}, AddressRow{"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
                    AddressRow{"::", "::"}, AddressRow{"::ffff:192.0.2.1", "192.0.2.1"},
                    AddressRow{"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
                               "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
                    AddressRow{"", ""}, AddressRow{"192.0.2", ""}, AddressRow{"192.0.2.256", ""},
                    AddressRow{"192.0.2.01", ""}, AddressRow{"192.0.2.1 ", ""}, AddressRow{" 192.0.2.1", ""},
                    AddressRow{"0x7f.0.0.1", ""}, AddressRow{"2130706433", ""}, AddressRow{"[::1]", ""},
                    AddressRow{"fe80::1%eth0", ""}, AddressRow{":::", ""}, AddressRow{"1::2::3", ""},
                    AddressRow{"12345::", ""}, AddressRow{std::string("::1\0", 4), ""},
                    AddressRow{std::string(46, '1'), ""}, AddressRow{std::string(4000, ':'), ""}));

TEST(IpAddress, IsTheSameValueWhicheverSocketItCameThrough) {
  const auto four = IpAddress::v4(0xc0000201);
  EXPECT_EQ(four, IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(four, IpAddress::parse("::ffff:192.0.2.1"));
  EXPECT_EQ(four, IpAddress::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}));
  EXPECT_NE(four, IpAddress::parse("::192.0.2.1"));
  EXPECT_EQ(four.v4_value(), 0xc0000201U);
  EXPECT_EQ(std::hash<IpAddress>()(four), std::hash<IpAddress>()(*IpAddress::parse("::ffff:c000:201")));
}

TEST(IpAddress, KnowsItsFamilyAndTheLoopback) {
  const auto is_v4 = [](const char* text) { return IpAddress::parse(text)->is_v4(); };
  EXPECT_TRUE(is_v4("10.0.0.1"));
  EXPECT_FALSE(is_v4("::10.0.0.1"));
  EXPECT_FALSE(is_v4("64:ff9b::10.0.0.1"));
  const auto is_loopback = [](const char* text) { return IpAddress::parse(text)->is_loopback(); };
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("127.255.0.9"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_FALSE(is_loopback("128.0.0.1"));
  EXPECT_FALSE(is_loopback("::"));
  EXPECT_FALSE(is_loopback("::2"));
}

TEST(IpAddress, HashesApartInBothHalves) {
  std::unordered_set<std::size_t> hashes;
  std::unordered_set<std::size_t> low_bits;
  for (std::uint8_t i = 0; i < 255; ++i) {
    hashes.insert(std::hash<IpAddress>()(IpAddress::v4(0x0a000000U + i)));
    hashes.insert(std::hash<IpAddress>()(IpAddress::v6({0x20, i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})));
    low_bits.insert(std::hash<IpAddress>()(IpAddress::v4(0x0a000000U + i)) % 1024);
  }
  EXPECT_EQ(hashes.size(), 510U);
  EXPECT_GT(low_bits.size(), 150U);
}

struct NetworkRow {
  std::string text;
  std::string printed;  // empty: refused
  std::vector<std::string> inside;
  std::vector<std::string> outside;
};

class NetworkText : public testing::TestWithParam<NetworkRow> {};

TEST_P(NetworkText, ParsesPrintsAndContains) {
  const auto network = IpNetwork::parse(GetParam().text);
  ASSERT_EQ(network.has_value(), !GetParam().printed.empty()) << GetParam().text;
  if (!network) return;
  EXPECT_EQ(network->to_text(), GetParam().printed);
  EXPECT_EQ(IpNetwork::parse(network->to_text()), network);
  for (const auto& text : GetParam().inside) EXPECT_TRUE(network->contains(*IpAddress::parse(text))) << text;
  for (const auto& text : GetParam().outside) EXPECT_FALSE(network->contains(*IpAddress::parse(text))) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, NetworkText,
    testing::Values(
        NetworkRow{"10.0.0.0/8",
                   "10.0.0.0/8",
                   {"10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"},
                   {"11.0.0.0", "9.255.255.255", "a00::"}},
        NetworkRow{"10.1.2.3/8", "10.0.0.0/8", {"10.9.9.9"}, {"11.1.2.3"}},
        NetworkRow{"192.0.2.128/25", "192.0.2.128/25", {"192.0.2.128", "192.0.2.255"}, {"192.0.2.127", "192.0.3.128"}},
        NetworkRow{"192.0.2.1", "192.0.2.1/32", {"192.0.2.1"}, {"192.0.2.0", "192.0.2.2"}},
        NetworkRow{"0.0.0.0/0", "0.0.0.0/0", {"0.0.0.0", "255.255.255.255"}, {"::", "2001:db8::1"}},
        NetworkRow{"fe80::/10", "fe80::/10", {"fe80::1", "febf::1"}, {"fec0::1", "fe7f::1", "10.0.0.1"}},
        NetworkRow{"fc00::/7", "fc00::/7", {"fc00::", "fdff::1"}, {"fe00::1", "fbff::1"}},
        NetworkRow{"2001:db8::1", "2001:db8::1/128", {"2001:db8::1"}, {"2001:db8::"}},
        NetworkRow{"2001:db8::ff/121", "2001:db8::80/121", {"2001:db8::80", "2001:db8::ff"}, {"2001:db8::7f"}},
        NetworkRow{"::/0", "::/0", {"::", "2001:db8::1", "10.0.0.1"}, {}}, NetworkRow{"10.0.0.0/33", "", {}, {}},
        NetworkRow{"fe80::/129", "", {}, {}}, NetworkRow{"10.0.0.0/", "", {}, {}},
        NetworkRow{"10.0.0.0/-1", "", {}, {}}, NetworkRow{"10.0.0.0/+8", "", {}, {}},
        NetworkRow{"10.0.0.0/8/8", "", {}, {}}, NetworkRow{"10.0.0.0/255.0.0.0", "", {}, {}},
        NetworkRow{"10.0.0/8", "", {}, {}}, NetworkRow{"/8", "", {}, {}}, NetworkRow{"10.0.0.0/ 8", "", {}, {}},
        NetworkRow{"10.0.0.0/4294967304", "", {}, {}}));

TEST(IpNetwork, CountsBitsInTheMappedForm) {
  EXPECT_EQ(IpNetwork::parse("10.0.0.0/8")->prefix_bits_v6(), 104U);
  EXPECT_EQ(IpNetwork::parse("fe80::/10")->prefix_bits_v6(), 10U);
  EXPECT_EQ(IpNetwork(*IpAddress::parse("10.9.0.1"), 112), IpNetwork::parse("10.9.0.0/16"));
}

struct EndpointRow {
  std::string text;
  std::optional<std::uint16_t> default_port;
  std::string printed;  // empty: refused
};

class EndpointText : public testing::TestWithParam<EndpointRow> {};

TEST_P(EndpointText, ParsesAndPrints) {
  const auto endpoint = Endpoint::parse(GetParam().text, GetParam().default_port);
  ASSERT_EQ(endpoint.has_value(), !GetParam().printed.empty()) << GetParam().text;
  if (!endpoint) return;
  EXPECT_EQ(endpoint->to_text(), GetParam().printed);
  EXPECT_EQ(Endpoint::parse(endpoint->to_text()), endpoint);
}

INSTANTIATE_TEST_SUITE_P(
    Table, EndpointText,
    testing::Values(
        EndpointRow{"127.0.0.1:5380", {}, "127.0.0.1:5380"}, EndpointRow{"[::1]:53", {}, "[::1]:53"},
        EndpointRow{"0.0.0.0:53", {}, "0.0.0.0:53"}, EndpointRow{"[::]:53", {}, "[::]:53"},
        EndpointRow{"192.0.2.1:65535", {}, "192.0.2.1:65535"}, EndpointRow{"192.0.2.1:0", {}, "192.0.2.1:0"},
        EndpointRow{"192.0.2.1", 853, "192.0.2.1:853"}, EndpointRow{"192.0.2.1:53", 853, "192.0.2.1:53"},
        EndpointRow{"2001:db8::1", 853, "[2001:db8::1]:853"}, EndpointRow{"[2001:db8::1]", 853, "[2001:db8::1]:853"},
        EndpointRow{"192.0.2.1", {}, ""}, EndpointRow{"[::1]", {}, ""}, EndpointRow{"::1", {}, ""},
        EndpointRow{"::1:53", {}, ""}, EndpointRow{"192.0.2.1:65536", {}, ""}, EndpointRow{"192.0.2.1:", {}, ""},
        EndpointRow{"192.0.2.1:", 53, ""}, EndpointRow{"192.0.2.1:-1", {}, ""}, EndpointRow{"192.0.2.1:+53", {}, ""},
        EndpointRow{"192.0.2.1:53x", {}, ""}, EndpointRow{"192.0.2.1:0x35", {}, ""}, EndpointRow{"[::1]53", 53, ""},
        EndpointRow{"[::1]:", 53, ""}, EndpointRow{"[::1", 53, ""}, EndpointRow{"::1]:53", 53, ""},
        EndpointRow{"[192.0.2.1]:53", {}, ""}, EndpointRow{":53", {}, ""}, EndpointRow{"", 53, ""},
        EndpointRow{"localhost:53", {}, ""}, EndpointRow{"[]:53", {}, ""}, EndpointRow{"*:53", {}, ""}));

TEST(Endpoint, TellsTheTwoWildcardsApart) {
  const auto four = Endpoint::parse("0.0.0.0:53");
  const auto six = Endpoint::parse("[::]:53");
  EXPECT_FALSE(four->any_v6);
  EXPECT_TRUE(six->any_v6);
  EXPECT_FALSE(Endpoint::parse("[::1]:53")->any_v6);
  EXPECT_NE(*four, *six);
}

TEST(MacAddress, ParsesBothSeparatorsAndAnyCase) {
  const auto mac = MacAddress::parse("02:00:5E:00:0a:Ff");
  ASSERT_TRUE(mac);
  EXPECT_EQ(mac->to_text(), "02:00:5e:00:0a:ff");
  EXPECT_EQ(MacAddress::parse("02-00-5e-00-0a-ff"), mac);
  EXPECT_EQ(std::hash<MacAddress>()(*mac), std::hash<MacAddress>()(*MacAddress::parse("02-00-5e-00-0a-ff")));
  EXPECT_NE(std::hash<MacAddress>()(*mac), std::hash<MacAddress>()(MacAddress{}));
}

TEST(MacAddress, RefusesEverythingElse) {
  for (const char* text :
       {"", "02:00:5e:00:0a", "02:00:5e:00:0a:ff:", "02:00:5e:00:0a:fg", "02:00:5e:00:0a:-1", "0200.5e00.0aff",
        "02005e000aff", "2:0:5e:0:a:ff", "02 00 5e 00 0a ff", "02:00:5e:00:0a:f ", "02:00:5e:00:0a:0x"}) {
    EXPECT_FALSE(MacAddress::parse(text)) << text;
  }
}

}  // namespace
}  // namespace schoolgate::base

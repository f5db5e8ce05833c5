#include "policy/recognition.h"

#include <cstring>

#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

constexpr std::string_view kPolicy = R"(
default_group = "pupils"
[[group]]
id = "pupils"
[[group]]
id = "staff"
[[device]]
id = "by-mac"
match = { mac = "02:00:00:00:00:07" }
group = "staff"
[[device]]
id = "by-address"
match = { address = "10.1.2.3" }
group = "staff"
[[device]]
id = "by-address-6"
match = { address = "2001:db8::7" }
group = "everyone"
[[device]]
id = "net-8"
match = { subnet = "10.0.0.0/8" }
group = "pupils"
[[device]]
id = "net-25"
match = { subnet = "10.1.2.128/25" }
group = "staff"
[[device]]
id = "net-24"
match = { subnet = "10.1.2.0/24" }
group = "everyone"
[[device]]
id = "net-32"
match = { subnet = "10.9.9.9/32" }
group = "staff"
[[device]]
id = "any-6"
match = { subnet = "::/0" }
group = "staff"
[[device]]
id = "net-6-61"
match = { subnet = "2001:db8:0:8::/61" }
group = "pupils"
[[device]]
id = "net-6-128"
match = { subnet = "2001:db8:0:9::1/128" }
group = "pupils"
)";

Sighting sighting(const char* address, const char* mac = nullptr) {
  Sighting seen;
  seen.address = base::IpAddress::parse(address).value();
  if (mac != nullptr) seen.mac = base::MacAddress::parse(mac).value();
  return seen;
}

std::string device_id(const Policy& policy, const Sighting& seen, std::string_view site = "north") {
  char id[128];
  return std::string(id, policy.write_device_id(policy.recognise(seen), seen, site, id, sizeof id));
}

TEST(Recognition, MacThenAddressThenLongestSubnet) {
  struct Row {
    Sighting seen;
    const char* id;
    const char* group;
  };
  const std::vector<Row> table = {
      {sighting("192.0.2.1", "02:00:00:00:00:07"), "by-mac", "staff"},
      {sighting("10.1.2.3", "02:00:00:00:00:07"), "by-mac", "staff"},
      {sighting("10.1.2.3", "02:00:00:00:00:08"), "by-address", "staff"},
      {sighting("10.1.2.3"), "by-address", "staff"},
      {sighting("::ffff:10.1.2.3"), "by-address", "staff"},
      {sighting("2001:db8::7"), "by-address-6", "everyone"},
      {sighting("10.1.2.4"), "net-24", "everyone"},
      {sighting("10.1.2.127"), "net-24", "everyone"},
      {sighting("10.1.2.128"), "net-25", "staff"},
      {sighting("::ffff:10.1.2.255"), "net-25", "staff"},
      {sighting("10.1.3.0"), "net-8", "pupils"},
      {sighting("10.255.255.255"), "net-8", "pupils"},
      {sighting("10.9.9.9"), "net-32", "staff"},
      {sighting("11.0.0.0"), "ip:11.0.0.0@north", "pupils"},
      {sighting("9.255.255.255"), "ip:9.255.255.255@north", "pupils"},
      {sighting("11.0.0.0", "02:00:00:00:00:AB"), "mac:02:00:00:00:00:ab", "pupils"},
      {sighting("2001:db8:0:8::1"), "net-6-61", "pupils"},
      {sighting("2001:db8:0:f:ffff::"), "net-6-61", "pupils"},
      {sighting("2001:db8:0:10::"), "any-6", "staff"},
      {sighting("2001:db8:0:9::1"), "net-6-128", "pupils"},
      {sighting("::1"), "any-6", "staff"},
  };
  const auto policy = sample::compile(kPolicy);
  for (const Row& row : table) {
    SCOPED_TRACE(row.id);
    const Recognition recognition = policy->recognise(row.seen);
    EXPECT_EQ(policy->group(recognition.group).id, row.group);
    EXPECT_EQ(device_id(*policy, row.seen), row.id);
    const bool is_named = std::strchr(row.id, ':') == nullptr;
    EXPECT_EQ(recognition.device.has_value(), is_named);
  }
}

TEST(Recognition, AgreesWithTryingEverySubnet) {
  const auto policy = sample::compile(kPolicy);
  const auto& devices = policy->settings().devices;
  for (std::uint32_t i = 0; i < 4096; ++i) {
    const auto address = base::IpAddress::v4((10U << 24) | ((i * 0x9E3779B1U) >> 12));
    std::optional<std::uint32_t> longest;
    for (std::uint32_t number = 0; number < devices.size(); ++number) {
      const auto& subnet = devices[number].subnet;
      if (!subnet || !subnet->address().is_v4() || !subnet->contains(address)) continue;
      if (!longest || subnet->prefix_bits_v6() > devices[*longest].subnet->prefix_bits_v6()) longest = number;
    }
    if (address.to_text() == "10.1.2.3") continue;
    EXPECT_EQ(policy->recognise({address, {}}).device, longest) << address.to_text();
  }
}

TEST(Recognition, UnnamedIds) {
  char id[64];
  const auto write = [&id](const Sighting& seen, std::string_view site, std::size_t size) {
    return std::string(id, write_unnamed_id(seen, site, id, size));
  };
  EXPECT_EQ(write(sighting("192.0.2.1"), "", sizeof id), "ip:192.0.2.1");
  EXPECT_EQ(write(sighting("2001:db8::1"), "north", sizeof id), "ip:2001:db8::1@north");
  EXPECT_EQ(write(sighting("192.0.2.1", "fe:dc:ba:98:76:54"), "north", sizeof id), "mac:fe:dc:ba:98:76:54");
  EXPECT_EQ(write(sighting("192.0.2.1"), "north", 14), "ip:192.0.2.1@n");
  EXPECT_EQ(write(sighting("192.0.2.1"), "north", 0), "");
}

TEST(Recognition, IdsAreCutToFit) {
  const auto policy = sample::compile(kPolicy);
  const Sighting seen = sighting("10.1.2.3");
  char id[8] = "#######";
  EXPECT_EQ(policy->write_device_id(policy->recognise(seen), seen, "", id, 4), 4U);
  EXPECT_EQ(std::string(id), "by-a###");
}

}  // namespace
}  // namespace schoolgate::policy

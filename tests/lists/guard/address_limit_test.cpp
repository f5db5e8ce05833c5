#include "lists/guard/address_limit.h"

#include <gtest/gtest.h>

namespace schoolgate::lists {
namespace {

using filter::Trigger;

bool takes(AddressLimit& limit, Trigger trigger, const std::string& network) {
  return limit.why_set_aside({trigger, base::IpNetwork::parse(network).value()}).empty();
}

TEST(AddressLimit, OneRuleMayCoverSoMuch) {
  struct Row {
    Trigger trigger;
    const char* network;
    bool may;
  };
  const Row table[] = {
      {Trigger::kResponseIp, "192.0.2.7", true},     {Trigger::kResponseIp, "10.0.0.0/8", true},
      {Trigger::kResponseIp, "10.0.0.0/7", false},   {Trigger::kResponseIp, "2001::/16", true},
      {Trigger::kResponseIp, "2000::/15", false},    {Trigger::kResponseIp, "::/1", false},
      {Trigger::kClientIp, "10.1.0.0/16", true},     {Trigger::kClientIp, "10.0.0.0/15", false},
      {Trigger::kClientIp, "2001:db8:1::/48", true}, {Trigger::kClientIp, "2001:db8::/47", false},
  };
  for (const Row& row : table) {
    AddressLimit limit;
    EXPECT_EQ(takes(limit, row.trigger, row.network), row.may) << row.network;
  }
}

TEST(AddressLimit, AllTogetherNoMoreThanThat) {
  AddressLimit limit;
  for (int i = 0; i < 256; ++i)
    EXPECT_TRUE(takes(limit, Trigger::kClientIp, "10.0." + std::to_string(i) + ".0/24")) << i;
  EXPECT_FALSE(takes(limit, Trigger::kClientIp, "10.1.0.0/24"));
  EXPECT_FALSE(takes(limit, Trigger::kClientIp, "10.1.0.7"));
  EXPECT_TRUE(takes(limit, Trigger::kClientIp, "2001:db8::7")) << "IPv6 is counted by itself";
  EXPECT_TRUE(takes(limit, Trigger::kResponseIp, "10.1.0.0/24")) << "and so are answers";
}

}  // namespace
}  // namespace schoolgate::lists

// DeviceIndex: which device of the policy a sighting is. By MAC, then by address, then by the longest subnet.
//
// Thread contract: immutable after construction; any number
// of threads may read it. Look-ups allocate nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "policy/policy.h"

namespace schoolgate::policy {

class DeviceIndex {
 public:
  explicit DeviceIndex(const std::vector<DeviceSetting>& devices);

  // The index of the device's setting.
  std::optional<std::uint32_t> find(const Sighting& sighting) const noexcept;

 private:
  // The subnets of one prefix length, by their first address.
  struct Prefix {
    unsigned bits;
    std::unordered_map<base::IpAddress, std::uint32_t> subnets;
  };
  std::optional<std::uint32_t> find_subnet(const base::IpAddress& address) const noexcept;

  std::unordered_map<base::MacAddress, std::uint32_t> macs_;
  std::unordered_map<base::IpAddress, std::uint32_t> addresses_;
  std::vector<Prefix> prefixes_;  // longest first
};

// History's id of a device that the policy does not name: "mac:02:…", or "ip:ADDRESS@SITE", or "ip:ADDRESS"
// without a site. Written into `out`, cut to fit; returns its length.
std::size_t write_unnamed_id(const Sighting& sighting, std::string_view site, char* out, std::size_t size) noexcept;

}  // namespace schoolgate::policy

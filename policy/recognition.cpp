#include "policy/recognition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace schoolgate::policy {
namespace {

constexpr unsigned kV4MappedBits = 96;

// The first `bits` bits of the address. IpNetwork does the
// same bit by bit, which is too slow for every query.
base::IpAddress masked(const base::IpAddress& address, unsigned bits) noexcept {
  std::array<std::uint8_t, 16> octets = address.bytes();
  const std::size_t whole = bits / 8;
  if (whole == octets.size()) return address;
  octets[whole] = static_cast<std::uint8_t>(octets[whole] & (0xff00U >> (bits % 8)));
  std::memset(octets.data() + whole + 1, 0, octets.size() - whole - 1);
  return base::IpAddress::v6(octets);
}

// Puts text into a fixed space, and drops what does not fit.
class Writer {
 public:
  Writer(char* out, std::size_t size) : out_(out), size_(size) {}
  void put(std::string_view text) noexcept {
    const std::size_t fits = std::min(text.size(), size_ - used_);
    std::memcpy(out_ + used_, text.data(), fits);
    used_ += fits;
  }
  void put_hex(std::uint8_t octet) noexcept {
    static constexpr char kHex[] = "0123456789abcdef";
    const char digits[] = {kHex[octet >> 4], kHex[octet & 15]};
    put({digits, sizeof digits});
  }
  std::size_t used() const { return used_; }

 private:
  char* out_;
  std::size_t size_;
  std::size_t used_ = 0;
};

}  // namespace

DeviceIndex::DeviceIndex(const std::vector<DeviceSetting>& devices) {
  for (std::uint32_t number = 0; number < devices.size(); ++number) {
    const DeviceSetting& device = devices[number];
    if (device.mac) macs_.emplace(*device.mac, number);
    if (device.address) addresses_.emplace(*device.address, number);
    if (!device.subnet) continue;
    const unsigned bits = device.subnet->prefix_bits_v6();
    auto prefix = std::ranges::find(prefixes_, bits, &Prefix::bits);
    if (prefix == prefixes_.end()) prefix = prefixes_.insert(prefix, Prefix{bits, {}});
    prefix->subnets.emplace(device.subnet->address(), number);
  }
  std::ranges::sort(prefixes_, std::ranges::greater(), &Prefix::bits);
}

std::optional<std::uint32_t> DeviceIndex::find(const Sighting& sighting) const noexcept {
  if (sighting.mac) {
    if (const auto found = macs_.find(*sighting.mac); found != macs_.end()) return found->second;
  }
  if (const auto found = addresses_.find(sighting.address); found != addresses_.end()) return found->second;
  return find_subnet(sighting.address);
}

std::optional<std::uint32_t> DeviceIndex::find_subnet(const base::IpAddress& address) const noexcept {
  for (const Prefix& prefix : prefixes_) {
    // IPv4 is kept as ::ffff:a.b.c.d, and is none the less no part of ::/0.
    if (address.is_v4() && prefix.bits < kV4MappedBits) return std::nullopt;
    const auto found = prefix.subnets.find(masked(address, prefix.bits));
    if (found != prefix.subnets.end()) return found->second;
  }
  return std::nullopt;
}

std::size_t write_unnamed_id(const Sighting& sighting, std::string_view site, char* out, std::size_t size) noexcept {
  Writer writer(out, size);
  if (sighting.mac) {
    writer.put("mac");
    for (const std::uint8_t octet : sighting.mac->bytes) {
      writer.put(":");
      writer.put_hex(octet);
    }
    return writer.used();
  }
  char text[INET6_ADDRSTRLEN] = {};
  const auto& octets = sighting.address.bytes();
  const bool four = sighting.address.is_v4();
  inet_ntop(four ? AF_INET : AF_INET6, octets.data() + (four ? 12 : 0), text, sizeof text);
  writer.put("ip:");
  writer.put(text);
  if (!site.empty()) {
    writer.put("@");
    writer.put(site);
  }
  return writer.used();
}

}  // namespace schoolgate::policy

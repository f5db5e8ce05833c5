// IpAddress, IpNetwork, Endpoint and MacAddress: values, comparable and hashable, without a system type in sight.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace schoolgate::base {

// An IPv4 or IPv6 address. IPv4 is kept in its IPv4-mapped form (::ffff:a.b.c.d), so that an address is the same
// value whichever socket it came through.
class IpAddress {
 public:
  IpAddress() = default;  // ::
  static IpAddress v4(std::uint32_t host_order);
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);
  static std::optional<IpAddress> parse(std::string_view text);  // "192.0.2.1", "2001:db8::1"; no zone, no brackets

  bool is_v4() const;
  bool is_loopback() const;
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }  // network order, IPv4 mapped
  std::uint32_t v4_value() const;                                       // host order; REQUIRES is_v4()
  std::string to_text() const;

  auto operator<=>(const IpAddress&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

// An address and a prefix length, host bits cleared. "10.0.0.0/8", "fe80::/10", or an address alone.
class IpNetwork {
 public:
  static std::optional<IpNetwork> parse(std::string_view text);
  IpNetwork(const IpAddress& address, unsigned prefix_bits_v6);  // 0 to 128, counted in the mapped form

  bool contains(const IpAddress& address) const;
  const IpAddress& address() const { return address_; }
  unsigned prefix_bits_v6() const { return prefix_bits_; }  // counted in the mapped form: 10.0.0.0/8 is 104
  std::string to_text() const;                              // "10.0.0.0/8"

  auto operator<=>(const IpNetwork&) const = default;  // NOLINT(modernize-use-nullptr): likewise

 private:
  IpAddress address_;
  unsigned prefix_bits_;
};

// An address and a port. "127.0.0.1:5380", "[::1]:53".
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  bool any_v6 = false;  // "[::]" as opposed to "0.0.0.0": both are all zeroes but mean different sockets

  static std::optional<Endpoint> parse(std::string_view text, std::optional<std::uint16_t> default_port = {});
  std::string to_text() const;
  auto operator<=>(const Endpoint&) const = default;
};

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  static std::optional<MacAddress> parse(std::string_view text);  // "02:00:5e:00:00:01", '-' too, any case
  std::string to_text() const;                                    // lower case, ':'
  auto operator<=>(const MacAddress&) const = default;
};

}  // namespace schoolgate::base

template <>
struct std::hash<schoolgate::base::IpAddress> {
  std::size_t operator()(const schoolgate::base::IpAddress& address) const noexcept;
};
template <>
struct std::hash<schoolgate::base::MacAddress> {
  std::size_t operator()(const schoolgate::base::MacAddress& mac) const noexcept;
};

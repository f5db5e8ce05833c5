#include "base/ip_address.h"

#include <arpa/inet.h>

#include <cassert>
#include <charconv>
#include <cstring>

namespace schoolgate::base {
namespace {

constexpr unsigned kV4MappedBits = 96;
constexpr std::array<std::uint8_t, 12> kV4Mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::size_t mix(std::uint64_t high, std::uint64_t low) {
  std::uint64_t value = (high ^ (low * 0x9e3779b97f4a7c15ULL)) + 0x632be59bd9b4e019ULL;
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93ULL;
  value ^= value >> 29;
  return static_cast<std::size_t>(value);
}

}  // namespace

IpAddress IpAddress::v4(std::uint32_t host_order) {
  IpAddress address;
  std::memcpy(address.bytes_.data(), kV4Mapped.data(), kV4Mapped.size());
  for (int i = 0; i < 4; ++i) address.bytes_[12 + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  IpAddress address;
  address.bytes_ = bytes;
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  std::memcpy(terminated, text.data(), text.size());
  if (std::strlen(terminated) != text.size()) return std::nullopt;
  in_addr four{};
  if (inet_pton(AF_INET, terminated, &four) == 1) return v4(ntohl(four.s_addr));
  std::array<std::uint8_t, 16> six{};
  if (inet_pton(AF_INET6, terminated, six.data()) == 1) return v6(six);
  return std::nullopt;
}

bool IpAddress::is_v4() const { return std::memcmp(bytes_.data(), kV4Mapped.data(), kV4Mapped.size()) == 0; }

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[12] == 127;
  IpAddress one;
  one.bytes_[15] = 1;
  return *this == one;
}

std::uint32_t IpAddress::v4_value() const {
  assert(is_v4());
  return (std::uint32_t{bytes_[12]} << 24) | (std::uint32_t{bytes_[13]} << 16) | (std::uint32_t{bytes_[14]} << 8) |
         bytes_[15];
}

std::string IpAddress::to_text() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes_.data() + 12, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, bytes_.data(), text, sizeof text);
  }
  return text;
}

IpNetwork::IpNetwork(const IpAddress& address, unsigned prefix_bits_v6) : prefix_bits_(prefix_bits_v6) {
  assert(prefix_bits_v6 <= 128);
  std::array<std::uint8_t, 16> bytes = address.bytes();
  for (unsigned bit = prefix_bits_; bit < 128; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  address_ = IpAddress::v6(bytes);
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned most = address->is_v4() ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const auto given = parse_number<unsigned>(text.substr(slash + 1));
    if (!given || *given > most) return std::nullopt;
    bits = *given;
  }
  return IpNetwork(*address, address->is_v4() ? bits + kV4MappedBits : bits);
}

bool IpNetwork::contains(const IpAddress& address) const {
  const unsigned whole = prefix_bits_ / 8;
  if (std::memcmp(address.bytes().data(), address_.bytes().data(), whole) != 0) return false;
  const unsigned rest = prefix_bits_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
  return (address.bytes()[whole] & mask) == address_.bytes()[whole];
}

std::string IpNetwork::to_text() const {
  const bool four = address_.is_v4() && prefix_bits_ >= kV4MappedBits;
  return address_.to_text() + "/" + std::to_string(four ? prefix_bits_ - kV4MappedBits : prefix_bits_);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text, std::optional<std::uint16_t> default_port) {
  std::string_view host = text;
  std::optional<std::uint16_t> port = default_port;
  const bool bracketed = text.starts_with('[');
  if (bracketed) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
    if (!rest.empty()) port = parse_number<std::uint16_t>(rest.substr(1));
  } else if (const std::size_t colon = text.find(':');
             colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    host = text.substr(0, colon);
    port = parse_number<std::uint16_t>(text.substr(colon + 1));
  } else if (colon != std::string_view::npos && !default_port) {
    return std::nullopt;  // a bare IPv6 address needs brackets before a port
  }
  const auto address = IpAddress::parse(host);
  if (!address || !port || (bracketed && address->is_v4())) return std::nullopt;
  return Endpoint{*address, *port, *address == IpAddress()};
}

std::string Endpoint::to_text() const {
  const std::string host = address.to_text();
  return (address.is_v4() ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
  if (text.size() != 17) return std::nullopt;
  MacAddress mac;
  for (std::size_t i = 0; i < 6; ++i) {
    const auto octet = parse_number<std::uint8_t>(text.substr(i * 3, 2), 16);
    if (!octet || (i < 5 && text[i * 3 + 2] != ':' && text[i * 3 + 2] != '-')) return std::nullopt;
    mac.bytes[i] = *octet;
  }
  return mac;
}

std::string MacAddress::to_text() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : bytes) {
    if (!text.empty()) text += ':';
    text += kHex[octet >> 4];
    text += kHex[octet & 15];
  }
  return text;
}

}  // namespace schoolgate::base

std::size_t std::hash<schoolgate::base::IpAddress>::operator()(
    const schoolgate::base::IpAddress& address) const noexcept {
  std::uint64_t high, low;
  std::memcpy(&high, address.bytes().data(), 8);
  std::memcpy(&low, address.bytes().data() + 8, 8);
  return schoolgate::base::mix(high, low);
}

std::size_t std::hash<schoolgate::base::MacAddress>::operator()(
    const schoolgate::base::MacAddress& mac) const noexcept {
  std::uint64_t low = 0;
  std::memcpy(&low, mac.bytes.data(), 6);
  return schoolgate::base::mix(0x5c, low);
}

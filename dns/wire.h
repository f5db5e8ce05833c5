// Octets of the wire: sixteen and thirty-two bits in network order, at places the caller has checked.
#pragma once

#include <cstdint>

namespace schoolgate::dns {

inline constexpr std::size_t kHeaderOctets = 12;

inline std::uint16_t load_u16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>((std::uint16_t{at[0]} << 8) | at[1]);
}
inline std::uint32_t load_u32(const std::uint8_t* at) { return (std::uint32_t{load_u16(at)} << 16) | load_u16(at + 2); }
inline void store_u16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
inline void store_u32(std::uint8_t* at, std::uint32_t value) {
  store_u16(at, static_cast<std::uint16_t>(value >> 16));
  store_u16(at + 2, static_cast<std::uint16_t>(value));
}

// Bits of the header's second word (RFC 1035 §4.1.1, RFC 4035 §3).
namespace header {
inline constexpr std::uint16_t kQr = 0x8000, kAa = 0x0400, kTc = 0x0200, kRd = 0x0100, kRa = 0x0080, kAd = 0x0020,
                               kCd = 0x0010;
inline constexpr std::uint16_t kOpcodeMask = 0x7800, kRcodeMask = 0x000f;
inline constexpr unsigned kOpcodeShift = 11;
}  // namespace header

}  // namespace schoolgate::dns

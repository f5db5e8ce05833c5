// Eight octets at once with ASCII capitals as small letters (RFC 4343), wherever they stand: no other octet changes.
#pragma once

#include <cstdint>

namespace schoolgate::filter {

inline std::uint64_t folded(std::uint64_t octets) noexcept {
  constexpr auto repeated = [](std::uint64_t octet) { return octet * 0x0101010101010101u; };
  const std::uint64_t low = octets & repeated(0x7f);
  const std::uint64_t above_z = low + repeated(0x7f - 'Z');
  const std::uint64_t from_a = low + repeated(0x80 - 'A');
  return octets | (~octets & (from_a ^ above_z) & repeated(0x80)) >> 2;
}

}  // namespace schoolgate::filter

// NameScreen: a bit for each of a few thousand names, to turn the others away at the cost of a hash. It may let a name pass
// that is not among them, and never turns away one that is.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>

#include "dns/name.h"

namespace schoolgate::lists {

class NameScreen {
 public:
  void add(std::span<const std::uint8_t> wire) { bits_.set(place(wire)); }
  void add(const NameScreen& other) { bits_ |= other.bits_; }
  bool may_have(std::span<const std::uint8_t> wire) const { return bits_.test(place(wire)); }

 private:
  static constexpr std::size_t kBits = std::size_t{1} << 19;  // 64 KiB: one in 52 passes with 10,000 names
  static std::size_t place(std::span<const std::uint8_t> wire) { return dns::hash(wire) % kBits; }
  std::bitset<kBits> bits_;
};

// The wire form of a name's parent. REQUIRES: not the root's.
inline std::span<const std::uint8_t> parent_of(std::span<const std::uint8_t> wire) {
  return wire.subspan(std::size_t{1} + wire[0]);
}

}  // namespace schoolgate::lists

// LabelSlot: which of the buckets of a trie node a label belongs to, and what must be kept there to know it again.
//
// A hash table keeps whole keys, or fingerprints and errs. Here the label's bits are shuffled by a function that can be
// turned round, multiplied by the number of buckets, and the whole part of the product is the bucket, the rest is kept:
// the bucket's number and what is kept in it are together the label. Nothing is lost, and little is said twice (a
// "quotient", Knuth volume 3, 6.4 exercise 13; of any number of buckets, not a power of two only).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "filter/trie/label_code.h"

namespace schoolgate::filter {

struct LabelSlot {
  static constexpr std::size_t kMostOctets = CodedLabel::kMostBits / 8 + 2;

  std::uint32_t bucket = 0;
  std::uint32_t octets = 0;  // that are kept, at least one
  // They, from the highest octet of the first word on.
  std::array<std::uint64_t, kMostOctets / 8 + 2> rest;

  std::uint8_t octet(std::size_t index) const {
    return static_cast<std::uint8_t>(rest[index / 8] >> (56 - 8 * (index % 8)));
  }
};

// The lowest `bits` bits of `value`, shuffled: another value of as many bits, and no two become one. An odd factor and
// a shift to the right can each be turned round. REQUIRES: 1 to 64 bits.
inline std::uint64_t shuffled(std::uint64_t value, unsigned bits, std::uint64_t seed) noexcept {
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits);
  const unsigned half = (bits + 1) / 2;
  value ^= value >> half;
  value = value * 0x9e3779b97f4a7c15u & mask;
  value ^= value >> half;
  return value * (0xd6e8feb86659fd93u + 2 * seed) & mask;
}

// find_slot() where there is one bucket, and the label's bits stay as they are.
void find_only_slot(const CodedLabel& label, LabelSlot& slot) noexcept;
// find_slot() of a label with more bits than a word. REQUIRES: more than one bucket.
void find_long_slot(const CodedLabel& label, std::uint32_t buckets, std::uint8_t seed, LabelSlot& slot) noexcept;

// REQUIRES: at least one bucket.
inline void find_slot(const CodedLabel& label, std::uint32_t buckets, std::uint8_t seed, LabelSlot& slot) noexcept {
  if (buckets == 1) return find_only_slot(label, slot);
  // So many bits the bucket's number says for certain; zeros fill the others up to whole octets.
  const auto bucket_bits = static_cast<unsigned>(std::bit_width(buckets)) - 1;
  const unsigned beyond = label.bits() > bucket_bits ? label.bits() - bucket_bits : 1;
  slot.octets = (beyond + 7) / 8;
  const unsigned bits = bucket_bits + 8 * slot.octets;
  if (bits > 64) [[unlikely]]
    return find_long_slot(label, buckets, seed, slot);
  const std::uint64_t first = shuffled(label.word(0) >> (64 - bits), bits, seed) << (64 - bits);
  // Of two values in one bucket the products lie at least `buckets` apart, in units of the last bit: their highest
  // bits - bucket_bits bits differ.
  __extension__ using Product = unsigned __int128;
  const auto product = static_cast<Product>(first) * buckets;
  slot.bucket = static_cast<std::uint32_t>(product >> 64);
  slot.rest[0] = static_cast<std::uint64_t>(product);
}

}  // namespace schoolgate::filter

// LabelSlot: which of the buckets of a trie node a label belongs to, and what must be kept there to know it again.
//
// A hash table keeps whole keys, or fingerprints and errs. Here the label's bits are shuffled by a function that can be
// turned round, multiplied by the number of buckets, and the whole part of the product is the bucket, the rest is kept:
// the bucket's number and what is kept in it are together the label. Nothing is lost, and little is said twice (a
// "quotient", Knuth volume 3, 6.4 exercise 13; of any number of buckets, not a power of two only).
#pragma once

#include <array>
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

// REQUIRES: at least one bucket. With one, the label's bits stay as they are.
void find_slot(const CodedLabel& label, std::uint32_t buckets, std::uint8_t seed, LabelSlot& slot) noexcept;

}  // namespace schoolgate::filter

// The block of a domain trie: what trie_encoder.cpp and node_writer.cpp write, domain_trie.cpp and trie_node.cpp read.
// domain_trie.cpp draws it. Places are counted from where the nodes begin; numbers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

#include "filter/file/octets.h"
#include "filter/trie/folded.h"

namespace schoolgate::filter {

// The block: the nodes, which end with zeros that a look-up may read past its node; the pairs; the top places; the label
// code (label_code.h); the screen (label_screen.h), of the labels of all nodes but the root's; and eight u32: octets of
// all that, octets of the nodes, pairs, top places, octets of the screen, the root's node, the root's standings at and
// below.
inline constexpr std::size_t kTrieTailOctets = 32;
inline constexpr std::size_t kSlackOctets = 32;
inline constexpr std::uint32_t kNoNode = 0xffffffff;

// The pairs of standings that names most often have: at u32, below u32. A name's octet says which; kHasRecord: none.
inline constexpr std::size_t kPairOctets = 8;
inline constexpr std::uint8_t kHasRecord = 255;

// A hash table of the top-level domains that only lead on, so that most look-ups begin one node further down. A place:
// the label as in wire form, zeros after it, u64; node u32; zeros u32. Where a label's first place is taken, it has the next
// free one.
struct TopPlace {
  static constexpr std::size_t kOctets = 16;
  static constexpr std::size_t kMostLabelOctets = 7;
  // Half of the places are free. What is further away is found in the root's node.
  static constexpr std::size_t kMostTries = 64;
  static constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15u;
  // Of a label in any case, from its length octet on. REQUIRES: at most kMostLabelOctets in the label; 8 octets that may be
  // read.
  static std::uint64_t key(const std::uint8_t* counted) {
    const std::uint64_t octets = load<std::uint64_t>(counted);
    return folded(octets & ~std::uint64_t{0} >> (8 * (kMostLabelOctets - counted[0])));
  }
  static std::size_t first(std::uint64_t key, std::size_t places) {
    return static_cast<std::size_t>((key * kFactor >> 32) * places >> 32);
  }
};

// A bucket: the number of its labels u8, then of each, side by side,
//   mark      the first octet of what is kept of it; sixteen are compared at once
//   size      how many octets more are kept, 4 bits each; 15: fifteen, and the others are in the record
//   standing  the number of its pair, or kHasRecord
// then what is kept, and last the records.
struct Bucket {
  static constexpr std::size_t kMostLabels = 255;
  static constexpr std::size_t kLongSize = 15;
  static constexpr std::size_t sizes_octets(std::size_t count) { return (count + 1) / 2; }
};

// A node begins with an octet. 0: its only bucket follows. Else it is the octets of a deviation, 2 or 4, and there follow
// seed u8, number of buckets u32, slope u32, bias u32, the deviations, the buckets. Bucket number n begins
// n * slope / 256 + its deviation - bias octets after the deviations: they say only how far it is from where it would be
// were all of one size, and two octets are nearly always enough for that.
struct NodeHead {
  static constexpr std::size_t kOctets = 14;
  static constexpr unsigned kSlopeBits = 8;
};

// A record: an octet, its size or kLongSize in six bits over the marks below; when that is kLongSize, the size in the next
// two octets. Then the octets left of a long label, their number in front; then what is marked; then, to the end, the
// codes of the labels in front of all that: the chain.
struct Record {
  static constexpr unsigned kHasPair = 1;  // u8, or kHasRecord and two varints
  static constexpr unsigned kHasNode = 2;  // u32
  static constexpr unsigned kSizeShift = 2;
  static constexpr std::size_t kLongSize = 63;
};

}  // namespace schoolgate::filter

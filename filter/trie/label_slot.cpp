#include "filter/trie/label_slot.h"

namespace schoolgate::filter {
namespace {

constexpr unsigned kWordBits = 64;
__extension__ using Product = unsigned __int128;

// Of all words but the first, which they are mixed into: labels that begin alike do not crowd into one bucket. It goes by
// the bits that are kept, zeros included: what is kept must say it.
std::uint64_t digest_of_rest(const CodedLabel& label, unsigned bits) {
  std::uint64_t digest = 0;
  for (std::size_t i = 1; i <= bits / kWordBits; ++i) {
    digest = (digest ^ label.word(i)) * 0xff51afd7ed558ccdu;
    digest ^= digest >> 32;
  }
  return digest;
}

}  // namespace

void find_only_slot(const CodedLabel& label, LabelSlot& slot) noexcept {
  slot.bucket = 0;
  slot.octets = std::max(1u, static_cast<std::uint32_t>(label.size()));
  for (std::size_t i = 0; i <= 8 * slot.octets / kWordBits; ++i) slot.rest[i] = label.word(i);
}

void find_long_slot(const CodedLabel& label, std::uint32_t buckets, std::uint8_t seed, LabelSlot& slot) noexcept {
  const auto bucket_bits = static_cast<unsigned>(std::bit_width(buckets)) - 1;
  slot.octets = (label.bits() - bucket_bits + 7) / 8;
  const unsigned bits = bucket_bits + 8 * slot.octets;
  const std::uint64_t first = shuffled(label.word(0) ^ digest_of_rest(label, bits), kWordBits, seed);
  const auto product = static_cast<Product>(first) * buckets;
  slot.bucket = static_cast<std::uint32_t>(product >> kWordBits);
  // Of two values in one bucket the highest kWordBits - bucket_bits bits differ, as in find_slot().
  slot.rest[0] = static_cast<std::uint64_t>(product) >> bucket_bits << bucket_bits;
  for (std::size_t i = 1; i <= bits / kWordBits; ++i) {  // what follows the first word moves up beside it
    slot.rest[i - 1] |= label.word(i) >> 1 >> (kWordBits - 1 - bucket_bits);
    slot.rest[i] = label.word(i) << bucket_bits;
  }
}

}  // namespace schoolgate::filter

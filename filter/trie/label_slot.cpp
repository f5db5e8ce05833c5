#include "filter/trie/label_slot.h"

#include <algorithm>
#include <bit>

namespace schoolgate::filter {
namespace {

constexpr unsigned kWordBits = 64;
__extension__ using Product = unsigned __int128;

// The lowest `bits` bits of `value`, shuffled: another value of as many bits, and no two become one. An odd factor and
// a shift to the right can each be turned round.
std::uint64_t shuffled(std::uint64_t value, unsigned bits, std::uint64_t seed) {
  const std::uint64_t mask = ~std::uint64_t{0} >> (kWordBits - bits);
  const unsigned half = (bits + 1) / 2;
  value ^= value >> half;
  value = value * 0x9e3779b97f4a7c15u & mask;
  value ^= value >> half;
  return value * (0xd6e8feb86659fd93u + 2 * seed) & mask;
}

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

void find_slot(const CodedLabel& label, std::uint32_t buckets, std::uint8_t seed, LabelSlot& slot) noexcept {
  // So many bits the bucket's number says for certain; zeros fill the others up to whole octets.
  const auto bucket_bits = static_cast<unsigned>(std::bit_width(buckets)) - 1;
  const unsigned beyond = label.bits() > bucket_bits ? label.bits() - bucket_bits : 1;
  slot.octets = (beyond + 7) / 8;
  const unsigned bits = bucket_bits + 8 * slot.octets;
  if (buckets == 1) {
    slot.bucket = 0;
    for (std::size_t i = 0; i <= bits / kWordBits; ++i) slot.rest[i] = label.word(i);
    return;
  }
  const unsigned first_bits = std::min(bits, kWordBits);
  std::uint64_t first = label.word(0) >> (kWordBits - first_bits);
  if (bits > kWordBits) first ^= digest_of_rest(label, bits);
  first = shuffled(first, first_bits, seed) << (kWordBits - first_bits);
  // Of two values in one bucket the products lie at least `buckets` apart, in units of the last bit: their highest
  // first_bits - bucket_bits bits differ.
  const auto product = static_cast<Product>(first) * buckets;
  slot.bucket = static_cast<std::uint32_t>(product >> kWordBits);
  const auto low = static_cast<std::uint64_t>(product);
  if (bits <= kWordBits) {
    slot.rest[0] = low;
    return;
  }
  slot.rest[0] = low >> bucket_bits << bucket_bits;
  for (std::size_t i = 1; i <= bits / kWordBits; ++i) {  // what follows the first word moves up beside it
    slot.rest[i - 1] |= label.word(i) >> 1 >> (kWordBits - 1 - bucket_bits);
    slot.rest[i] = label.word(i) << bucket_bits;
  }
}

}  // namespace schoolgate::filter

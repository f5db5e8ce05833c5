#include "filter/trie/label_screen.h"

#include <algorithm>

namespace schoolgate::filter {
namespace {

constexpr std::size_t kBitsPerLabel = 7;  // of the screen, in all

constexpr std::uint64_t repeated(std::uint8_t octet) { return octet * 0x0101010101010101u; }

// Eight octets at once, ASCII capitals as small letters.
std::uint64_t folded(std::uint64_t octets) {
  const std::uint64_t low = octets & repeated(0x7f);
  const std::uint64_t above_z = low + repeated(0x7f - 'Z');
  const std::uint64_t from_a = low + repeated(0x80 - 'A');
  return octets | (~octets & (from_a ^ above_z) & repeated(0x80)) >> 2;
}

std::uint64_t mixed(std::uint64_t state, std::uint64_t octets) {
  state = (state ^ octets) * 0x9e3779b97f4a7c15u;
  return state ^ state >> 32;
}

// The first `count` octets at `at`, at most 8, zeros after them.
std::uint64_t first_octets(const std::uint8_t* at, std::size_t count) {
  const std::uint64_t octets = load<std::uint64_t>(at);
  return count >= 8 ? octets : octets & ((std::uint64_t{1} << (8 * count)) - 1);
}

std::size_t block_of(std::uint64_t hash, std::size_t blocks) {
  return static_cast<std::size_t>((hash >> 32) * blocks >> 32) * LabelScreenBlock::kOctets;
}

std::array<unsigned, LabelScreenBlock::kBitsALabel> bits_of(std::uint64_t hash) {
  constexpr unsigned kMask = LabelScreenBlock::kOctets * 8 - 1;
  const std::uint64_t more = hash * 0xd6e8feb86659fd93u;
  return {static_cast<unsigned>(more >> 55) & kMask, static_cast<unsigned>(more >> 46) & kMask,
          static_cast<unsigned>(more >> 37) & kMask, static_cast<unsigned>(more >> 28) & kMask};
}

}  // namespace

// Labels have up to 16 octets but for a few: these are read in one go, however many there are.
LabelHash::LabelHash(Octets label, std::uint32_t node) noexcept {
  const std::uint8_t* at = label.data();
  std::size_t size = label.size();
  std::uint64_t state = mixed(node + std::uint64_t{size} * 0xff51afd7ed558ccdu, folded(first_octets(at, size)));
  state = mixed(state, folded(first_octets(at + 8, size > 8 ? size - 8 : 0)));
  for (; size > kReadAhead; size -= 8) [[unlikely]] state = mixed(state, folded(load<std::uint64_t>(at + size - 8)));
  value_ = state;
}

bool LabelScreen::may_hold(const LabelHash& hash) const noexcept {
  if (count_ == 0) return true;
  const std::uint8_t* block = blocks_.data() + block_of(hash.value(), count_);
  unsigned all = 1;
  for (const unsigned bit : bits_of(hash.value())) all &= static_cast<unsigned>(block[bit / 8]) >> (bit % 8);
  return (all & 1) != 0;
}

LabelScreenBuilder::LabelScreenBuilder(std::size_t labels) {
  constexpr std::size_t kBlockBits = LabelScreenBlock::kOctets * 8;
  octets_.resize((labels * kBitsPerLabel + kBlockBits - 1) / kBlockBits * LabelScreenBlock::kOctets);
}

void LabelScreenBuilder::add(const LabelHash& hash) {
  std::uint64_t& place = waiting_[added_ % waiting_.size()];
  if (added_ >= waiting_.size()) set(place);
  place = hash.value();
  ++added_;
  __builtin_prefetch(octets_.data() + block_of(place, octets_.size() / LabelScreenBlock::kOctets), 1);
}

const std::string& LabelScreenBuilder::finish() {
  for (std::size_t i = 0; i < std::min(added_, waiting_.size()); ++i) set(waiting_[i]);
  return octets_;
}

void LabelScreenBuilder::set(std::uint64_t hash) {
  const std::size_t block = block_of(hash, octets_.size() / LabelScreenBlock::kOctets);
  for (const unsigned bit : bits_of(hash)) {
    octets_[block + bit / 8] = static_cast<char>(octets_[block + bit / 8] | 1 << bit % 8);
  }
}

}  // namespace schoolgate::filter

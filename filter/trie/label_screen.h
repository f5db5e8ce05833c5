// LabelScreen: says of most labels at once that a node of the trie does not have them. Most look-ups are for names that no
// list knows, and end here: one word of memory, and the label need not be coded first.
//
// A Bloom filter in blocks of one word: a label sets four bits of one block. It never says no of a label that is there; of
// one that is not, it says perhaps one time in forty, and the node itself is asked.
//
// Thread contract: LabelScreen is an immutable view, safe over any octets. LabelScreenBuilder is not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "filter/file/octets.h"

namespace schoolgate::filter {

// Of a label in any case below the node at `node`. REQUIRES: kReadAhead octets that may be read from where it begins.
class LabelHash {
 public:
  static constexpr std::size_t kReadAhead = 16;
  // Labels have up to 16 octets but for a few: these are taken in one go, however many there are.
  LabelHash(Octets label, std::uint32_t node) noexcept {
    Lanes lanes;
    Lanes mask;
    std::memcpy(&lanes, label.data(), sizeof lanes);
    std::memcpy(&mask, kFirst.data() + kReadAhead - std::min(label.size(), kReadAhead), sizeof mask);
    lanes &= mask;
    fold(lanes);
    std::array<std::uint64_t, 2> words;
    std::memcpy(words.data(), &lanes, sizeof words);
    const std::uint64_t seed = (std::uint64_t{node} << 8 | label.size()) * 0x9e3779b97f4a7c15u;
    value_ = mixed(in_little_endian(words[0]) ^ seed, in_little_endian(words[1]) ^ 0xd6e8feb86659fd93u);
    if (label.size() > kReadAhead) [[unlikely]]
      add_rest(label);
  }
  LabelHash() = default;  // of no label: may only be assigned to
  std::uint64_t value() const { return value_; }

 private:
  using Lanes = std::uint8_t __attribute__((vector_size(16)));
  // A window of it has ones for the first so many octets.
  static constexpr std::array<std::uint8_t, 2 * kReadAhead> kFirst = [] {
    std::array<std::uint8_t, 2 * kReadAhead> octets{};
    std::fill_n(octets.begin(), kReadAhead, std::uint8_t{0xff});
    return octets;
  }();

  // ASCII capitals as small letters.
  static void fold(Lanes& lanes) noexcept {
    const Lanes from_a = lanes - 'A';
    lanes |= reinterpret_cast<Lanes>(from_a <= 'Z' - 'A') & 0x20;
  }
  static std::uint64_t mixed(std::uint64_t left, std::uint64_t right) noexcept {
    __extension__ using Product = unsigned __int128;
    const Product product = static_cast<Product>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  void add_rest(Octets label) noexcept;

  std::uint64_t value_;
};

struct LabelScreenBlock {
  static constexpr std::size_t kOctets = 8;
  static std::size_t place(const LabelHash& hash, std::size_t blocks) noexcept {
    return static_cast<std::size_t>((hash.value() >> 32) * blocks >> 32) * kOctets;
  }
  static std::uint64_t bits(const LabelHash& hash) noexcept {
    constexpr std::uint64_t kOne = 1;
    const std::uint64_t value = hash.value();
    return kOne << (value & 63) | kOne << (value >> 6 & 63) | kOne << (value >> 12 & 63) | kOne << (value >> 18 & 63);
  }
};

class LabelScreen {
 public:
  LabelScreen() = default;  // lets everything through
  explicit LabelScreen(Octets blocks) : blocks_(blocks.data()), count_(blocks.size() / LabelScreenBlock::kOctets) {}
  // Asks memory for what may_hold() will read.
  void prefetch(const LabelHash& hash) const noexcept {
    filter::prefetch(blocks_, LabelScreenBlock::place(hash, count_));
  }
  bool may_hold(const LabelHash& hash) const noexcept {
    if (count_ == 0) return true;
    const std::uint64_t bits = LabelScreenBlock::bits(hash);
    return (load<std::uint64_t>(blocks_ + LabelScreenBlock::place(hash, count_)) & bits) == bits;
  }

 private:
  const std::uint8_t* blocks_ = nullptr;
  std::size_t count_ = 0;
};

class LabelScreenBuilder {
 public:
  explicit LabelScreenBuilder(std::size_t labels);
  void add(const LabelHash& hash);
  // Nothing may be added any more.
  const std::string& finish();

 private:
  void set(const LabelHash& hash);
  std::string octets_;
  // Blocks come from far away: each label waits until its own has come.
  static constexpr std::size_t kMostWaiting = 16;
  std::vector<LabelHash> waiting_;
  std::size_t added_ = 0;
};

}  // namespace schoolgate::filter

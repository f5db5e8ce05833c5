// LabelScreen: says of most labels at once that a node of the trie does not have them. Most look-ups are for names that no
// list knows, and end here: one line of memory, and the label need not be coded first.
//
// A Bloom filter in blocks of one line: a label sets four bits of one block. It never says no of a label that is there; of
// one that is not, it says perhaps one time in twenty, and the node itself is asked.
//
// Thread contract: LabelScreen is an immutable view, safe over any octets. LabelScreenBuilder is not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "filter/file/octets.h"

namespace schoolgate::filter {

// Of a label in any case below the node at `node`. REQUIRES: kReadAhead octets that may be read from where it begins.
class LabelHash {
 public:
  static constexpr std::size_t kReadAhead = 16;
  LabelHash(Octets label, std::uint32_t node) noexcept;
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_;
};

struct LabelScreenBlock {
  static constexpr std::size_t kOctets = 64;
  static constexpr unsigned kBitsALabel = 4;
};

class LabelScreen {
 public:
  LabelScreen() = default;  // lets everything through
  explicit LabelScreen(Octets blocks) : blocks_(blocks), count_(blocks.size() / LabelScreenBlock::kOctets) {}
  bool may_hold(const LabelHash& hash) const noexcept;

 private:
  Octets blocks_;
  std::size_t count_ = 0;
};

class LabelScreenBuilder {
 public:
  explicit LabelScreenBuilder(std::size_t labels);
  void add(const LabelHash& hash);
  // Nothing may be added any more.
  const std::string& finish();

 private:
  void set(std::uint64_t hash);
  std::string octets_;
  // Blocks come from far away: each label waits until its own has come.
  std::array<std::uint64_t, 16> waiting_{};
  std::size_t added_ = 0;
};

}  // namespace schoolgate::filter

// LabelCode: the octets of one label as a string of bits, under four a character. Labels are made of words, and words are
// not random: two octets at a time cost as many bits as they are surprising after the one before them, in Huffman codes
// made from the labels of the trie itself. No label's bits are the beginning of another's, so bits can be compared where
// labels were. ASCII case is folded on the way (RFC 4343); any octet may stand in a label.
//
// Thread contract: LabelCode is immutable once made.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dns/name.h"
#include "filter/file/octets.h"

namespace schoolgate::filter {

// A string of bits, in words from the highest bit on; zeros follow, to the end of the word after next.
class CodedLabel {
 public:
  static constexpr unsigned kMostCodeBits = 20;  // of two octets, if neither is an odd one
  static constexpr unsigned kMostBits =
      (dns::Name::kMaxLabelOctets + 1) / 2 * kMostCodeBits + dns::Name::kMaxLabelOctets * 8;

  unsigned bits() const { return bits_; }
  std::size_t size() const { return (bits_ + 7) / 8; }  // octets
  // REQUIRES, here and below: nothing beyond the zeros.
  std::uint64_t word(std::size_t index) const { return words_[index]; }
  std::uint8_t octet(std::size_t index) const {
    return static_cast<std::uint8_t>(words_[index / 8] >> (56 - 8 * (index % 8)));
  }

 private:
  friend class LabelCode;
  std::array<std::uint64_t, kMostBits / 64 + 3> words_;
  unsigned bits_ = 0;
};

class LabelCode {
 public:
  // What stands in a label: 26 letters, 10 digits, '-', '_', any other octet, and its end (or, in front of it, its start).
  static constexpr std::size_t kSymbols = 40;
  static constexpr std::size_t kPairs = kSymbols * kSymbols;
  static constexpr std::size_t kCodes = kSymbols * kPairs;

  // Counts what follows what.
  class Census {
   public:
    Census() : counts_(kCodes) {}
    void count(Octets label);
    std::size_t labels() const { return labels_; }

   private:
    friend class LabelCode;
    std::size_t labels_ = 0;
    std::vector<std::uint32_t> counts_;
  };

  LabelCode();  // where nothing is known of the labels
  // Every label has a code, whatever was counted.
  explicit LabelCode(const Census& census);
  // As encode() wrote it; nullopt for octets that it cannot have written.
  static std::optional<LabelCode> read(OctetReader& from);
  void append_to(std::string& out) const;

  // REQUIRES: at most kMaxLabelOctets.
  void encode(Octets label, CodedLabel& coded) const noexcept;

 private:
  // Fewer are not worth codes of their own: they say little, and the codes take some 40 KiB.
  static constexpr std::size_t kFewLabels = 2000;
  // Of two symbols after a third: value << 5 | bits, and a mark where octets follow.
  using Code = std::uint32_t;
  using Codes = std::vector<Code>;
  static std::shared_ptr<const Codes> even_codes();
  static void set_lengths(Codes& codes, std::size_t before, const std::array<std::uint8_t, kPairs>& lengths);
  void encode_odd(Octets label, CodedLabel& coded) const noexcept;

  std::shared_ptr<const Codes> codes_;
};

}  // namespace schoolgate::filter

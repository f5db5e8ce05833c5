// TagSet: which tags a name carries, as a fixed-width set of bits. Deciding is an AND of a few words.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace schoolgate::filter {

using TagNumber = std::uint16_t;  // a tag's bit; stable for ever, given by the taxonomy

class TagSet {
 public:
  static constexpr std::size_t kBits = 512;

  void set(TagNumber tag) { words_[tag / 64] |= std::uint64_t{1} << (tag % 64); }
  void clear(TagNumber tag) { words_[tag / 64] &= ~(std::uint64_t{1} << (tag % 64)); }
  bool test(TagNumber tag) const { return (words_[tag / 64] >> (tag % 64)) & 1; }
  bool empty() const { return *this == TagSet(); }

  TagSet& operator|=(const TagSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  TagSet& operator&=(const TagSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  TagSet& operator-=(const TagSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }
  friend TagSet operator|(TagSet left, const TagSet& right) { return left |= right; }
  friend TagSet operator&(TagSet left, const TagSet& right) { return left &= right; }
  friend TagSet operator-(TagSet left, const TagSet& right) { return left -= right; }
  bool operator==(const TagSet&) const = default;

  bool meets(const TagSet& other) const {
    std::uint64_t common = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) common |= words_[i] & other.words_[i];
    return common != 0;
  }
  // The lowest tag in both.
  std::optional<TagNumber> first_common(const TagSet& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (const std::uint64_t common = words_[i] & other.words_[i]; common != 0) {
        return static_cast<TagNumber>(i * 64 + static_cast<std::size_t>(std::countr_zero(common)));
      }
    }
    return std::nullopt;
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        visit(static_cast<TagNumber>(i * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
      }
    }
  }
  const std::array<std::uint64_t, kBits / 64>& words() const { return words_; }
  std::array<std::uint64_t, kBits / 64>& words() { return words_; }

 private:
  std::array<std::uint64_t, kBits / 64> words_{};
};

}  // namespace schoolgate::filter

// The labels of a name in wire form, from the right: the way down a trie.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "dns/name.h"
#include "filter/file/octets.h"

namespace schoolgate::filter {

// A view: the name must stay. It may be in any case.
class LabelsFromRight {
 public:
  LabelsFromRight() = default;  // of no name: may only be assigned to
  explicit LabelsFromRight(const dns::Name& name) noexcept : wire_(name.wire().data()), starts_(0), left_(0) {
    for (; wire_[left_] != 0; left_ += wire_[left_] + 1u) push(left_);
  }
  bool is_at_end() const { return left_ == 0; }
  // REQUIRES, here and below: not at the end.
  Octets peek() const {
    const std::uint8_t* label = wire_ + (starts_ & kStartMask) - 1;
    return {label + 1, *label};
  }
  Octets next() noexcept {
    const Octets label = peek();
    left_ = static_cast<std::uint32_t>(starts_ & kStartMask) - 1;
    starts_ >>= kStartBits;
    // One test for both: either alone is as good as random.
    if (static_cast<unsigned>(starts_ == 0) & static_cast<unsigned>(left_ != 0)) [[unlikely]]
      find_starts();
    return label;
  }

  // So many octets may be read from where the label begins.
  bool can_read(Octets label, std::size_t octets) const {
    return static_cast<std::size_t>(wire_ + dns::Name::kMaxWireOctets - label.data()) >= octets;
  }

 private:
  static constexpr unsigned kStartBits = 8;
  static constexpr std::uint64_t kStartMask = (1u << kStartBits) - 1;
  static_assert(dns::Name::kMaxWireOctets <= kStartMask);

  void push(std::uint32_t start) { starts_ = starts_ << kStartBits | (start + 1); }
  void find_starts() noexcept {
    for (std::uint32_t at = 0; at != left_; at += wire_[at] + 1u) push(at);
  }

  const std::uint8_t* wire_;
  // Where the last labels begin, plus one, the very last in the lowest bits. Eight fit; for the others the name is gone
  // through again.
  std::uint64_t starts_;
  std::uint32_t left_;  // octets, in front of what was taken
};

}  // namespace schoolgate::filter

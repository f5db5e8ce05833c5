// NameText: the text that patterns see. Name::to_text() without an allocation, and without the root's dot: patterns never
// match the root.
//
// A dot inside a label comes as "\046", and so a dot in the text is the edge of a label, always: a pattern such as
// "\.example$" says exactly what a name rule says, and becomes one.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "dns/name.h"

namespace schoolgate::filter {

class NameText {
 public:
  explicit NameText(const dns::Name& name) noexcept;
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  void put(std::uint8_t octet) noexcept;
  std::array<char, 4 * dns::Name::kMaxWireOctets> text_;  // the longest: "\DDD" for each octet
  std::size_t size_ = 0;
};

}  // namespace schoolgate::filter

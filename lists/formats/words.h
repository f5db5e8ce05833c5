// Words in a list's line. Thread-safe, no allocation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "dns/name.h"

namespace schoolgate::lists {

// ASCII letters only, as in DNS (RFC 4343).
inline bool equals_in_any_case(std::string_view word, std::string_view other) {
  return std::equal(word.begin(), word.end(), other.begin(), other.end(), [](char a, char b) {
    return dns::lower_octet(static_cast<std::uint8_t>(a)) == dns::lower_octet(static_cast<std::uint8_t>(b));
  });
}

}  // namespace schoolgate::lists

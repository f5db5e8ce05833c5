// What the trie keeps of a name: numbers of standings, whatever those say (rules/standing.h).
#pragma once

#include <compare>
#include <cstdint>

namespace schoolgate::filter {

using StandingNumber = std::uint32_t;
inline constexpr StandingNumber kNoStanding = 0;

// What holds for a name itself, and for the names below it.
struct StandingPair {
  StandingNumber at = kNoStanding;
  StandingNumber below = kNoStanding;
  auto operator<=>(const StandingPair&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};

}  // namespace schoolgate::filter

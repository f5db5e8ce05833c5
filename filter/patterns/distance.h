// Distance: how many characters may stand on one side of a literal, or between two.
#pragma once

#include <cstddef>
#include <cstdint>

namespace schoolgate::filter {

struct Distance {
  static constexpr std::uint16_t kNoLimit = 0xffff;
  std::uint16_t min = 0;
  std::uint16_t max = kNoLimit;

  bool holds(std::size_t count) const { return count >= min && (count <= max || max == kNoLimit); }
  bool holds(const Distance& other) const { return other.min >= min && other.max <= max; }
  bool operator==(const Distance&) const = default;
};

inline std::uint16_t saturated(unsigned count) {
  return count >= Distance::kNoLimit ? Distance::kNoLimit : static_cast<std::uint16_t>(count);
}

// What stands after both.
inline Distance operator+(const Distance& left, const Distance& right) {
  const bool no_limit = left.max == Distance::kNoLimit || right.max == Distance::kNoLimit;
  return {saturated(left.min + unsigned{right.min}),
          no_limit ? Distance::kNoLimit : saturated(left.max + unsigned{right.max})};
}

}  // namespace schoolgate::filter

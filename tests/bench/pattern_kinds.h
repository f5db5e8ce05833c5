// Patterns of the kinds that lists carry, out of our own heads: two thirds are plain suffixes written as expressions; then
// endings with a class, prefixes like ^ads?[0-9]*[-_.], keywords and infixes, some with look-around.
//
// They are easier than real ones: plain Hyperscan needs 150 ns a name for 2,000 of these, 350 ns for 2,000 of public lists.
// Figures to quote are those of real ones (filter --patterns FILE).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace schoolgate::bench {

std::vector<std::string> generate_patterns(std::size_t count, std::uint64_t seed);

}  // namespace schoolgate::bench

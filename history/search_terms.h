// What a search asks for, read and checked: the name pattern and the cursor. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::history {

enum class NameMatch { kExact, kUnder, kContains };

struct NameTerm {
  NameMatch match = NameMatch::kExact;
  std::string value;  // a name's key (name_key.h); for kContains a part of the presentation form, lower case
};

// "example.org", "*.example.org" (the names under it) or "*part*"; kInvalid says which of them would be right. An
// asterisk that is part of a name is written \042.
base::Result<NameTerm> parse_name_term(std::string_view text);

// A row's place in the order of a search: newest first, then by ring and sequence.
struct Position {
  std::int64_t time_us = 0;
  std::int64_t ring = 0;
  std::int64_t sequence = 0;
  bool operator==(const Position&) const = default;
};

std::string to_cursor(const Position& position);
// kInvalid for anything that to_cursor() does not write.
base::Result<Position> parse_cursor(std::string_view text);

}  // namespace schoolgate::history

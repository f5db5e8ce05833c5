// The source of a list that a primary name server has, as the policy names it: axfr://HOST[:PORT]/ZONE, or ixfr:// for a
// primary that tells what changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::dns {

struct ZoneSource {
  enum class Kind : std::uint8_t { kAxfr, kIxfr };
  Kind kind = Kind::kAxfr;
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 53;
  Name zone;         // lower case
  std::string text;  // as written
};

bool is_zone_source(std::string_view text);

// kInvalid, with the text and how it should be written. REQUIRES: is_zone_source(text).
base::Result<ZoneSource> parse_zone_source(std::string_view text);

}  // namespace schoolgate::dns

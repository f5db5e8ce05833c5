// A moment as a person types it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::admin_cli {

// RFC 3339; "2026-03-02", "2026-03-02 09:30" and "2026-03-02 09:30:15" in this machine's time zone; "now"; or how long
// before `now_us`: "30s", "10m", "2h", "1d", "1w", with or without "ago". Microseconds since the epoch.
base::Result<std::int64_t> parse_time(std::string_view text, std::int64_t now_us);

// An RFC 3339 time for the reader, in this machine's time zone: "2026-03-02 09:30:15"; what cannot be read, unchanged.
std::string to_local_time(std::string_view timestamp);
std::string local_zone(std::int64_t now_us);  // "GMT"

}  // namespace schoolgate::admin_cli

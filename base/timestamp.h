// Moments as people and programs read them: RFC 3339 in UTC, with microseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace schoolgate::base {

std::string to_timestamp(std::int64_t time_us);  // "2026-11-23T23:07:15.000123Z"

// With "Z" or an offset, with or without a fraction; absent when it is anything else. Microseconds since the epoch.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

}  // namespace schoolgate::base

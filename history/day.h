// Days: which file a lookup is in. Days are UTC, so that a change of the clock's summer time moves nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schoolgate::history {

using Day = std::int32_t;  // since 1970-01-01

// Times outside 1970 to 9999 belong to the first and the last day of that range.
Day day_of(std::int64_t time_us);
std::int64_t start_us(Day day);

std::string to_text(Day day);  // "2026-11-23"
// The day that a file's name begins with.
std::optional<Day> parse_day(std::string_view text);

std::string day_path(const std::string& folder, Day day);  // FOLDER/2026-11-23.sqlite
// The days that have a file, newest first.
std::vector<Day> find_days(const std::string& folder);

}  // namespace schoolgate::history

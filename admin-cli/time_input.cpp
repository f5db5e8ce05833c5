#include "admin-cli/time_input.h"

#include <charconv>
#include <chrono>
#include <ctime>

#include <fmt/format.h>

#include "base/timestamp.h"

namespace schoolgate::admin_cli {
namespace {

using base::ErrorCode;

constexpr std::int64_t kSecondUs = 1'000'000;

std::optional<std::int64_t> seconds_of_unit(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return 86'400;
    case 'w':
      return 604'800;
    default:
      return std::nullopt;
  }
}

// "10m", "2h ago" → seconds.
std::optional<std::int64_t> parse_ago(std::string_view text) {
  if (text.ends_with(" ago")) text.remove_suffix(4);
  if (text.size() < 2 || text.size() > 8) return std::nullopt;
  const auto unit = seconds_of_unit(text.back());
  text.remove_suffix(1);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (!unit || error != std::errc() || end != text.data() + text.size() || count < 0) return std::nullopt;
  return count * *unit;
}

// Date and time of day on this machine's clock; the calendar is checked by reading it as UTC first.
std::optional<std::int64_t> parse_local(std::string_view text) {
  std::string full(text);
  if (full.size() == 10) full += " 00:00";
  if (full.size() == 16) full += ":00";
  if (full.size() != 19) return std::nullopt;
  const auto as_utc = base::parse_timestamp(full + "Z");
  if (!as_utc) return std::nullopt;
  const std::time_t seconds = *as_utc / kSecondUs;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  parts.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&parts)) * kSecondUs;
}

std::tm local_parts(std::int64_t time_us) {
  const std::time_t seconds = time_us / kSecondUs;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

base::Result<std::int64_t> parse_time(std::string_view text, std::int64_t now_us) {
  if (text == "now") return now_us;
  if (const auto ago = parse_ago(text)) return now_us - *ago * kSecondUs;
  if (const auto moment = base::parse_timestamp(text)) return *moment;
  if (const auto moment = parse_local(text)) return *moment;
  return {ErrorCode::kInvalid,
          fmt::format("'{}' is no time: write 2026-03-02, '2026-03-02 09:30', 2026-03-02T09:30:00Z, or 10m, 2h, 1d for "
                      "that long ago",
                      text)};
}

std::string to_local_time(std::string_view timestamp) {
  const auto moment = base::parse_timestamp(timestamp);
  if (!moment) return std::string(timestamp);
  const std::tm parts = local_parts(*moment);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string local_zone(std::int64_t now_us) {
  const std::tm parts = local_parts(now_us);
  return parts.tm_zone == nullptr ? "" : parts.tm_zone;
}

}  // namespace schoolgate::admin_cli

#include "history/day.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>

namespace schoolgate::history {
namespace {

constexpr std::int64_t kDayUs = std::int64_t{86'400} * 1'000'000;
constexpr Day kLastDay = 2'932'896;  // 9999-12-31
constexpr std::string_view kSuffix = ".sqlite";

// Exactly `size` digits at the front of `text`.
std::optional<unsigned> digits(std::string_view text, std::size_t size) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + size, value);
  if (error != std::errc() || end != text.data() + size || text[0] == '+') return std::nullopt;
  return value;
}

}  // namespace

Day day_of(std::int64_t time_us) { return static_cast<Day>(std::clamp<std::int64_t>(time_us / kDayUs, 0, kLastDay)); }

std::int64_t start_us(Day day) { return day * kDayUs; }

std::string to_text(Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::optional<Day> parse_day(std::string_view text) {
  constexpr std::size_t kSize = 10;
  if (text.size() < kSize || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text, 4);
  const auto month = digits(text.substr(5), 2);
  const auto day = digits(text.substr(8), 2);
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return static_cast<Day>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::string day_path(const std::string& folder, Day day) { return folder + "/" + to_text(day) + std::string(kSuffix); }

std::vector<Day> find_days(const std::string& folder) {
  std::vector<Day> days;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto day = parse_day(name);
    if (day && name == to_text(*day) + std::string(kSuffix)) days.push_back(*day);
  }
  std::sort(days.begin(), days.end(), std::greater<>());
  return days;
}

}  // namespace schoolgate::history

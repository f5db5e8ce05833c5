#include "base/timestamp.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace schoolgate::base {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;

// Takes pieces off the front of a text; one that does not fit makes every later one fail.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  int number(std::size_t digits, int least, int most) {
    int value = 0;
    const bool are_digits =
        rest_.size() >= digits && rest_.substr(0, digits).find_first_not_of("0123456789") == std::string_view::npos;
    if (are_digits) std::from_chars(rest_.data(), rest_.data() + digits, value);
    well_ = well_ && are_digits && value >= least && value <= most;
    rest_.remove_prefix(std::min(digits, rest_.size()));
    return value;
  }
  // One of `expected`, either case; NUL when it is none of them.
  char one_of(std::string_view expected) {
    const char found = !rest_.empty() && expected.find(rest_.front()) != expected.npos ? rest_.front() : '\0';
    well_ = well_ && found != '\0';
    if (found != '\0') rest_.remove_prefix(1);
    return found;
  }
  std::int64_t fraction_us() {
    if (rest_.empty() || rest_.front() != '.') return 0;
    rest_.remove_prefix(1);
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), ++digits) {
      if (digits < 6) value = value * 10 + (rest_.front() - '0');
    }
    well_ = well_ && digits >= 1 && digits <= 9;
    for (; digits < 6; ++digits) value *= 10;
    return value;
  }
  bool ended_well() const { return well_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool well_ = true;
};

}  // namespace

std::string to_timestamp(std::int64_t time_us) {
  using namespace std::chrono;
  const sys_time<microseconds> moment{microseconds(time_us)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  using namespace std::chrono;
  Pieces pieces(text);
  const year year_part(pieces.number(4, 1970, 9999));
  pieces.one_of("-");
  const month month_part(static_cast<unsigned>(pieces.number(2, 1, 12)));
  pieces.one_of("-");
  const day day_part(static_cast<unsigned>(pieces.number(2, 1, 31)));
  pieces.one_of("Tt ");
  std::int64_t seconds = pieces.number(2, 0, 23) * 3600;
  pieces.one_of(":");
  seconds += pieces.number(2, 0, 59) * 60;
  pieces.one_of(":");
  seconds += pieces.number(2, 0, 60);  // a leap second is the next minute's first
  const std::int64_t fraction = pieces.fraction_us();
  const char zone = pieces.one_of("Zz+-");
  if (zone == '+' || zone == '-') {
    const int sign = zone == '+' ? -1 : 1;
    seconds += sign * pieces.number(2, 0, 23) * 3600;
    pieces.one_of(":");
    seconds += sign * pieces.number(2, 0, 59) * 60;
  }
  const year_month_day date(year_part, month_part, day_part);
  if (!pieces.ended_well() || !date.ok()) return std::nullopt;
  return sys_days(date).time_since_epoch().count() * kDayUs + seconds * kSecondUs + fraction;
}

}  // namespace schoolgate::base

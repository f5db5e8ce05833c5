#include "history/losses.h"

#include <fmt/format.h>

#include <fmt/chrono.h>

namespace schoolgate::history {
namespace {

constexpr const char* kSubject = "losses";
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kTellEveryUs = 60 * kSecondUs;
constexpr std::int64_t kShownUs = 600 * kSecondUs;

}  // namespace

void Losses::observe(std::uint64_t dropped) {
  const std::int64_t now_us = clock_.steady_us();
  if (dropped > seen_) {
    if (!since_us_) {
      since_us_ = clock_.wall_us();
      before_ = seen_;
    }
    seen_ = dropped;
    newest_us_ = now_us;
  }
  if (!since_us_) return;
  if (now_us - newest_us_ >= kShownUs) {
    problems_.clear(kSubject);
    since_us_.reset();
    next_telling_us_ = 0;
  } else if (told_ != seen_ && now_us >= next_telling_us_) {
    tell();
    next_telling_us_ = now_us + kTellEveryUs;
  }
}

void Losses::tell() {
  const auto since = fmt::gmtime(static_cast<std::time_t>(*since_us_ / kSecondUs));
  problems_.report(kSubject,
                   fmt::format("{} lookups could not be kept since {:%Y-%m-%dT%H:%M:%SZ}: the journal was full",
                               seen_ - before_, since));
  told_ = seen_;
}

}  // namespace schoolgate::history

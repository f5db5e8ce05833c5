#include "admin-cli/progress.h"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

namespace schoolgate::admin_cli {
namespace {

constexpr auto kBetween = std::chrono::milliseconds(100);
constexpr unsigned kBarColumns = 30;
constexpr unsigned kMostColumns = 100;  // of standard output; the other may be narrower, and seldom is
constexpr std::string_view kEraseLine = "\r\x1b[K";

std::string bar(std::uint64_t done, std::uint64_t all) {
  const auto filled =
      static_cast<std::size_t>(static_cast<double>(std::min(done, all)) / static_cast<double>(all) * kBarColumns);
  return "[" + std::string(filled, '#') + std::string(kBarColumns - filled, ' ') + "]";
}

}  // namespace

std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t all, unsigned columns) {
  const std::string size =
      all == 0 ? bytes_in_words(done) : fmt::format("{} of {}", bytes_in_words(done), bytes_in_words(all));
  const std::string line = fmt::format("{}  {}{}", printable(what), all == 0 ? "" : bar(done, all) + "  ", size);
  return cut(line, columns);
}

void Progress::tell(std::uint64_t done, std::uint64_t all) {
  const auto now = std::chrono::steady_clock::now();
  if (screen_ == nullptr || !screen_->errors_are_seen || (done == 0 && all == 0) || now - last_ < kBetween) return;
  last_ = now;
  is_shown_ = true;
  screen_->err << kEraseLine << progress_line(what_, done, all, std::min(screen_->columns, kMostColumns) - 1)
               << std::flush;
}

void Progress::begin(std::string what) {
  what_ = std::move(what);
  last_ = {};
}

void Progress::end() {
  if (is_shown_) screen_->err << kEraseLine << std::flush;
  is_shown_ = false;
}

}  // namespace schoolgate::admin_cli

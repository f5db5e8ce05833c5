// history_load [LOOKUPS]: publishes a school week of lookups into a history in a temporary folder (TMPDIR), then checks
// that every one of them is there, and prints what it took. Exit code 0: nothing missing; 1: a mismatch; 2: bad usage.
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.h"
#include "tests/load/publishing.h"
#include "tests/load/searches.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::load {
namespace {

constexpr std::uint64_t kDefaultLookups = 1'000'000;
constexpr std::uint64_t kMostLookups = 10'000'000'000;
// The week lies on fixed days, wherever the clock stands.
constexpr int kKeepAllDays = 36'500;

std::optional<std::uint64_t> parse_lookups(std::string_view text) {
  std::uint64_t lookups = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), lookups);
  const bool is_right =
      error == std::errc() && end == text.data() + text.size() && lookups >= 1 && lookups <= kMostLookups;
  return is_right ? std::optional(lookups) : std::nullopt;
}

std::unique_ptr<history::History> start(const support::TemporaryFolder& folder, const base::Clock& clock) {
  history::Settings settings;
  settings.folder = folder.file("history");
  settings.node = "load";
  settings.site = "hill-school";
  settings.retention_days = kKeepAllDays;
  auto history = history::History::start(settings, traffic_tags(), clock);
  if (!history) {
    fmt::print(stderr, "history_load: {}\n", history.error().message());
    return nullptr;
  }
  return std::move(*history);
}

bool has_all(const history::Statistics& statistics, const Published& published, std::uint64_t lookups) {
  if (statistics.stored == lookups && statistics.dropped == 0 && !published.has_given_up) return true;
  fmt::print(stderr, "history_load: {} of {} lookups stored, {} dropped, {} waiting; {}\n", statistics.stored, lookups,
             statistics.dropped, statistics.waiting, statistics.last_problem);
  return false;
}

bool check_searches(const history::History& history, const School& school, const Accounts& accounts) {
  bool is_right = true;
  fmt::print("\n{:<26} {:>10} {:>7} {:>16} {:>12}\n", "search for", "lookups", "pages", "newest 100, ms", "all, ms");
  for (const Search& search : make_searches(school, accounts)) {
    const Searched searched = run(history, search);
    fmt::print("{:<26} {:>10} {:>7} {:>16.1f} {:>12.1f}\n", search.title, searched.found.lookups, searched.pages,
               searched.first_page_ms, searched.all_ms);
    if (searched.mistake.empty()) continue;
    fmt::print(stderr, "history_load: {}: {}\n", search.title, searched.mistake);
    is_right = false;
  }
  return is_right;
}

void print_figures(const Published& published, std::uint64_t lookups, std::uint64_t bytes) {
  const auto count = static_cast<double>(lookups);
  fmt::print("{:<26} {:>10}\n", "lookups", lookups);
  fmt::print("{:<26} {:>10.0f}\n", "stored a second", count / published.seconds);
  fmt::print("{:<26} {:>10.1f}\n", "bytes a lookup on disk", static_cast<double>(bytes) / count);
  fmt::print("{:<26} {:>10.0f}\n", "publish(), median, ns", published.publish_ns);
}

int publish_and_check(std::uint64_t lookups) {
  const support::TemporaryFolder folder;
  const base::SystemClock clock;
  const School school = School::make();
  auto history = start(folder, clock);
  if (!history) return 1;
  const Published published = publish_all(*history, school, lookups);
  const bool all_stored = has_all(history->statistics(), published, lookups);

  // As the next start finds it: what is on disk is all there is.
  history.reset();
  history = start(folder, clock);
  if (!history) return 1;
  print_figures(published, lookups, history->statistics().bytes);
  return check_searches(*history, school, published.accounts) && all_stored ? 0 : 1;
}

}  // namespace
}  // namespace schoolgate::load

int main(int argc, char** argv) {
  using namespace schoolgate::load;
  const auto lookups = argc > 1 ? parse_lookups(argv[1]) : kDefaultLookups;
  if (argc > 2 || !lookups) {
    fmt::print(stderr, "usage: history_load [LOOKUPS], 1 to {}; {} when not given\n", kMostLookups, kDefaultLookups);
    return 2;
  }
  return publish_and_check(*lookups);
}

#include "admin-cli/looked_up.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/time_input.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "history/looked_up_names.h"
#include "policy/written_name.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::string_view kBetweenWords = " \t\r,;";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(kBetweenWords)));
  const std::string_view word = line.substr(0, line.find_first_of(kBetweenWords));
  line.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> parse_count(std::string_view word) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return count;
}

Result<LookedUpTotal> read_file_of_names(const std::string& path, const TakeLookedUp& take) {
  std::ifstream file(path);
  if (!file) return Error(ErrorCode::kInvalid, fmt::format("cannot open {}", path));
  LookedUpTotal total;
  for (std::string line; std::getline(file, line);) {
    auto looked_up = parse_looked_up(line);
    if (!looked_up) continue;
    looked_up->name.lower();
    if (auto taken = take(*looked_up); !taken) return taken.error();
    ++total.names;
    total.lookups += looked_up->lookups;
  }
  return total;
}

Result<LookedUpTotal> read_history(const std::string& since, const std::string& folder, const TakeLookedUp& take) {
  const auto from_us = parse_time(since, base::SystemClock().wall_us());
  if (!from_us) return from_us.error().within("--since");
  // A clock that was set back does not hide what was looked up before: there is no later end.
  auto read = history::read_looked_up_names(folder, {*from_us, std::numeric_limits<std::int64_t>::max()},
                                            [&take](const dns::Name& lower_name, std::uint64_t lookups) {
                                              return take({lower_name, lookups});
                                            });
  if (!read && read.error().code() == ErrorCode::kForbidden) {
    return Error(ErrorCode::kForbidden, read.error().message() + ": root and the daemon's own user may, so try sudo");
  }
  if (!read) return read.error();
  return LookedUpTotal{read->names, read->lookups, *from_us, std::move(read->problems)};
}

}  // namespace

std::optional<LookedUp> parse_looked_up(std::string_view line) {
  std::string_view word = take_word(line);
  const std::string_view next = take_word(line);
  // A count alone is read as the name that it may be.
  auto count = next.empty() ? std::nullopt : parse_count(word);
  if (count) {
    word = next;
  } else {
    count = parse_count(next);
  }
  const auto name = policy::parse_typed_name(word);
  return name ? std::optional(LookedUp{*name, count.value_or(1)}) : std::nullopt;
}

Result<LookedUpTotal> read_looked_up(const LookedUpOptions& options, const resolver::Configuration& configuration,
                                     const TakeLookedUp& take) {
  if (!options.names_file.empty()) return read_file_of_names(options.names_file, take);
  return read_history(options.since, configuration.history_folder(), take);
}

std::string to_text(const LookedUpTotal& total) {
  const std::string names = plural(total.names, "name") + " looked up";
  if (!total.since_us) return names;
  return fmt::format("{} {} since {} ({})", names, plural(total.lookups, "time"),
                     to_local_time(base::to_timestamp(*total.since_us)), local_zone(*total.since_us));
}

web::Json to_json(const LookedUpTotal& total) {
  web::Json json = {{"names", total.names}, {"lookups", total.lookups}, {"since", nullptr}};
  if (total.since_us) json["since"] = base::to_timestamp(*total.since_us);
  return json;
}

void show_problems(const LookedUpTotal& total, const Screen& screen) {
  for (const std::string& problem : total.problems) {
    screen.err << "Not every lookup was counted: " << printable(problem) << '\n';
  }
}

}  // namespace schoolgate::admin_cli

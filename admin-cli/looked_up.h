// Names that were looked up, and how often: lines of a file, as an export of the history or `sort | uniq -c` leaves them; or what
// the history itself has.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin-cli/screen.h"
#include "admin-cli/verbs.h"
#include "base/result.h"
#include "dns/name.h"
#include "resolver/configuration.h"
#include "web/json.h"

namespace schoolgate::admin_cli {

struct LookedUp {
  dns::Name name;
  std::uint64_t lookups = 1;
};

// The first word of the line, or the second when the first is a count; the count may also stand behind: "www.example.org,12",
// "  12 www.example.org", "www.example.org". Absent when that is no name.
std::optional<LookedUp> parse_looked_up(std::string_view line);

struct LookedUpTotal {
  std::uint64_t names = 0, lookups = 0;
  std::optional<std::int64_t> since_us;  // of the history
  std::vector<std::string> problems;     // days of it that could not be read
};

using TakeLookedUp = std::function<base::Status(const LookedUp& lower_name)>;

// All of them, one after the other. kNotFound or kForbidden when the history is not there or not ours to read.
// REQUIRES: !options.empty().
base::Result<LookedUpTotal> read_looked_up(const LookedUpOptions& options, const resolver::Configuration& configuration,
                                           const TakeLookedUp& take);

// "1,203 names looked up 44,120 times since 2026-11-19 10:00:00 (GMT)"; of a file, whose counts may be missing, "6 names looked up".
std::string to_text(const LookedUpTotal& total);
web::Json to_json(const LookedUpTotal& total);
void show_problems(const LookedUpTotal& total, const Screen& screen);

}  // namespace schoolgate::admin_cli

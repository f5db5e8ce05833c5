// schoolgate history search: which names did devices ask for?
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/table.h"
#include "admin-cli/time_input.h"
#include "admin-cli/verbs.h"
#include "base/clock.h"
#include "base/timestamp.h"

namespace schoolgate::admin_cli {
namespace {

using base::Result;
using web::Json;

constexpr std::uint32_t kPage = 1'000;  // lookups a request

constexpr std::string_view kHonestWords =
    "A device asked for these names. This does not show that a person opened a page, or who was using the device.";
constexpr std::string_view kNothingFound =
    "No lookup fits. Searches, videos, chats and apps on allowed sites are not visible to DNS.";
constexpr std::string_view kNothingRead = "No lookup fits in the part of the history that could be searched.";

Result<std::string> timestamp(const std::string& typed, std::int64_t now_us) {
  if (typed.empty()) return std::string();
  const auto time = parse_time(typed, now_us);
  if (!time) return time.error();
  return base::to_timestamp(*time);
}

Result<Parameters> parameters_of(const SearchOptions& options, std::int64_t now_us) {
  const auto from = timestamp(options.from, now_us);
  const auto to = timestamp(options.to, now_us);
  if (!from) return from.error().within("--from");
  if (!to) return to.error().within("--to");
  return Parameters{{"device", options.device},
                    {"client", options.client},
                    {"name", options.name},
                    {"category", options.category},
                    {"verdict", options.verdict},
                    {"from", *from},
                    {"to", *to}};
}

Ink ink_of(const std::string& verdict) {
  if (verdict == "blocked") return Ink::kBad;
  return verdict == "refused" || verdict == "failed" ? Ink::kWarning : Ink::kPlain;
}

// The category that decided; or those of a name that was allowed all the same.
Cell category_cell(const Json& lookup) {
  const std::string decided = text_of(lookup, "category");
  return decided.empty() ? Cell{joined(texts_of(lookup, "tags")), Ink::kSoft} : Cell{decided};
}

// Said apart when the device's id does not say it: an entry for a whole network is many devices.
std::string client_apart(const Json& lookup) {
  const std::string client = text_of(lookup, "client");
  return text_of(lookup, "device").find(client) == std::string::npos ? client : "";
}

void add_row(Table& table, const Json& lookup) {
  const std::string verdict = text_of(lookup, "verdict");
  table.add({{to_local_time(text_of(lookup, "time")), Ink::kSoft},
             {text_of(lookup, "device")},
             {client_apart(lookup), Ink::kSoft},
             {text_of(lookup, "name")},
             {text_of(lookup, "type"), Ink::kSoft},
             {verdict, ink_of(verdict)},
             category_cell(lookup),
             {text_of(lookup, "list"), Ink::kSoft}});
}

}  // namespace

base::Status search_history(const Globals& globals, const SearchOptions& options, const Screen& screen) {
  const std::int64_t now_us = base::SystemClock().wall_us();
  const auto parameters = parameters_of(options, now_us);
  if (!parameters) return parameters.error();
  const auto client = connect(globals);
  if (!client) return client.error();

  Table table(
      {fmt::format("TIME ({})", local_zone(now_us)), "DEVICE", "CLIENT", "NAME", "TYPE", "VERDICT", "CATEGORY", "LIST"},
      "LIST");
  std::set<std::string> problems;  // a later page may have the same
  std::string cursor = options.cursor;
  std::uint32_t left = options.limit;
  do {
    Parameters page = *parameters;
    page.emplace_back("limit", std::to_string(std::min(left, kPage)));
    page.emplace_back("cursor", cursor);
    const auto answer = client->get("/api/v1/history/lookups", page);
    if (!answer) return answer.error();
    const Json& lookups = part_of(*answer, "lookups");
    for (const Json& lookup : lookups) {
      if (globals.json) {
        screen.out << web::to_text(lookup) << '\n';
      } else {
        add_row(table, lookup);
      }
    }
    for (const auto& problem : texts_of(*answer, "problems")) problems.insert(problem);
    cursor = text_of(*answer, "next_cursor");
    left -= std::min(left, static_cast<std::uint32_t>(lookups.size()));
  } while (left > 0 && !cursor.empty());

  if (!globals.json && table.empty()) screen.out << (problems.empty() ? kNothingFound : kNothingRead) << '\n';
  if (!globals.json && !table.empty()) screen.out << kHonestWords << "\n\n" << table.to_text(screen);
  for (const auto& problem : problems) screen.err << "Not everything was searched: " << printable(problem) << '\n';
  if (!cursor.empty()) screen.err << "There are more: --cursor " << printable(cursor) << '\n';
  return {};
}

}  // namespace schoolgate::admin_cli

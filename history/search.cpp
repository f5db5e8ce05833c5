#include "history/search.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <sstream>

#include <fmt/format.h>

#include "dns/types.h"
#include "history/database.h"
#include "history/day.h"
#include "history/name_key.h"
#include "history/search_terms.h"
#include "history/statement.h"

namespace schoolgate::history {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::uint32_t kMostRows = 10'000;

// LEFT JOIN keeps the planner from starting at a dictionary: rows come in the order of time, and it stops at the limit.
constexpr std::string_view kSelect =
    "SELECT l.time_us, l.ring, l.sequence, d.text, c.text, n.text, l.qtype, l.verdict, g.text, i.text, t.text, l.rcode,"
    " l.transport, l.duration_us, l.cached FROM lookup l LEFT JOIN device d ON d.id = l.device"
    " LEFT JOIN client c ON c.id = l.client LEFT JOIN name n ON n.id = l.name LEFT JOIN category g ON g.id = l.category"
    " LEFT JOIN list i ON i.id = l.list LEFT JOIN tag_set t ON t.id = l.tag_set";
constexpr std::string_view kOrder = " ORDER BY l.time_us DESC, l.ring DESC, l.sequence DESC LIMIT ?";

struct Terms {
  Filter filter;
  std::optional<NameTerm> name;
  std::optional<Position> after;
};

Result<Terms> read_terms(const Filter& filter) {
  if (filter.limit < 1 || filter.limit > kMostRows) {
    return Error(ErrorCode::kInvalid, fmt::format("limit {}: 1 to {} would be right", filter.limit, kMostRows));
  }
  Terms terms{filter, {}, {}};
  if (filter.name) {
    auto name = parse_name_term(*filter.name);
    if (!name) return name.error();
    terms.name = std::move(*name);
  }
  if (!filter.cursor.empty()) {
    const auto after = parse_cursor(filter.cursor);
    if (!after) return after.error();
    terms.after = *after;
  }
  return terms;
}

void add_name(const NameTerm& name, Conditions& conditions) {
  switch (name.match) {
    case NameMatch::kExact:
      return conditions.add("name = (SELECT id FROM name WHERE value = ?)", {Blob{name.value}});
    case NameMatch::kUnder:
      return conditions.add("name IN (SELECT id FROM name WHERE value > ? AND value < ?)",
                            {Blob{name.value}, Blob{end_of_names_under(name.value)}});
    case NameMatch::kContains:
      return conditions.add("name IN (SELECT id FROM name WHERE instr(text, ?) > 0)", {name.value});
  }
}

// What lookup and summary both have.
Conditions common_conditions(const Terms& terms) {
  Conditions conditions;
  if (terms.name) add_name(*terms.name, conditions);
  if (terms.filter.device) {
    conditions.add("device = (SELECT id FROM device WHERE value = ?)", {Blob{*terms.filter.device}});
  }
  if (terms.filter.verdict) conditions.add("verdict = ?", {static_cast<std::int64_t>(*terms.filter.verdict)});
  return conditions;
}

struct Bounds {
  std::int64_t from_us;
  std::int64_t to_us;  // exclusive
};

// With a name to look for, the day's summary says when it was first and last asked for: most days it was not.
std::optional<Bounds> narrow(SQLite::Database& database, const Terms& terms, Bounds bounds) {
  if (!terms.name) return bounds;
  const Conditions conditions = common_conditions(terms);
  auto summary =
      prepare(database, "SELECT min(first_us), max(last_us) FROM summary" + conditions.sql, conditions.values);
  if (!summary.executeStep() || summary.getColumn(0).isNull()) return std::nullopt;
  return Bounds{std::max(bounds.from_us, summary.getColumn(0).getInt64()),
                std::min(bounds.to_us, summary.getColumn(1).getInt64() + 1)};
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

Lookup lookup_of(SQLite::Statement& row) {
  Lookup lookup;
  lookup.time_us = row.getColumn(0).getInt64();
  lookup.device = row.getColumn(3).getString();
  lookup.client = row.getColumn(4).getString();
  lookup.name = row.getColumn(5).getString();
  lookup.type = dns::to_text(static_cast<dns::Type>(row.getColumn(6).getInt()));
  lookup.verdict = static_cast<LookupVerdict>(row.getColumn(7).getInt());
  lookup.category = row.getColumn(8).getString();
  lookup.list = row.getColumn(9).getString();
  lookup.tags = words(row.getColumn(10).getString());
  lookup.rcode = dns::to_text(static_cast<dns::Rcode>(row.getColumn(11).getInt()));
  lookup.transport = static_cast<Transport>(row.getColumn(12).getInt());
  lookup.duration_us = static_cast<std::uint32_t>(row.getColumn(13).getInt64());
  lookup.cached = row.getColumn(14).getInt() != 0;
  return lookup;
}

struct Found {
  Lookup lookup;
  Position position;
};

void search_day(SQLite::Database& database, const Terms& terms, Bounds bounds, std::size_t most,
                std::vector<Found>& found) {
  const auto narrowed = narrow(database, terms, bounds);
  if (!narrowed) return;
  Conditions conditions = common_conditions(terms);
  conditions.add("l.time_us >= ? AND l.time_us < ?", {narrowed->from_us, narrowed->to_us});
  if (terms.filter.category) {
    conditions.add(
        "(category = (SELECT id FROM category WHERE value = ?)"
        " OR tag_set IN (SELECT id FROM tag_set WHERE instr(' ' || text || ' ', ' ' || ? || ' ') > 0))",
        {Blob{*terms.filter.category}, *terms.filter.category});
  }
  if (terms.filter.client) {
    const auto& octets = terms.filter.client->bytes();
    conditions.add("client = (SELECT id FROM client WHERE value = ?)", {Blob{{octets.begin(), octets.end()}}});
  }
  if (terms.after) {
    conditions.add("(l.time_us, l.ring, l.sequence) < (?, ?, ?)",
                   {terms.after->time_us, terms.after->ring, terms.after->sequence});
  }
  conditions.values.emplace_back(static_cast<std::int64_t>(most));
  auto rows = prepare(database, std::string(kSelect) + conditions.sql + std::string(kOrder), conditions.values);
  while (rows.executeStep()) {
    found.push_back(
        {lookup_of(rows), {rows.getColumn(0).getInt64(), rows.getColumn(1).getInt64(), rows.getColumn(2).getInt64()}});
  }
}

Status search_file(const std::string& path, const Terms& terms, Bounds bounds, std::size_t most,
                   const std::function<bool()>& gives_up, std::vector<Found>& found) {
  auto database = open_to_read(path);
  if (!database) return database.error();
  const Patience patience(**database, gives_up);
  try {
    search_day(**database, terms, bounds, most, found);
    return {};
  } catch (const SQLite::Exception& exception) {
    return sqlite_error(exception, "cannot read " + path);
  }
}

Bounds time_bounds(const Terms& terms) {
  Bounds bounds{terms.filter.from_us.value_or(std::numeric_limits<std::int64_t>::min()),
                terms.filter.to_us.value_or(std::numeric_limits<std::int64_t>::max())};
  // The cursor's own microsecond may hold more rows.
  if (terms.after && terms.after->time_us < bounds.to_us) bounds.to_us = terms.after->time_us + 1;
  return bounds;
}

}  // namespace

Result<Page> search(const std::string& folder, const Filter& filter, const std::function<bool()>& gives_up) {
  const auto terms = read_terms(filter);
  if (!terms) return terms.error();
  const Bounds bounds = time_bounds(*terms);
  const std::size_t wanted = filter.limit + std::size_t{1};  // one more tells whether there is a next page
  Page page;
  std::vector<Found> found;
  if (bounds.from_us >= bounds.to_us) return page;
  for (const Day day : find_days(folder)) {
    if (found.size() >= wanted) break;
    if (day < day_of(bounds.from_us) || day > day_of(bounds.to_us - 1)) continue;
    const Status searched = search_file(day_path(folder, day), *terms, bounds, wanted - found.size(), gives_up, found);
    if (!searched && gives_up()) {
      page.problems.push_back(
          fmt::format("the search took too long and was ended on {}; that day and the days "
                      "before it were not searched to their end: give a device, a whole name or a shorter time",
                      to_text(day)));
      break;
    }
    // A day that is gone or not filled yet has nothing to show; any other that cannot be read is said.
    if (!searched && searched.error().code() != ErrorCode::kNotFound)
      page.problems.push_back(searched.error().message());
  }
  if (found.size() >= wanted) {
    found.resize(filter.limit);
    page.next_cursor = to_cursor(found.back().position);
  }
  page.lookups.reserve(found.size());
  for (Found& row : found) page.lookups.push_back(std::move(row.lookup));
  return page;
}

}  // namespace schoolgate::history

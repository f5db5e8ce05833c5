#include "tests/load/searches.h"

#include <chrono>
#include <limits>

#include <fmt/format.h>

namespace schoolgate::load {
namespace {

using history::Filter;
using history::Lookup;
using history::LookupVerdict;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kFirstPage = 100;
constexpr std::uint32_t kPage = 1'000;
// Neither a name that everybody asks for all day nor one that nobody does.
constexpr std::size_t kName = 100;
constexpr std::size_t kNameOfZone = 40;
constexpr std::size_t kDevice = 500;

double ms_since(Clock::time_point started) {
  return std::chrono::duration<double, std::milli>(Clock::now() - started).count();
}

bool fits(const Lookup& lookup, const Filter& filter) {
  if (filter.device && lookup.device != *filter.device) return false;
  if (filter.verdict && lookup.verdict != *filter.verdict) return false;
  if (!filter.name) return true;
  return filter.name->starts_with("*.") ? lookup.name.ends_with(filter.name->substr(1)) : lookup.name == *filter.name;
}

// What is wrong with a page; empty: nothing. `newest_us` is the time that its first row may have at most.
std::string take_page(const history::Page& page, const Filter& filter, std::int64_t& newest_us, Account& found) {
  if (!page.problems.empty()) return page.problems.front();
  for (const Lookup& lookup : page.lookups) {
    if (!fits(lookup, filter)) return fmt::format("{} of {} was not asked for", lookup.name, lookup.device);
    if (lookup.time_us > newest_us) return fmt::format("{} of {} comes after older ones", lookup.name, lookup.device);
    newest_us = lookup.time_us;
    found.add(lookup.duration_us);
  }
  return "";
}

// Pages through everything that the filter finds; what is wrong with it, or nothing.
std::string page_through(const history::History& history, Filter filter, Searched& searched) {
  auto newest_us = std::numeric_limits<std::int64_t>::max();
  filter.limit = kPage;
  do {
    const auto page = history.search(filter);
    if (!page) return page.error().message();
    ++searched.pages;
    if (auto mistake = take_page(*page, filter, newest_us, searched.found); !mistake.empty()) return mistake;
    filter.cursor = page->next_cursor;
  } while (!filter.cursor.empty());
  return "";
}

Account below_zone(const School& school, const Accounts& accounts, std::size_t zone) {
  Account sum;
  for (std::size_t name = 0; name < school.names.size(); ++name) {
    if (school.zone_of[name] == zone && school.names[name] != school.zones[zone]) sum += accounts.by_name[name];
  }
  return sum;
}

Filter by_device(std::string id, std::optional<LookupVerdict> verdict) {
  Filter filter;
  filter.device = std::move(id);
  filter.verdict = verdict;
  return filter;
}

Filter by_name(std::string name) {
  Filter filter;
  filter.name = std::move(name);
  return filter;
}

}  // namespace

std::vector<Search> make_searches(const School& school, const Accounts& accounts) {
  const std::string& device = school.devices[kDevice];
  const std::size_t zone = school.zone_of[kNameOfZone];
  return {
      {"a device", by_device(device, {}), accounts.by_device[kDevice]},
      {"a device, blocked", by_device(device, LookupVerdict::kBlocked), accounts.blocked_by_device[kDevice]},
      {"a name", by_name(school.names[kName].to_text()), accounts.by_name[kName]},
      {"the names under a name", by_name("*." + school.zones[zone].to_text()), below_zone(school, accounts, zone)},
      {"a name nobody asked for", by_name("nobody." + school.names[kName].to_text()), {}},
  };
}

Searched run(const history::History& history, const Search& search) {
  Searched searched;
  Filter first = search.filter;
  first.limit = kFirstPage;
  auto started = Clock::now();
  const auto page = history.search(first);
  searched.first_page_ms = ms_since(started);
  started = Clock::now();
  searched.mistake = page ? page_through(history, search.filter, searched) : page.error().message();
  searched.all_ms = ms_since(started);
  if (searched.mistake.empty() && searched.found != search.expected) {
    searched.mistake = fmt::format("{} lookups found (durations {}), {} published ({})", searched.found.lookups,
                                   searched.found.duration_us, search.expected.lookups, search.expected.duration_us);
  }
  return searched;
}

}  // namespace schoolgate::load

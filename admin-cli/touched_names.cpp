#include "admin-cli/touched_names.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/table.h"

namespace schoolgate::admin_cli {
namespace {

using base::Result;
using base::Status;
using web::Json;

bool is_looked_up_more(const TouchedNames::One& left, const TouchedNames::One& right) {
  return left.lookups > right.lookups;
}

void keep_most(std::vector<TouchedNames::One>& names, std::size_t shown) {
  std::ranges::stable_sort(names, is_looked_up_more);
  if (shown > 0 && names.size() > shown) names.resize(shown);
}

}  // namespace

Result<TouchedNames> find_touched(const lists::ListText& before, const lists::ListText& after,
                                  const LookedUpOptions& options, const resolver::Configuration& configuration,
                                  std::size_t shown) {
  auto versions = lists::BothVersions::build(before, after);
  if (!versions) return versions.error();
  TouchedNames touched;
  const auto take = [&](const LookedUp& looked_up) {
    const auto blocked = versions->blocked(looked_up.name);
    if (!blocked.changes()) return Status();
    ++touched.count;
    touched.most.push_back({looked_up.name.to_text(), looked_up.lookups, blocked});
    // A wide update may touch most of a school's names.
    constexpr std::size_t kMostWaiting = 10'000;
    if (shown > 0 && touched.most.size() >= kMostWaiting) keep_most(touched.most, shown);
    return Status();
  };
  auto total = read_looked_up(options, configuration, take);
  if (!total) return total.error();
  touched.of = std::move(*total);
  keep_most(touched.most, shown);
  return touched;
}

void add_to(Json& difference, const TouchedNames& touched) {
  Json names = Json::array();
  for (const auto& one : touched.most) {
    names.push_back(
        {{"name", one.name}, {"lookups", one.lookups}, {"before", one.blocked.before}, {"after", one.blocked.after}});
  }
  difference["touched"] = std::move(names);
  difference["touched_more"] = touched.count - touched.most.size();
  difference["looked_up"] = to_json(touched.of);
}

void print(const TouchedNames& touched, const Screen& screen) {
  screen.out << fmt::format("\nOf {}, {} would be answered otherwise by this list{}\n", to_text(touched.of),
                            touched.count == 0 ? "none" : with_commas(touched.count), touched.count == 0 ? "." : ":");
  const bool has_counts = touched.of.lookups != touched.of.names;
  for (const auto& one : touched.most) {
    screen.out << fmt::format("  {}{}: {}\n", printable(one.name),
                              has_counts ? fmt::format(" ({})", plural(one.lookups, "lookup")) : "",
                              one.blocked.after ? screen.paint(Ink::kBad, "in the list from then on")
                                                : screen.paint(Ink::kGood, "not in the list any more"));
  }
  if (const auto more = touched.count - touched.most.size(); more > 0) {
    screen.out << fmt::format("  … and {} more: --all shows them\n", with_commas(more));
  }
}

}  // namespace schoolgate::admin_cli

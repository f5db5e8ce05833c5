#include "admin-cli/coverage.h"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "admin-cli/fields.h"

namespace schoolgate::admin_cli {

namespace {

constexpr std::size_t kMostLines = 5;  // more of them hide what else needs a person

std::string counted(const web::Json& one) {
  return fmt::format("{} of at least {}", plural(number_of(one, "names"), "name"),
                     with_commas(number_of(one, "floor")));
}

std::string as_lines(const web::Json& below_floor, const Screen& screen) {
  std::string text;
  for (const web::Json& one : below_floor) {
    const std::string category = printable(text_of(one, "category"));
    text +=
        screen.paint(Ink::kWarning, fmt::format("! {}: {}: blocked, and not covered", category, counted(one))) + '\n';
  }
  return text + "  schoolgate lists catalogue --category C shows what public lists there are.\n";
}

// As a starter policy is: nearly all of them.
std::string as_one(const web::Json& below_floor, const Screen& screen) {
  std::vector<std::string> categories;
  for (const web::Json& one : below_floor) categories.push_back(text_of(one, "category"));
  const std::string line = fmt::format("! {} categories are blocked, and have too few names to be covered: {}",
                                       categories.size(), printable(joined(categories)));
  return screen.paint(Ink::kWarning, line) +
         "\n  schoolgate lists add --set secondary (or primary, or college) puts recommended lists into the policy; "
         "schoolgate lists catalogue shows them.\n";
}

}  // namespace

std::string below_floor_lines(const web::Json& answer, const Screen& screen) {
  const web::Json& below_floor = part_of(answer, "below_floor");
  if (below_floor.empty()) return {};
  return below_floor.size() <= kMostLines ? as_lines(below_floor, screen) : as_one(below_floor, screen);
}

}  // namespace schoolgate::admin_cli

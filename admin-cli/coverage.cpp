#include "admin-cli/coverage.h"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "admin-cli/fields.h"

namespace schoolgate::admin_cli {

std::string below_floor_lines(const web::Json& answer, const Screen& screen) {
  std::string text;
  for (const web::Json& one : part_of(answer, "below_floor")) {
    text += screen.paint(
                Ink::kWarning,
                fmt::format("! {}: {} of at least {}: blocked, and not covered", printable(text_of(one, "category")),
                            plural(number_of(one, "names"), "name"), with_commas(number_of(one, "floor")))) +
            '\n';
  }
  if (!text.empty()) text += "  schoolgate lists catalogue --category C shows what public lists there are.\n";
  return text;
}

}  // namespace schoolgate::admin_cli

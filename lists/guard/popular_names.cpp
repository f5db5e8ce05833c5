#include "lists/guard/popular_names.h"

#include <unordered_set>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/formats/lines.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {

base::Result<std::vector<dns::Name>> read_popular_names(const std::string& path) {
  constexpr std::size_t kLimitBytes = 64 << 20;
  const auto text = base::read_file(path, kLimitBytes);
  if (!text) return text.error();
  std::vector<dns::Name> names;
  std::unordered_set<dns::Name> seen;
  LineReader lines(*text);
  while (const auto line = lines.next()) {
    if (line->text.empty() || line->text.starts_with('#')) continue;
    const auto wrong = [&](std::string_view why) {
      return base::Error(base::ErrorCode::kInvalid, fmt::format("{}:{}: {}", path, line->number, why));
    };
    const auto name = parse_rule_name(line->text);
    if (!name) return wrong(name.error().message());
    names.push_back(name->lowered());
    if (!seen.insert(names.back()).second) return wrong("this name is there already");
  }
  return names;
}

}  // namespace schoolgate::lists

#include "policy/section.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest.h"
#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::string SectionIds::read(base::TomlTable& table) {
  const auto id = table.string("id");
  if (!id) {
    if (!table.has("id")) table.report(table.place(), fmt::format("this {} has no 'id'", kind_));
    return {};
  }
  if (id->value.empty() || id->value.size() > kMostIdOctets || !std::ranges::all_of(id->value, is_id_character)) {
    table.report(id->place, fmt::format("{} cannot be the id of a {}: 1 to {} letters, digits and '-'",
                                        in_quotes(id->value), kind_, kMostIdOctets));
    return id->value;
  }
  if (const auto [first, is_new] = places_.emplace(id->value, id->place); !is_new) {
    table.report(id->place,
                 fmt::format("a second {} '{}'; the first is at {}", kind_, id->value, first->second.to_text()));
  }
  return id->value;
}

std::string SectionIds::unknown(std::string_view id) const {
  std::vector<std::string> known;
  for (const auto& [other, place] : places_) known.push_back(other);
  return policy::unknown(kind_, id, known);
}

std::string unknown(std::string_view kind, std::string_view word, const std::vector<std::string>& known) {
  return fmt::format("unknown {} {}{}", kind, in_quotes(word), base::did_you_mean(word, known));
}

std::optional<std::size_t> read_choice(base::TomlTable& table, std::string_view key,
                                       const std::vector<std::string>& built, const std::vector<std::string>& later) {
  const auto given = table.string(key);
  if (!given) return std::nullopt;
  const auto found = std::ranges::find(built, given->value);
  if (found != built.end()) return static_cast<std::size_t>(found - built.begin());
  const std::string rights = fmt::format("'{}'", fmt::join(built, "' or '"));
  if (std::ranges::find(later, given->value) != later.end()) {
    table.report(given->place, fmt::format("{} '{}': not built yet; write {}", key, given->value, rights));
  } else {
    table.report(given->place, fmt::format("{} {} should be {}", key, in_quotes(given->value), rights));
  }
  return std::nullopt;
}

}  // namespace schoolgate::policy

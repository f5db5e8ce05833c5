#include "admin-cli/looked_up.h"

#include <algorithm>

#include "policy/written_name.h"

namespace schoolgate::admin_cli {
namespace {

constexpr std::string_view kBetweenWords = " \t\r,;";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(kBetweenWords)));
  const std::string_view word = line.substr(0, line.find_first_of(kBetweenWords));
  line.remove_prefix(word.size());
  return word;
}

bool is_count(std::string_view word) { return word.find_first_not_of("0123456789") == std::string_view::npos; }

}  // namespace

std::optional<dns::Name> looked_up_name(std::string_view line) {
  std::string_view word = take_word(line);
  // A count alone is read as the name that it may be.
  if (const std::string_view next = take_word(line); is_count(word) && !next.empty()) word = next;
  const auto name = policy::parse_typed_name(word);
  return name ? std::optional(*name) : std::nullopt;
}

}  // namespace schoolgate::admin_cli

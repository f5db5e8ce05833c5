#include "history/search_terms.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "dns/name.h"
#include "history/name_key.h"

namespace schoolgate::history {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<NameTerm> name_term(NameMatch match, std::string_view text) {
  const auto name = dns::Name::parse(text);
  if (!name) return name.error();
  return NameTerm{match, name_key(name->lowered().wire())};
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(dns::lower_octet(static_cast<std::uint8_t>(c)));
  return out;
}

}  // namespace

Result<NameTerm> parse_name_term(std::string_view text) {
  const std::size_t stars = static_cast<std::size_t>(std::count(text.begin(), text.end(), '*'));
  if (stars == 0) return name_term(NameMatch::kExact, text);
  if (stars == 1 && text.starts_with("*.")) return name_term(NameMatch::kUnder, text.substr(2));
  if (stars == 2 && text.size() > 2 && text.front() == '*' && text.back() == '*') {
    return NameTerm{NameMatch::kContains, lowered(text.substr(1, text.size() - 2))};
  }
  constexpr std::size_t kShown = 80;
  return Error(ErrorCode::kInvalid,
               fmt::format("name '{}': 'example.org', '*.example.org' (names under it) or '*part*' would be right",
                           text.substr(0, kShown)));
}

std::string to_cursor(const Position& position) {
  return fmt::format("{}.{}.{}", position.time_us, position.ring, position.sequence);
}

Result<Position> parse_cursor(std::string_view text) {
  Position position;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::int64_t* field : {&position.time_us, &position.ring, &position.sequence}) {
    if (field != &position.time_us) {
      if (at == end || *at != '.') break;
      ++at;
    }
    const auto parsed = std::from_chars(at, end, *field);
    if (parsed.ec != std::errc()) break;
    at = parsed.ptr;
  }
  // Written again it must be the same: no second spelling, nothing left over.
  if (to_cursor(position) == text) return position;
  return Error(ErrorCode::kInvalid, "the cursor is not one that a search gave: leave it out to start at the newest");
}

}  // namespace schoolgate::history

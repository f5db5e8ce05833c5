#include "history/search_terms.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "dns/idn.h"
#include "dns/name.h"
#include "history/name_key.h"

namespace schoolgate::history {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kShown = 80;

// A slip of the pen: a page's address, a comma behind it, two words. "No lookup fits" would be read as "nobody looked for it".
// Any other octet may have been asked for, and what the history shows must be found when it is pasted.
bool is_slip(std::string_view text) {
  constexpr std::string_view kBehind = ",;/";
  return text.find("://") != std::string_view::npos || text.find_first_of(" \t") != std::string_view::npos ||
         (!text.empty() && kBehind.find(text.back()) != std::string_view::npos);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

Result<NameTerm> name_term(NameMatch match, std::string_view text) {
  std::string written(text);
  if (!dns::is_ascii(text)) {
    auto a_labels = dns::to_a_labels(text);
    if (!a_labels)
      return Error(ErrorCode::kInvalid,
                   fmt::format("name '{}' {}", text.substr(0, kShown), a_labels.error().message()));
    written = std::move(*a_labels);
  }
  if (is_slip(written)) {
    return Error(ErrorCode::kInvalid, fmt::format("'{}' is no name: write the name alone", written.substr(0, kShown)));
  }
  const auto name = dns::Name::parse(written);
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
  text = trimmed(text);
  const std::size_t stars = static_cast<std::size_t>(std::count(text.begin(), text.end(), '*'));
  if (stars == 0) return name_term(NameMatch::kExact, text);
  if (stars == 1 && text.starts_with("*.")) return name_term(NameMatch::kUnder, text.substr(2));
  if (stars == 2 && text.size() > 2 && text.front() == '*' && text.back() == '*') {
    if (!dns::is_ascii(text)) {
      return Error(ErrorCode::kInvalid, fmt::format("name '{}': names are kept in their xn-- form, of which a part in "
                                                    "its own letters is none: write the whole name",
                                                    text.substr(0, kShown)));
    }
    return NameTerm{NameMatch::kContains, lowered(text.substr(1, text.size() - 2))};
  }
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

#include "policy/written_name.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/ip_address.h"
#include "dns/idn.h"

namespace schoolgate::policy {
namespace {

using base::Error;
using base::ErrorCode;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view without_scheme(std::string_view text) {
  const std::size_t at = text.find("://");
  const auto belongs_to_scheme = [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-'; };
  if (at != std::string_view::npos && std::ranges::all_of(text.substr(0, at), belongs_to_scheme)) {
    return text.substr(at + 3);
  }
  return text.starts_with("//") ? text.substr(2) : text;
}

std::string_view without_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find(':') != colon) return text;  // none, or an IPv6 address
  return std::ranges::all_of(text.substr(colon + 1), is_digit) ? text.substr(0, colon) : text;
}

Error invalid(std::string message) { return Error(ErrorCode::kInvalid, std::move(message)); }

// Why `host` cannot be a name to write in a rule; nullopt when
// nothing speaks against it. `written` is the whole text.
std::optional<Error> refusal(std::string_view written, std::string_view host) {
  if (host.empty()) return invalid("a name is empty; write one as in 'example.org'");
  if (base::IpAddress::parse(host)) {
    return invalid(fmt::format("{} is an address, and should be a domain name", in_quotes(written)));
  }
  if (host == ".") return invalid("'.' is every name; that is what 'otherwise' is for");
  if (const std::string bare = bare_name(host); host.find_first_of("/?#:@ ") != std::string_view::npos &&
                                                !bare.empty() && std::ranges::all_of(bare, is_name_character)) {
    return invalid(fmt::format("{} is more than a domain name; write '{}'", in_quotes(written), bare));
  }
  if (host.find('*') != std::string_view::npos) {
    return invalid(fmt::format("{}: '*' may stand in front only, as in '*.example.org'", in_quotes(written)));
  }
  const auto stranger = std::ranges::find_if_not(host, is_name_character);
  if (stranger != host.end()) {
    return invalid(fmt::format("{} is not a domain name: {} does not belong in one", in_quotes(written),
                               in_quotes(std::string_view(&*stranger, 1))));
  }
  return std::nullopt;
}

// dns::Name quotes the text in front of what is wrong with it.
std::string without_the_text(const std::string& message) {
  const std::size_t at = message.rfind("is not a domain name: ");
  return at == std::string::npos ? message : message.substr(at);
}

// Most are nothing but a name; what ends like an address or has any other character in it is read with more care.
bool looks_like_a_name(std::string_view text) {
  const std::size_t last = text.find_last_not_of('.');
  return last != std::string_view::npos && !is_digit(text[last]) && std::ranges::all_of(text, is_name_character);
}

base::Result<dns::Name> read_odd_name(std::string_view typed) {
  std::string bare = bare_name(typed);
  if (!dns::is_ascii(bare)) {
    auto a_labels = dns::to_a_labels(bare);
    if (!a_labels) return invalid(a_labels.error().message());
    bare = std::move(*a_labels);
    // '℀' has become "a/c", and '＼' a backslash, which would begin an escape.
    if (!std::ranges::all_of(bare, is_name_character)) {
      return invalid("is not a domain name: a character in it stands for one that no name has");
    }
  }
  if (base::IpAddress::parse(bare)) {
    return invalid("is an address, and should be a domain name");
  }
  if (std::ranges::any_of(bare, [](char c) { return c <= ' ' || c == 0x7f; })) {
    return invalid("is not a domain name: there is a blank in it");
  }
  // Any octet may be in a name, but nobody means a comma by it: who does, writes \DDD.
  const auto odd = std::ranges::find_if_not(bare, [](char c) { return is_name_character(c) || c == '\\'; });
  if (odd != bare.end()) {
    return invalid(
        fmt::format("is not a domain name: {} does not belong in one", in_quotes(std::string_view(&*odd, 1))));
  }
  // One final dot was taken off, and a name has no other.
  if (bare.ends_with('.') && trimmed(typed) != ".") {
    return invalid("is not a domain name: a label is empty");
  }
  return dns::Name::parse(bare);
}

}  // namespace

base::Result<NamePattern> parse_name_pattern(std::string_view written) {
  NamePattern pattern;
  std::string_view host = written;
  if (host.starts_with("*.")) {
    pattern.reach = NameReach::kSubdomains;
    host.remove_prefix(2);
  } else if (host.starts_with('=')) {
    pattern.reach = NameReach::kExact;
    host.remove_prefix(1);
  }
  std::string ascii;
  if (!dns::is_ascii(host)) {
    auto a_labels = dns::to_a_labels(host);
    if (!a_labels) return invalid(in_quotes(written) + " " + a_labels.error().message());
    host = ascii = std::move(*a_labels);
  }
  if (auto error = refusal(written, host)) return *error;
  auto name = dns::Name::parse(host);
  if (!name) return name.error();
  pattern.name = name->lowered();
  return pattern;
}

std::string bare_name(std::string_view typed) {
  std::string_view host = without_scheme(trimmed(typed));
  host = host.substr(0, host.find_first_of("/?#"));
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  host = trimmed(without_port(host));
  if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
  std::string bare(host);
  for (char& c : bare) c = static_cast<char>(dns::lower_octet(static_cast<std::uint8_t>(c)));
  return bare;
}

base::Result<dns::Name> parse_typed_name(std::string_view typed) {
  const std::string_view text = trimmed(typed);
  auto name = looks_like_a_name(text) ? dns::Name::parse(text) : read_odd_name(typed);
  if (!name) return invalid(without_the_text(name.error().message()));
  name->lower();  // an escape may have been a capital
  return name;
}

base::Result<dns::Name> read_typed_name(std::string_view typed) {
  auto name = parse_typed_name(typed);
  if (!name) return invalid(in_quotes(typed) + " " + name.error().message());
  return name;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMostOctets = 80;
  std::string shown = "'";
  for (const char c : text.substr(0, kMostOctets)) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) {
      shown += fmt::format("\\{:03}", octet);
    } else {
      shown += c;
    }
  }
  return shown + (text.size() > kMostOctets ? "…'" : "'");
}

bool covers(const NameSetting& pattern, const dns::Name& lower_name) {
  switch (pattern.reach) {
    case NameReach::kExact:
      return lower_name == pattern.name;
    case NameReach::kSubdomains:
      return lower_name.is_at_or_below(pattern.name) && !(lower_name == pattern.name);
    case NameReach::kBoth:
      return lower_name.is_at_or_below(pattern.name);
  }
  return false;
}

bool covers(const NameSetting& pattern, const NameSetting& other) {
  if (pattern.reach == NameReach::kExact) return other.reach == NameReach::kExact && other.name == pattern.name;
  const bool both_only_below = pattern.reach == NameReach::kSubdomains && other.reach == NameReach::kSubdomains;
  return covers(pattern, other.name) || (both_only_below && other.name == pattern.name);
}

}  // namespace schoolgate::policy

#include "lists/formats/rule_name.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ip_address.h"
#include "dns/idn.h"
#include "lists/formats/words.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr auto kHostOctets = [] {
  std::array<bool, 256> octets{};
  for (const std::string_view part : {"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789-_."}) {
    for (const char c : part) octets[static_cast<unsigned char>(c)] = true;
  }
  return octets;
}();

bool is_host_octet(char c) { return kHostOctets[static_cast<unsigned char>(c)]; }

bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

std::string_view without_brackets(std::string_view word) {
  return word.starts_with('[') && word.ends_with(']') ? word.substr(1, word.size() - 2) : word;
}

// `rest` begins with the first octet that no name has.
std::string_view why_no_url(std::string_view rest) {
  if (rest.starts_with('/')) return "not enforceable by DNS: has a path";
  if (rest.starts_with("://")) {
    return rest.find('/', 3) == std::string_view::npos
               ? "not enforceable by DNS: is a URL; write the bare name if the whole site is meant"
               : "not enforceable by DNS: has a path";
  }
  const bool has_port = rest.size() > 1 && rest.starts_with(':') && is_digit(rest[1]);
  return has_port ? "not enforceable by DNS: has a port" : "";
}

std::string why_no_octet(char c) {
  if (is_beyond_ascii(c)) return "not ASCII: write it as xn--…";  // a part of a name, which alone says nothing
  if (c == '*') return "a wildcard is understood only as a leading '*.'";
  if (c == '|' || c == '^' || c == '$' || c == '@') return "looks like an ad blocker's rule, not a name";
  if (c < 0x20 || c == 0x7f) return "has a control character";
  return std::string("no name has a '") + c + "'";
}

// RFC 3696 §2: a top-level domain is never all digits, so that 192.0.2.999 cannot pass for a name.
bool ends_in_number(std::string_view word) {
  if (word.ends_with('.')) word.remove_suffix(1);
  if (word.empty() || !is_digit(word.back())) return false;         // most
  const std::string_view label = word.substr(word.rfind('.') + 1);  // all of it without a dot
  return std::all_of(label.begin(), label.end(), is_digit);
}

}  // namespace

std::string why_no_name_goes_on(std::string_view rest) {
  const std::string_view why = why_no_url(rest);
  return why.empty() ? why_no_octet(rest.front()) : std::string(why);
}

namespace {

// `odd` is the first octet that no name has; without one, the word ends in a number.
std::string why_no_name(std::string_view word, std::string_view::const_iterator odd) {
  if (base::IpAddress::parse(without_brackets(word))) return "an address, not a name: that is a firewall's work";
  if (odd == word.end()) return "ends in a number: is it a mistyped address?";
  if (base::IpNetwork::parse(word)) return "a range of addresses, not a name: that is a firewall's work";
  return why_no_name_goes_on(word.substr(static_cast<std::size_t>(odd - word.begin())));
}

// Without the word: in a report it stands beside the reason, and nowhere at all when its list is opaque.
std::string without_the_word(const std::string& message) {
  constexpr std::string_view kReason = "is not a domain name";
  const std::size_t at = message.find(kReason);  // no word that came so far has a blank in it
  return at == std::string::npos ? std::string(kReason) : message.substr(at);
}

}  // namespace

base::Result<dns::Name> parse_rule_name(std::string_view word) {
  // Most words are names, and are looked at once.
  const auto odd = std::find_if_not(word.begin(), word.end(), is_host_octet);
  if (odd != word.end() && is_beyond_ascii(*odd)) {
    const auto ascii = dns::to_a_labels(word);
    return ascii ? parse_rule_name(*ascii) : ascii.error();
  }
  if (odd != word.end() || ends_in_number(word)) return Error(ErrorCode::kInvalid, why_no_name(word, odd));
  auto name = dns::Name::parse(word);
  if (!name) return Error(name.error().code(), without_the_word(name.error().message()));
  if (name->is_root()) return Error(ErrorCode::kInvalid, "covers every name there is");
  return name;
}

namespace {

// Nearly every word is a name that begins otherwise.
bool begins_local_name(char first) {
  switch (first) {
    case 'l':
    case 'L':
    case 'b':
    case 'B':
    case 'i':
    case 'I':
    case '0':
      return true;
    default:
      return false;
  }
}

}  // namespace

bool is_local_name(std::string_view word) {
  static constexpr std::array<std::string_view, 9> kLocal = {
      "localhost",  "localhost.localdomain",   "localhost4", "localhost4.localdomain4",
      "localhost6", "localhost6.localdomain6", "local",      "broadcasthost",
      "0.0.0.0"};
  if (word.empty() || !begins_local_name(word.front())) return false;
  if (equals_in_any_case(word.substr(0, 4), "ip6-")) return word.find('.') == std::string_view::npos;
  return std::any_of(kLocal.begin(), kLocal.end(),
                     [word](std::string_view local) { return equals_in_any_case(word, local); });
}

bool is_nowhere(std::string_view address) {
  if (address == "0.0.0.0") return true;  // nearly always
  const auto parsed = base::IpAddress::parse(address);
  return parsed && (parsed->is_loopback() || *parsed == base::IpAddress() || *parsed == base::IpAddress::v4(0));
}

}  // namespace schoolgate::lists

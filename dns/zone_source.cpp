#include "dns/zone_source.h"

#include <charconv>

#include <fmt/format.h>

#include "base/ip_address.h"

namespace schoolgate::dns {
namespace {

constexpr std::string_view kAxfr = "axfr://";
constexpr std::string_view kIxfr = "ixfr://";

base::Error wrong(std::string_view text, std::string_view why) {
  return base::Error(base::ErrorCode::kInvalid,
                     fmt::format("'{}': {}; write it as in 'axfr://10.0.0.2/rpz.example'", text, why));
}

// Letters, digits, '-', '.' and '_': what a host name or an IPv4 address is made of.
bool is_host(std::string_view text) {
  constexpr std::string_view kOthers = "-._";
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_letter && kOthers.find(c) == std::string_view::npos) return false;
  }
  return !text.empty() && text.size() <= Name::kMaxWireOctets;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

// "host", "host:port", "[address]", "[address]:port"; what is wrong with it, or "".
std::string_view take_authority(std::string_view authority, ZoneSource& source) {
  const bool in_brackets = authority.starts_with('[');
  const std::size_t end = in_brackets ? authority.find(']') : authority.find(':');
  if (in_brackets && end == std::string_view::npos) return "a '[' without its ']'";
  source.host = authority.substr(in_brackets ? 1 : 0, end - (in_brackets ? 1 : 0));
  const std::string_view rest = end == std::string_view::npos ? "" : authority.substr(end + (in_brackets ? 1 : 0));
  if (in_brackets) {
    const auto address = base::IpAddress::parse(source.host);
    if (!address || address->is_v4()) return "in brackets belongs an IPv6 address";
  } else if (rest.find(':', 1) != std::string_view::npos) {
    return "an IPv6 address is written in brackets";
  } else if (!is_host(source.host)) {
    return "names no host";
  }
  if (rest.empty()) return "";
  if (!rest.starts_with(':') || !parse_port(rest.substr(1), source.port)) return "a port is a number from 1 to 65535";
  return "";
}

}  // namespace

bool is_zone_source(std::string_view text) { return text.starts_with(kAxfr) || text.starts_with(kIxfr); }

base::Result<ZoneSource> parse_zone_source(std::string_view text) {
  ZoneSource source;
  source.text = text;
  source.kind = text.starts_with(kIxfr) ? ZoneSource::Kind::kIxfr : ZoneSource::Kind::kAxfr;
  const std::string_view rest = text.substr(kAxfr.size());
  const std::size_t slash = rest.find('/');
  if (const auto why = take_authority(rest.substr(0, slash), source); !why.empty()) return wrong(text, why);
  if (slash == std::string_view::npos || slash + 1 == rest.size()) return wrong(text, "names no zone");
  const auto zone = Name::parse(rest.substr(slash + 1));
  if (!zone) return wrong(text, "its zone is no domain name: " + zone.error().message());
  if (zone->is_root()) return wrong(text, "the root is no list");
  source.zone = zone->lowered();
  return source;
}

}  // namespace schoolgate::dns

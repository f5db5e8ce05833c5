#include "policy/list_source.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "dns/zone_source.h"
#include "policy/policy_file.h"
#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

using base::TomlTable;

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kLeastRefreshSeconds = 300;
constexpr std::int64_t kMostRefreshSeconds = 90 * kDaySeconds;
constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kMinisignCharacters = 56;

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

// Empty when it may be fetched from.
std::string why_no_address(std::string_view url) {
  const bool is_https = url.starts_with("https://");
  if (!is_https && !url.starts_with("http://")) {
    return "should be a file path, or begin with https://, http://, axfr:// or ixfr://";
  }
  const std::string_view rest = url.substr(url.find("://") + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || !is_plain(url)) return "is no web address";
  if (authority.find('@') != std::string_view::npos) {
    return "a policy file is no place for a password: it is shared; fetch the list yourself and give the file's path";
  }
  return {};
}

void check_zone(TomlTable& table, const base::Place& place, const ListSetting& list) {
  if (!is_plain(list.source)) {
    table.report(place, fmt::format("{}: is no address of a zone", in_quotes(list.source)));
  } else if (const auto zone = dns::parse_zone_source(list.source); !zone) {
    table.report(place, zone.error().message());
  }
  if (!list.sha256.empty() || !list.minisign.empty()) {
    table.report(place, "a zone is signed with 'tsig', not with 'sha256' or 'minisign'");
  }
}

void check_address(TomlTable& table, const base::Place& place, const ListSetting& list) {
  if (const std::string why = why_no_address(list.source); !why.empty()) {
    table.report(place, fmt::format("{}: {}", in_quotes(list.source), why));
  } else if (list.source.starts_with("http://") && list.sha256.empty() && list.minisign.empty()) {
    table.report(place, fmt::format("{}: anybody on the way can change it: give https://, or pin it with 'sha256' or "
                                    "'minisign'",
                                    in_quotes(list.source)));
  }
}

void read_refresh(TomlTable& table, ListSetting& list) {
  const auto written = table.string("refresh");
  if (!list.is_remote) {
    if (written)
      table.report(written->place, "'refresh' is for an address: a file is read whenever the lists are built");
    return;
  }
  list.refresh_s = kDaySeconds;
  if (!written) return;
  const auto span = parse_span(written->value);
  if (!span || *span < kLeastRefreshSeconds || *span > kMostRefreshSeconds) {
    table.report(written->place, fmt::format("{} should be from '5m' to '90d', as '30m', '6h', '1d' or '1w'",
                                             in_quotes(written->value)));
    return;
  }
  list.refresh_s = *span;
}

void read_pin(TomlTable& table, ListSetting& list) {
  const auto written = table.string("sha256");
  if (!written) return;
  list.sha256 = written->value;
  std::ranges::transform(list.sha256, list.sha256.begin(),
                         [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c); });
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (list.sha256.size() != kSha256Digits || !std::ranges::all_of(list.sha256, is_digit)) {
    table.report(written->place, "'sha256' should be 64 hexadecimal digits, as sha256sum prints them");
  }
}

void read_key(TomlTable& table, ListSetting& list) {
  const auto written = table.string("minisign");
  if (!written) return;
  list.minisign = written->value;
  if (list.minisign.size() != kMinisignCharacters || !list.minisign.starts_with("RW") || !is_plain(list.minisign)) {
    table.report(written->place, "'minisign' should be the second line of a minisign.pub: 56 characters, from 'RW' on");
  }
}

}  // namespace

std::optional<std::int64_t> parse_span(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t kMost = 1'000'000;
  if (error != std::errc() || number <= 0 || number > kMost || unit.size() != 1) return std::nullopt;
  switch (unit[0]) {
    case 'm':
      return number * 60;
    case 'h':
      return number * 3'600;
    case 'd':
      return number * kDaySeconds;
    case 'w':
      return number * 7 * kDaySeconds;
    default:
      return std::nullopt;
  }
}

void read_list_source(TomlTable& table, const std::string& policy_file, ListSetting& list) {
  const auto source = table.string("source");
  if (!source) {
    if (!table.has("source")) table.report(table.place(), "this list has no 'source'");
    return;
  }
  list.is_remote = source->value.find("://") != std::string::npos;
  read_refresh(table, list);
  read_pin(table, list);
  read_key(table, list);
  if (!list.is_remote) {
    if (source->value.empty() || source->value.find('\0') != std::string::npos) {
      table.report(source->place, fmt::format("{} is not a file path", in_quotes(source->value)));
    }
    if (!list.sha256.empty() || !list.minisign.empty()) {
      table.report(source->place, "'sha256' and 'minisign' are for an address, not for a file");
    }
    list.source = (std::filesystem::path(policy_file).parent_path() / source->value).string();
    return;
  }
  list.source = source->value;
  const auto check = dns::is_zone_source(list.source) ? check_zone : check_address;
  check(table, source->place, list);
}

}  // namespace schoolgate::policy

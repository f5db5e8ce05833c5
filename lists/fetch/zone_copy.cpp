#include "lists/fetch/zone_copy.h"

#include <algorithm>
#include <charconv>

#include "base/file.h"

namespace schoolgate::lists {
namespace {

constexpr std::string_view kSoa = "@ SOA ";

// "@ SOA MNAME RNAME SERIAL …"
std::optional<std::uint32_t> serial_of(std::string_view line) {
  if (!line.starts_with(kSoa)) return std::nullopt;
  for (int i = 0; i < 4; ++i) line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
  std::uint32_t serial = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), serial);
  if (error != std::errc() || end == line.data() + line.size() || *end != ' ') return std::nullopt;
  return serial;
}

std::size_t end_of_line(std::string_view text, std::size_t from) {
  const std::size_t end = text.find('\n', from);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

std::string_view ZoneCopy::records() const {
  return std::string_view(text).substr(end_of_line(text, end_of_line(text, 0)));
}

std::string zone_head(const dns::Name& zone, std::string_view soa_line) {
  return "$ORIGIN " + zone.to_text() + ".\n" + std::string(soa_line) + '\n';
}

std::optional<ZoneCopy> read_zone_copy(const std::string& path, const dns::Name& zone, std::size_t limit_octets) {
  auto text = base::read_file(path, limit_octets);
  if (!text || !text->ends_with('\n')) return std::nullopt;
  const std::string origin = zone_head(zone, "");
  if (!text->starts_with(std::string_view(origin).substr(0, origin.size() - 1))) return std::nullopt;
  const std::size_t start = end_of_line(*text, 0);
  const auto serial = serial_of(std::string_view(*text).substr(start, end_of_line(*text, start) - start));
  if (!serial) return std::nullopt;
  return ZoneCopy{*serial, std::move(*text)};
}

bool is_newer(std::uint32_t serial, std::uint32_t kept) {
  const std::uint32_t ahead = serial - kept;
  return ahead != 0 && ahead < 0x8000'0000U;
}

}  // namespace schoolgate::lists

#include "history/name_key.h"

#include <fmt/format.h>

#include "dns/name.h"

namespace schoolgate::history {
namespace {

constexpr char kNotAName = '\xff';

// Labels with their lengths, last first, appended to `out`.
void append_reversed(std::string_view labels, std::string& out) {
  std::array<std::uint8_t, dns::Name::kMaxLabels> starts;
  std::size_t count = 0;
  for (std::size_t at = 0; at < labels.size(); at += static_cast<std::uint8_t>(labels[at]) + std::size_t{1}) {
    starts[count++] = static_cast<std::uint8_t>(at);
  }
  while (count > 0) {
    const std::size_t start = starts[--count];
    out += labels.substr(start, static_cast<std::uint8_t>(labels[start]) + std::size_t{1});
  }
}

}  // namespace

std::string name_key(std::span<const std::uint8_t> wire) {
  const std::string_view octets(reinterpret_cast<const char*>(wire.data()), wire.size());
  std::string key;
  if (!dns::Name::from_wire(wire)) {
    key = kNotAName;
    return key += octets;
  }
  key.reserve(octets.size());
  append_reversed(octets.substr(0, octets.size() - 1), key);
  return key;
}

std::string name_text(std::string_view key) {
  std::string text;
  if (!key.empty() && key[0] == kNotAName) {
    for (const char c : key.substr(1)) text += fmt::format("\\{:03}", static_cast<std::uint8_t>(c));
    return text;
  }
  std::string wire;
  append_reversed(key, wire);
  wire += '\0';
  const auto name = dns::Name::from_wire({reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size()});
  return name ? name->to_text() : text;
}

std::string end_of_names_under(std::string_view key) {
  // A label's length is at most 63, so every octet that can follow `key` is less than this one.
  return std::string(key) + '\xff';
}

}  // namespace schoolgate::history

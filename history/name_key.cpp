#include "history/name_key.h"

#include <array>

#include <fmt/format.h>

namespace schoolgate::history {
namespace {

constexpr char kNotAName = '\xff';

// Labels with their lengths, last first, appended to `out`.
void append_reversed(std::string_view labels, std::string& out) {
  std::array<std::uint8_t, dns::Name::kMaxLabels> starts;
  std::size_t count = 0;
  for (std::size_t at = 0; at < labels.size() && count < starts.size();
       at += static_cast<std::uint8_t>(labels[at]) + std::size_t{1}) {
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

std::optional<dns::Name> name_of(std::string_view key) {
  if (key.starts_with(kNotAName) || key.size() >= dns::Name::kMaxWireOctets) return std::nullopt;
  std::string wire;
  append_reversed(key, wire);
  wire += '\0';
  return dns::Name::from_wire({reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size()});
}

std::string name_text(std::string_view key) {
  std::string text;
  if (key.starts_with(kNotAName)) {
    for (const char c : key.substr(1)) text += fmt::format("\\{:03}", static_cast<std::uint8_t>(c));
    return text;
  }
  const auto name = name_of(key);
  return name ? name->to_text() : text;
}

std::string end_of_names_under(std::string_view key) {
  // A label's length is at most 63, so every octet that can follow `key` is less than this one.
  return std::string(key) + '\xff';
}

}  // namespace schoolgate::history

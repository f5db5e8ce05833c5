#include "filter/trie/domain_key.h"

#include <cstring>

namespace schoolgate::filter {

DomainKey::DomainKey(const dns::Name& lower_name) noexcept : size_(static_cast<std::uint8_t>(lower_name.size() - 1)) {
  const std::uint8_t* wire = lower_name.wire().data();
  std::size_t to = size_;
  for (std::size_t at = 0; wire[at] != 0;) {
    const std::size_t label = wire[at] + std::size_t{1};
    to -= label;
    std::memcpy(octets_.data() + to, wire + at, label);
    at += label;
  }
}

std::optional<std::string_view> DomainKey::above(std::string_view key) {
  if (key.empty()) return std::nullopt;
  std::size_t last = 0;
  for (std::size_t next = 0; next < key.size(); next += static_cast<std::uint8_t>(key[next]) + std::size_t{1}) {
    last = next;
  }
  return key.substr(0, last);
}

std::optional<dns::Name> name_of_key(std::string_view key) {
  if (key.size() >= dns::Name::kMaxWireOctets) return std::nullopt;
  std::array<std::uint8_t, dns::Name::kMaxWireOctets> wire{};
  std::size_t to = key.size();
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t label = static_cast<std::uint8_t>(key[at]) + std::size_t{1};
    if (label > key.size() - at) return std::nullopt;
    to -= label;
    std::memcpy(wire.data() + to, key.data() + at, label);
    at += label;
  }
  return dns::Name::from_wire({wire.data(), key.size() + 1});
}

}  // namespace schoolgate::filter

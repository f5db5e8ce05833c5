// DomainKey: a name as the trie and the line index order it: labels from the right, each with its length in front, no
// root label.
//
//     \3www\7example\3org\0    →    \3org\7example\3www
//
// Because the lengths say where labels end, one key is a prefix of another exactly when its name is an ancestor of the
// other's: \3bad\7example and \6notbad\7example part at the length, and any octet may stand in a label.
// REQUIRES everywhere: names in lower case.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dns/name.h"
#include "filter/file/octets.h"

namespace schoolgate::filter {

class DomainKey {
 public:
  explicit DomainKey(const dns::Name& lower_name) noexcept;

  Octets octets() const { return {octets_.data(), size_}; }
  std::string_view text() const { return text_of(octets()); }
  // The key of the next name above; nullopt for the root's, which is empty.
  static std::optional<std::string_view> above(std::string_view key);

 private:
  std::array<std::uint8_t, dns::Name::kMaxWireOctets - 1> octets_;
  std::uint8_t size_;
};

// Eight octets of the key, the first one highest, zeros behind its end: no label is empty, so that parts order as keys do, and
// keys with the same parts to their ends are one.
inline std::uint64_t key_part(std::string_view key, std::size_t depth) noexcept {
  if (key.size() >= depth + sizeof(std::uint64_t)) return load_big_endian(octets_of(key).data() + depth);
  std::uint64_t part = 0;
  for (std::size_t i = depth; i < depth + sizeof part; ++i) {
    part = part << 8 | (i < key.size() ? static_cast<std::uint8_t>(key[i]) : 0u);
  }
  return part;
}

// nullopt when the octets are no key.
std::optional<dns::Name> name_of_key(std::string_view key);

}  // namespace schoolgate::filter

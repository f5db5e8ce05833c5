// Name: a domain name in wire form (RFC 1035 §3.1), uncompressed, at most 255 octets, kept inline: no allocation.
//
//     \3www\7example\3com\0        labels may hold any octet, dots and NULs included
//
// Names compare and hash octet by octet; lowered() folds ASCII case (RFC 4343) for keys and look-ups.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::dns {

class Name {
 public:
  static constexpr std::size_t kMaxWireOctets = 255;
  static constexpr std::size_t kMaxLabelOctets = 63;
  static constexpr std::size_t kMaxLabels = 127;

  Name() : length_(1) { octets_[0] = 0; }  // the root
  Name(const Name& other) noexcept : length_(other.length_) { copy_octets(other); }
  Name& operator=(const Name& other) noexcept {
    length_ = other.length_;
    copy_octets(other);
    return *this;
  }

  // Presentation form, with or without the final dot; "\." and "\046" escapes (RFC 1035 §5.1). Case is kept.
  static base::Result<Name> parse(std::string_view text);
  // Uncompressed wire form that ends with the root label exactly at the span's end.
  static std::optional<Name> from_wire(std::span<const std::uint8_t> wire);

  std::span<const std::uint8_t> wire() const { return {octets_.data(), length_}; }
  std::size_t size() const { return length_; }  // octets of wire form, root label included
  bool is_root() const { return length_ == 1; }
  std::size_t label_count() const;  // without the root: "www.example.com" has 3

  // "www.example.com", no final dot; "." for the root. Octets below 0x21, above 0x7e, '.', '"' and '\' inside a label
  // come as \. or \DDD: safe for logs and terminals.
  std::string to_text() const;
  void append_text(std::string& to) const;
  Name lowered() const;
  void lower();  // in place

  // The name without its first label; the root's parent is the root.
  Name parent() const;
  // True for the name itself too; both in the same case.
  bool is_at_or_below(const Name& ancestor) const;
  // Puts one label in front; nullopt when the result would be too long.
  std::optional<Name> with_prefix(std::string_view label) const;

  friend bool operator==(const Name& left, const Name& right) {
    return left.length_ == right.length_ && std::memcmp(left.octets_.data(), right.octets_.data(), left.length_) == 0;
  }

 private:
  friend class NameReader;
  // Most names are short: of a size that the compiler knows it is a few moves, and of another a loop.
  void copy_octets(const Name& other) noexcept {
    constexpr std::size_t kShort = 32;
    if (length_ <= kShort) {
      std::memmove(octets_.data(), other.octets_.data(), kShort);
    } else {
      std::memmove(octets_.data(), other.octets_.data(), length_);
    }
  }
  bool take_plain(std::string_view text);
  bool append_plain(std::string& to) const;
  void append_escaped(std::string& to) const;
  std::array<std::uint8_t, kMaxWireOctets> octets_;
  std::uint8_t length_;
};

// Fast, not for hostile keys in a public table without a bound; 64 bits over the wire form.
std::uint64_t hash(std::span<const std::uint8_t> wire, std::uint64_t seed = 0) noexcept;

inline std::uint8_t lower_octet(std::uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + 32) : octet;
}

}  // namespace schoolgate::dns

template <>
struct std::hash<schoolgate::dns::Name> {
  std::size_t operator()(const schoolgate::dns::Name& name) const noexcept {
    return static_cast<std::size_t>(schoolgate::dns::hash(name.wire()));
  }
};

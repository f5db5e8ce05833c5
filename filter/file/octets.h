// Little-endian numbers and counted texts in a block of octets, at any alignment. Both sides of every file of this room.
//
// OctetReader never reads past its block: after a first failure it says 0 and "" and is_good() is false.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace schoolgate::filter {

using Octets = std::span<const std::uint8_t>;

inline Octets octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(Octets octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

template <std::unsigned_integral T>
T in_little_endian(T value) noexcept {
  if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1) return value;
  T turned = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) turned = static_cast<T>(turned << 8 | ((value >> (8 * i)) & 0xff));
  return turned;
}

// REQUIRES: sizeof(T) octets at `at`.
template <std::unsigned_integral T>
T load(const std::uint8_t* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  return in_little_endian(value);
}

// Asks memory for the line of what lies `distance` after `at`, and does not wait. It may lie anywhere.
inline void prefetch(const std::uint8_t* at, std::size_t distance) noexcept {
  __builtin_prefetch(reinterpret_cast<const void*>(  // NOLINT(performance-no-int-to-ptr)
      reinterpret_cast<std::uintptr_t>(at) + distance));
}

// The first octet highest, so that numbers order as octets do.
inline std::uint64_t load_big_endian(const std::uint8_t* at) noexcept {
  return __builtin_bswap64(load<std::uint64_t>(at));
}
inline void store_big_endian(std::uint8_t* at, std::uint64_t value) noexcept {
  value = in_little_endian(__builtin_bswap64(value));
  std::memcpy(at, &value, sizeof value);
}

template <std::unsigned_integral T>
void append(std::string& to, T value) {
  value = in_little_endian(value);
  char octets[sizeof value];
  std::memcpy(octets, &value, sizeof value);
  to.append(octets, sizeof value);
}

// Seven bits an octet, the lowest first; the highest bit says that more follow.
inline constexpr std::size_t kMostVarintOctets = 5;
// Returns where it ends. REQUIRES: so much room.
inline char* put_varint(char* to, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}
inline void append_varint(std::string& to, std::uint32_t value) {
  char octets[kMostVarintOctets];
  to.append(octets, put_varint(octets, value));
}

inline void append_text(std::string& to, std::string_view text) {
  append(to, static_cast<std::uint32_t>(text.size()));
  to += text;
}

class OctetReader {
 public:
  explicit OctetReader(Octets octets) : rest_(octets) {}

  template <std::unsigned_integral T>
  T number() {
    const Octets octets = take(sizeof(T));
    return octets.empty() ? T{0} : load<T>(octets.data());
  }
  std::uint32_t varint() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const auto octet = number<std::uint8_t>();
      value |= std::uint32_t{octet & 0x7fu} << shift;
      if (octet < 0x80) break;
    }
    return value;
  }
  std::string_view text() { return text_of(take(number<std::uint32_t>())); }
  // Empty when there are not as many.
  Octets take(std::size_t count) {
    if (!is_good_ || count > rest_.size()) {
      is_good_ = false;
      return {};
    }
    const Octets taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  bool is_good() const { return is_good_; }
  bool is_at_end() const { return rest_.empty(); }

 private:
  Octets rest_;
  bool is_good_ = true;
};

}  // namespace schoolgate::filter

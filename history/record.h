// LookupRecord: one lookup as a worker publishes it. Fixed size, no pointers, self-contained: what was in a ring when the
// process died can be stored by the next one.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace schoolgate::history {

enum class LookupVerdict : std::uint8_t { kAllowed = 0, kBlocked = 1, kRewritten = 2, kRefused = 3, kFailed = 4 };
enum class Transport : std::uint8_t { kUdp = 0, kTcp = 1 };

struct LookupRecord {
  std::int64_t time_us = 0;       // since the epoch, when the question arrived
  std::uint32_t duration_us = 0;  // until the answer was handed over
  std::uint16_t qtype = 0;
  std::uint16_t rcode = 0;
  LookupVerdict verdict = LookupVerdict::kAllowed;
  Transport transport = Transport::kUdp;
  std::uint8_t cached = 0;                // 1: answered from the cache
  std::uint8_t name_size = 0;             // octets of `name`
  std::array<std::uint8_t, 16> client{};  // IPv4 mapped
  std::array<std::uint64_t, 8> tags{};    // filter::TagSet words
  std::array<char, 24> category{};        // deciding tag's id, NUL padded; empty: none
  std::array<char, 48> list{};            // deciding list's id, or the group's for a name rule
  std::array<char, 64> device{};          // the stored id, NUL padded
  std::array<std::uint8_t, 255> name{};   // the name asked for, wire form, lower case
  std::uint8_t reserved = 0;

  // REQUIRES: a name's wire form, lower case: at most 255 octets.
  void put_name(std::span<const std::uint8_t> wire) {
    name_size = static_cast<std::uint8_t>(wire.size());
    std::memcpy(name.data(), wire.data(), wire.size());
  }

  // Cuts what does not fit.
  template <std::size_t N>
  static void put(std::array<char, N>& field, std::string_view text) {
    const std::size_t size = text.size() < N ? text.size() : N;
    std::memcpy(field.data(), text.data(), size);
    std::memset(field.data() + size, 0, N - size);
  }
  template <std::size_t N>
  static std::string_view get(const std::array<char, N>& field) {
    return {field.data(), ::strnlen(field.data(), N)};
  }
};
static_assert(std::is_trivially_copyable_v<LookupRecord>);

}  // namespace schoolgate::history

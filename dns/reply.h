// Replies that we make ourselves: errors, blocked names, names answered locally; and the reply made from an Answer.
// Each writes a whole message into `out` and returns its size; `out` must hold kLeastReplyRoom octets. No allocation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dns/answer.h"
#include "dns/query.h"
#include "dns/types.h"

namespace schoolgate::dns {

// Header, the longest question, an SOA and an OPT fit.
inline constexpr std::size_t kLeastReplyRoom = 512;
// What we send over UDP at most, whatever the client takes: no fragmentation (DNS Flag Day 2020).
inline constexpr std::size_t kMostUdpOctets = 1232;

// Octets a reply to this query may have over UDP.
std::size_t udp_limit(const Query& query);

// For a fault or a refusal: header and question (where one was read), OPT when the client sent one. Never larger than
// the query by more than an OPT.
std::size_t write_error(const Query& query, Rcode rcode, std::optional<ExtendedError> extended,
                        std::span<std::uint8_t> out) noexcept;

// To a NOTIFY (RFC 1996 §4.7): header and question, OPT when the sender sent one. AA when it is taken, and no RA: there is no
// recursion in it.
std::size_t write_notify_answer(const Query& notify, Rcode rcode, std::span<std::uint8_t> out) noexcept;

// What an unsafe name resolves to.
struct BlockAddresses {
  std::array<std::uint8_t, 4> ipv4{};
  std::optional<std::array<std::uint8_t, 16>> ipv6;  // absent: AAAA gets NODATA
  std::uint32_t ttl_seconds = 10;
};

// A → ipv4, AAAA → ipv6 or NODATA, every other type → NODATA with an SOA. NOERROR, RA, AD clear.
std::size_t write_blocked(const Query& query, const BlockAddresses& block, ExtendedError why,
                          std::span<std::uint8_t> out) noexcept;

// Names that are answered here for everybody (localhost, resolver.arpa, …).
std::size_t write_address(const Query& query, std::span<const std::uint8_t> address, std::uint32_t ttl_seconds,
                          std::span<std::uint8_t> out) noexcept;
std::size_t write_nodata(const Query& query, Rcode rcode, std::uint32_t ttl_seconds, std::span<std::uint8_t> out,
                         std::optional<ExtendedError> why = std::nullopt) noexcept;
// Ask again over TCP.
std::size_t write_truncated(const Query& query, std::span<std::uint8_t> out) noexcept;

// A record of our own for the asked name; rdata uncompressed.
struct LocalRecord {
  Type type{};
  std::span<const std::uint8_t> rdata;
};
// Over `limit` octets: truncated. REQUIRES: at least one record.
std::size_t write_local_data(const Query& query, std::span<const LocalRecord> records, std::uint32_t ttl_seconds,
                             std::size_t limit, std::span<std::uint8_t> out) noexcept;
// RFC 8482 §4.2: ANY gets one HINFO.
std::size_t write_any(const Query& query, std::span<std::uint8_t> out) noexcept;

// How old an answer is, and what to say of it.
struct Freshness {
  std::uint32_t age_seconds = 0;
  std::uint32_t least_ttl_seconds = 0;  // TTLs are not counted below this; for stale answers (RFC 8767 §5.2)
  std::optional<ExtendedError> extended;
};

// From an upstream's answer: id, flags, the question's case, TTLs counted down, OPT. Over `limit` octets: truncated to the
// question with TC set (RFC 2181 §9).
std::size_t write_answer(const Query& query, const Answer& answer, const Freshness& freshness, std::size_t limit,
                         std::span<std::uint8_t> out) noexcept;

}  // namespace schoolgate::dns

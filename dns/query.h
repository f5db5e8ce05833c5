// Query: what a client asks, parsed in place from the receive buffer. No allocation, no exception, any bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dns/name.h"
#include "dns/types.h"

namespace schoolgate::dns {

struct Edns {
  std::uint16_t udp_size = 512;  // what the client takes, at least 512 (RFC 6891 §6.2.3)
  bool dnssec_ok = false;
};

struct Query {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;  // the header's second word as received
  Name qname;               // case as received
  Name lower_qname;
  Type qtype{};
  Class qclass{};
  std::optional<Edns> edns;
  bool has_question = false;  // false: a reply carries the header only

  bool is_notify() const;
  bool recursion_desired() const;
  bool checking_disabled() const;
  bool dnssec_ok() const { return edns && edns->dnssec_ok; }
};

enum class QueryFault : std::uint8_t {
  kNone,
  kDrop,     // no header, or a response: answering could loop (RFC 1035 §7.3)
  kFormErr,  // the question or a record does not parse, or there is not exactly one question (RFC 9619)
  kNotImp,   // an opcode other than QUERY and NOTIFY
  kBadVers,  // EDNS version other than 0 (RFC 6891 §6.1.3)
  kNotify,   // no fault but no query either: a whole NOTIFY (RFC 1996), whatever its question is
};

// Fills `query` as far as it could be read: what an error reply needs is there whenever the fault is not kDrop.
// Answer and authority records in a query are FORMERR: nobody needs them, and nothing in a query is believed. A NOTIFY may have
// some, its zone's SOA, and they are skipped.
QueryFault parse_query(std::span<const std::uint8_t> message, Query& query) noexcept;

}  // namespace schoolgate::dns

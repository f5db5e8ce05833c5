// What a NOTIFY of a primary (RFC 1996) is answered, and which lists are to be asked for after it.
//
// Pure functions: no clock, no network, no file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "dns/query.h"
#include "lists/fetch/tsig_key.h"

namespace schoolgate::lists {

// A list that comes by zone transfer.
struct NotifiedZone {
  std::string list;  // its id
  dns::Name zone;    // lower case
  std::vector<base::IpAddress> primaries;
  bool is_signed = false;  // the policy gives it a TSIG key
  std::optional<TsigKey>
      key;  // absent although it is signed: it cannot be read at present, and nothing counts as signed
};

struct NotifyAnswer {
  std::vector<std::uint8_t> octets;  // a whole message, no longer than what came but for the six octets of BADTIME
  dns::Rcode rcode = dns::Rcode::kRefused;
  std::string_view why;            // it is turned away, in words for who runs this; empty when NOERROR
  std::vector<std::string> lists;  // ids; none unless NOERROR
};

// `notify` is what was read of `message`.
// NOERROR for the SOA of a zone from one of its primaries, signed with the key of its list when that has one. REFUSED alike for a
// stranger and for a zone that nobody has: nobody learns which there are. From a primary for its zone: NOTAUTH when it is not
// signed, or not as it must be, and FORMERR when its TSIG record is ill-formed (RFC 8945 §5.2); a list without a key does not
// count what is signed with any.
NotifyAnswer answer_notify(std::span<const NotifiedZone> zones, const dns::Query& notify,
                           std::span<const std::uint8_t> message, const base::IpAddress& sender,
                           std::uint64_t now_seconds);

}  // namespace schoolgate::lists

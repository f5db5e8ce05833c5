// Zone transfer: a list from a primary name server, for the first time or as far as it has changed.
//
// Blocks its thread for as long as the limits allow: for the process that fetches lists, never for the daemon's threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "dns/zone_source.h"
#include "lists/fetch/tsig_key.h"
#include "lists/fetch/zone_answer.h"

namespace schoolgate::lists {

struct ZoneTransferRequest {
  dns::ZoneSource source;
  std::optional<TsigKey> key;  // absent: neither signed nor checked
  std::string path;            // the zone's file (zone_copy.h): what was kept is read from it, what is new replaces it
  ZoneAnswer::Limits limits;
  int stall_ms = 30'000;   // without an octet of the primary
  int total_ms = 900'000;  // for all of it, but for looking up the host
};

struct ZoneTransferred {
  enum class How : std::uint8_t {
    kUnchanged,  // the primary's version is not newer (RFC 1982) than the file's, which stays
    kWhole,
    kChanges,  // IXFR
  };
  How how = How::kUnchanged;
  std::uint32_t serial = 0;          // of the file
  std::uint32_t primary_serial = 0;  // that the primary's SOA had; less than `serial` when its zone was made anew
  std::string why_whole;             // ixfr://, and transferred whole: why; empty when there was nothing to go on from
};

// Asks for the SOA, and for the zone when it is newer, over one TCP connection; when IXFR fails in whatever way, for the whole
// zone over another. Asked over TCP alone, for a forged UDP answer could say that there is nothing new.
// The file holds the zone when this returns, or is what it was: kUnavailable when the primary cannot be reached, is silent or
// ends too soon; kForbidden when it refuses, or its TSIG is wrong; kInvalid when what it sends is no such zone, or over a
// limit. Messages begin with the source. An own file that cannot be written has the code that the system's reason has.
base::Result<ZoneTransferred> transfer_zone(const ZoneTransferRequest& request);

}  // namespace schoolgate::lists

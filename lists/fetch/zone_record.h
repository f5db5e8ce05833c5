// A record of a zone transfer as a line of a zone file: what the format `rpz` reads, and what a change of the zone names
// the record by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "dns/message_reader.h"

namespace schoolgate::lists {

struct TransferredRecord {
  // "bad.example CNAME .": the owner relative to the zone ("@": the zone itself), names in lower case, no TTL and no class, a
  // type without names of its own in the form of RFC 3597. Two records are the same when their lines are.
  std::string line;
  std::optional<std::uint32_t> serial;  // of an SOA record
};

// kInvalid: the record cannot be read, is none of a zone, or is not in this one. REQUIRES: `zone` in lower case.
base::Result<TransferredRecord> to_transferred(const dns::MessageReader& message, const dns::RecordView& record,
                                               const dns::Name& zone);

}  // namespace schoolgate::lists

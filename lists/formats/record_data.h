// A record's data from its presentation form (RFC 1035 §5.1): addresses and aliases, which lists have by the million, are read
// here, the other types by ldns.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/types.h"

namespace schoolgate::lists {

struct RecordData {
  dns::Type type{};
  std::vector<std::uint8_t> rdata;  // names in it uncompressed
};

// `type` in any case; `origin` with the final dot, for relative names. kInvalid with a reason that does not quote the text. What
// is in `record` is replaced, its memory is used again.
base::Status parse_record_data(std::string_view type, std::string_view data, std::string_view origin,
                               RecordData& record);

}  // namespace schoolgate::lists

// The file of a transferred zone: a zone file that the format `rpz` reads, and that the next transfer goes on from.
//
//     $ORIGIN rpz.example.
//     @ SOA ns.rpz.example. host.rpz.example. 7 3600 600 86400 60
//     bad.example CNAME .
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::lists {

struct ZoneCopy {
  std::uint32_t serial = 0;
  std::string text;                  // the whole file
  std::string_view records() const;  // its lines after the SOA
};

// "$ORIGIN …" and the SOA's line, as they begin the file.
std::string zone_head(const dns::Name& zone, std::string_view soa_line);

// Absent: there is no file, or none of this zone that we wrote.
std::optional<ZoneCopy> read_zone_copy(const std::string& path, const dns::Name& zone, std::size_t limit_octets);

// RFC 1982: does `serial` come after `kept`? Half the circle away it is unknown, and counts as no.
bool is_newer(std::uint32_t serial, std::uint32_t kept);

}  // namespace schoolgate::lists

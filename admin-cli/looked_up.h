// Files of names that were looked up, a line each, as an export of the history or `sort | uniq -c` leaves them.
#pragma once

#include <optional>
#include <string_view>

#include "dns/name.h"

namespace schoolgate::admin_cli {

// The first word of the line, or the second when the first is a count: "www.example.org,12", "  12 www.example.org". Absent when
// that is no name.
std::optional<dns::Name> looked_up_name(std::string_view line);

}  // namespace schoolgate::admin_cli

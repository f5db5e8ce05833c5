// The popular names that the project ships: lists/data/popular.txt, one name a line, most popular first. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::lists {

// In the file's order and in lower case. Empty lines and lines that begin with '#' are passed over. A line that is no
// name, or a name for the second time, is kInvalid: "FILE:LINE: why".
base::Result<std::vector<dns::Name>> read_popular_names(const std::string& path);

}  // namespace schoolgate::lists

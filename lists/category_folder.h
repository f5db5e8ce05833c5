// A folder of UT1, Shallalist or squidGuard: one category, a file for each kind of entry.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace schoolgate::lists {

// Its files joined as formats/squidguard.h reads them, `domains` first: a rule's line is then the line of that file. kNotFound
// when there is none of them; kInvalid when its `usage` says that it is for allowing, and beyond so many bytes.
base::Result<std::string> read_category_folder(const std::string& path, std::size_t most_bytes);

}  // namespace schoolgate::lists

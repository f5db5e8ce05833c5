// What the system says of a source without reading it. While that stays the same, so do its octets: whoever read them then need
// not read them again.
#pragma once

#include <cstdint>
#include <string>

#include "lists/source/list_source.h"

namespace schoolgate::lists {

// Of a file, or of those of a category folder: which they are, how long, and when they were written last; and what of it the source
// is. Empty: nobody can know, as when it was written so lately that it may be written again within the same tick of the file
// system's clock.
std::string source_stamp(const Source& source, std::int64_t now_us);

// Of one file, however lately it was written; empty when there is none.
std::string file_stamp(const std::string& path);

}  // namespace schoolgate::lists

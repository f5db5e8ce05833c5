// A zone file with the files that it includes ($INCLUDE, RFC 1035 §5.1), as one text.
//
//     $INCLUDE more.zone               the file's lines, relative to the origin that is in force here
//     $INCLUDE more.zone sub.example.  relative to another; behind it the origin is what it was
//
// Files are looked for beside the one that names them, never outside its folder: a list that came from elsewhere must not read
// the machine's files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::lists {

// Whether a line of the text begins with $INCLUDE. Quick: a look through the text.
bool has_includes(std::string_view text);

// `path` is where the text was read, and stands in messages. kInvalid for a name outside of the folder, a file that includes itself,
// an origin that nobody knows, and over so many octets in all; what reading a file gives else.
base::Result<std::string> expand_includes(const std::string& path, std::string_view text, std::size_t most_octets);

}  // namespace schoolgate::lists

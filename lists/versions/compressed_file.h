// Whole files, compressed with zstd. Wraps libzstd.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::lists {

// Atomic, as base::replace_file().
base::Status write_compressed(const std::string& path, std::string_view octets);
// kDamaged when the file is not what write_compressed() writes; kInvalid over so many octets, of which none are read then.
base::Result<std::string> read_compressed(const std::string& path, std::size_t most_octets);

}  // namespace schoolgate::lists

// Whole files: read one, replace one so that a crash leaves the old or the new.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::base {

// The whole file as bytes. Errors name the path and the system's reason; over `limit_bytes` is kInvalid.
Result<std::string> read_file(const std::string& path, std::size_t limit_bytes = std::size_t{1} << 30);

// Writes PATH.tmp, fsyncs it, renames it over PATH and fsyncs the folder.
Status replace_file(const std::string& path, std::string_view bytes);

// Makes the folder and its parents, mode 0750 where made.
Status make_folder(const std::string& path);

// "cannot open FILE: No such file or directory", with the code that fits errno.
Error system_error(int error_number, std::string_view doing);

}  // namespace schoolgate::base

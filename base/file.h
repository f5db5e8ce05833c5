// Whole files: read one, replace or create one so that a crash leaves the old or the new.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::base {

// The whole file as bytes. Errors name the path and the system's reason; over `limit_bytes` is kInvalid, and so is what
// is no regular file: opening a FIFO without a writer, or reading a device, might never return. Never waits for another.
Result<std::string> read_file(const std::string& path, std::size_t limit_bytes = std::size_t{1} << 30);

// Writes PATH.tmp-XXXXXX with that mode, fsyncs it, renames it over PATH and fsyncs the folder. The temporary name is the
// call's own: of two writers at once, one wins whole. Only a writer that is killed leaves a temporary file behind.
Status replace_file(const std::string& path, std::string_view bytes, unsigned mode = 0640);

// The same without waiting for the disk: for what can be made again, and whose reader sees for himself whether it is whole. After a
// loss of power there may be any octets in it.
Status replace_cache_file(const std::string& path, std::string_view bytes, unsigned mode = 0640);

// As replace_file() for one that is never replaced: kInUse when there is one already, which stays as it is.
Status create_file(const std::string& path, std::string_view bytes, unsigned mode = 0640);

// Replaces a file that is there, as replace_file() does: owner, group and mode stay its own, and a symbolic link goes on
// pointing to it. kForbidden when we may not give the new one to its owner: the old one then stays.
Status rewrite_file(const std::string& path, std::string_view bytes);

// Removes what killed writers left in the folder (not below it) of files whose names begin so. REQUIRES: nobody else calls
// replace_file() for one of these now.
void remove_temporaries(const std::string& folder, std::string_view name_start = "");

// Makes the folder, mode 0750, and its parents, which others may pass: 0755.
Status make_folder(const std::string& path);

// "cannot open FILE: No such file or directory", with the code that fits errno.
Error system_error(int error_number, std::string_view doing);

}  // namespace schoolgate::base

// A folder of UT1, Shallalist or squidGuard: one category, a file for each kind of entry.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::lists {

using CategoryFiles = std::map<std::string, std::string, std::less<>>;  // by name, what each holds
std::span<const std::string_view> category_file_names();
bool is_category_file(std::string_view name);

// Its files joined as formats/squidguard.h reads them, `domains` first: a rule's line is then the line of that file. kNotFound
// when there is none of them; kInvalid when its `usage` says that it is for allowing, and beyond so many bytes.
base::Result<std::string> read_category_folder(const std::string& path, std::size_t most_bytes);
// The same of files that come from elsewhere; `path` is for messages.
base::Result<std::string> join_category_files(const std::string& path, const CategoryFiles& files,
                                              std::size_t most_bytes);

}  // namespace schoolgate::lists

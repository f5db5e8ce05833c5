// Fields that the files of lists/data share: what must be there, ids, one word of several.
// Not thread-safe; for as long as one file is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"

namespace schoolgate::lists {

std::string in_quotes(std::string_view text);

// Missing or empty: reported, and empty.
std::string required(base::TomlTable& table, std::string_view key);
// Under "id"; small letters, digits and '-' only.
std::string required_id(base::TomlTable& table);

// The index of one of `known`, or a problem that says which there are.
std::optional<std::size_t> choice(base::TomlTable& table, std::string_view key, const std::vector<std::string>& known);

}  // namespace schoolgate::lists

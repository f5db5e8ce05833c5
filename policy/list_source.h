// Where a list of the policy file comes from: `source`, and for an address `refresh`, `sha256` and `minisign`.
// Not thread-safe; lives while one file is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/toml.h"

namespace schoolgate::policy {

struct ListSetting;

// Sets those of the list; what is wrong is reported.
void read_list_source(base::TomlTable& table, const std::string& policy_file, ListSetting& list);

// "30m", "6h", "1d", "2w": seconds.
std::optional<std::int64_t> parse_span(std::string_view text);

}  // namespace schoolgate::policy

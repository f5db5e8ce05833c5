// The guard that the project ships: lists/data/guard.toml, names that no list may block. Strict, as every file of ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::lists {

struct ProtectedName {
  dns::Name name;  // lower case
  bool and_below = true;
  std::string why;  // "a helpline"; ends the sentence "would block 'NAME', which is …"
};

// "would block 'childline.org.uk', which is a helpline".
std::string why_protected(const ProtectedName& name);

// In the file's order. kInvalid for a name that is none, or is written twice: "file:line:column: why".
base::Result<std::vector<ProtectedName>> parse_guard(std::string_view text, const std::string& file);
base::Result<std::vector<ProtectedName>> read_guard(const std::string& path);

}  // namespace schoolgate::lists

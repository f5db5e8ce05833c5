// What a [[list]] says of a zone on a primary: the source, and the TSIG key that its transfer is signed with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/toml.h"
#include "policy/policy_file.h"

namespace schoolgate::policy {

// tsig = { name = "…", algorithm = "hmac-sha256", secret_file = "…" }; what is wrong is reported, and absent.
// The file's place is relative to that of the policy file, and comes back joined; it is read when the zone is transferred.
std::optional<TsigSetting> read_tsig(base::TomlTable& list, std::string_view source, const std::string& policy_file);

}  // namespace schoolgate::policy

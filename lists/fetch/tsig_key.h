// The key that a zone transfer is signed with (TSIG, RFC 8945). The policy, which schools share, names it; the secret is in
// a file of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::lists {

enum class TsigAlgorithm : std::uint8_t { kHmacSha256, kHmacSha512 };
std::string_view to_text(TsigAlgorithm algorithm);  // "hmac-sha256"

struct TsigKey {
  dns::Name name;  // lower case
  TsigAlgorithm algorithm = TsigAlgorithm::kHmacSha256;
  std::vector<std::uint8_t> secret;
};

// `secret_file` holds the secret in base64, as `tsig-keygen` and `keymgr` write it, on a line of its own.
// kInvalid for a name, an algorithm or a secret that is none; kForbidden when others may read the file, or the group may
// write it. No message has the secret.
base::Result<TsigKey> read_tsig_key(std::string_view name, std::string_view algorithm, const std::string& secret_file);

}  // namespace schoolgate::lists

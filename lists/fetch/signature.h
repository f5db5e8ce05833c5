// Signatures of lists as minisign makes them (minisign 0.8 to 0.12), and digest pins. Wraps libsodium. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::lists {

// `public_key` is the base64 line of a minisign.pub; `signature` a .minisig file, both of its signatures: that of the octets,
// prehashed or not, and that of the trusted comment. kForbidden when one does not fit; kInvalid for what is no key or signature.
base::Status verify_minisign(std::string_view public_key, std::string_view signature, std::string_view octets);
// Whether a policy's key could be one.
base::Status check_minisign_key(std::string_view public_key);

std::string sha256_hex(std::string_view octets);

}  // namespace schoolgate::lists

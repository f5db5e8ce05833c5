#include "lists/fetch/signature.h"

#include <sodium.h>

#include <array>
#include <optional>
#include <vector>

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Status;
using Octets = std::vector<unsigned char>;

constexpr std::size_t kAlgorithmOctets = 2;
constexpr std::size_t kKeyIdOctets = 8;
constexpr std::size_t kHeadOctets = kAlgorithmOctets + kKeyIdOctets;
constexpr std::string_view kTrusted = "trusted comment: ";

const unsigned char* data(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::optional<Octets> from_base64(std::string_view text, std::size_t octets) {
  Octets decoded(octets);
  std::size_t size = 0;
  const int failed = ::sodium_base642bin(decoded.data(), decoded.size(), text.data(), text.size(), nullptr, &size,
                                         nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (failed != 0 || size != octets) return std::nullopt;
  return decoded;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// What stands in the four lines of a .minisig.
struct Parts {
  Octets signature;  // algorithm, key id, signature
  std::string_view comment;
  Octets of_comment;
};

std::optional<Parts> take_apart(std::string_view text) {
  if (!take_line(text).starts_with("untrusted comment:")) return std::nullopt;
  auto signature = from_base64(take_line(text), kHeadOctets + crypto_sign_BYTES);
  const std::string_view comment = take_line(text);
  auto of_comment = from_base64(take_line(text), crypto_sign_BYTES);
  if (!signature || !comment.starts_with(kTrusted) || !of_comment) return std::nullopt;
  return Parts{std::move(*signature), comment.substr(kTrusted.size()), std::move(*of_comment)};
}

bool fits(const Octets& signature, std::string_view octets, const unsigned char* key) {
  const bool is_prehashed = signature[1] == 'D';
  if (!is_prehashed) {
    return ::crypto_sign_verify_detached(signature.data() + kHeadOctets, data(octets), octets.size(), key) == 0;
  }
  std::array<unsigned char, crypto_generichash_BYTES_MAX> hash{};
  ::crypto_generichash(hash.data(), hash.size(), data(octets), octets.size(), nullptr, 0);
  return ::crypto_sign_verify_detached(signature.data() + kHeadOctets, hash.data(), hash.size(), key) == 0;
}

// The trusted comment is signed together with the signature.
bool comment_fits(const Parts& parts, const unsigned char* key) {
  Octets signed_octets(parts.signature.begin() + kHeadOctets, parts.signature.end());
  signed_octets.insert(signed_octets.end(), parts.comment.begin(), parts.comment.end());
  return ::crypto_sign_verify_detached(parts.of_comment.data(), signed_octets.data(), signed_octets.size(), key) == 0;
}

bool is_ready() {
  static const bool kReady = ::sodium_init() >= 0;
  return kReady;
}

base::Result<Octets> key_of(std::string_view text) {
  auto key = from_base64(text, kHeadOctets + crypto_sign_PUBLICKEYBYTES);
  if (!key || (*key)[0] != 'E' || (*key)[1] != 'd') {
    return Error(ErrorCode::kInvalid, "is no public key of minisign: the second line of a minisign.pub, 56 characters");
  }
  return std::move(*key);
}

}  // namespace

Status check_minisign_key(std::string_view public_key) {
  const auto key = key_of(public_key);
  return key ? Status() : key.error();
}

Status verify_minisign(std::string_view public_key, std::string_view signature, std::string_view octets) {
  if (!is_ready()) return Error(ErrorCode::kUnavailable, "libsodium cannot start");
  const auto key = key_of(public_key);
  if (!key) return key.error();
  const auto parts = take_apart(signature);
  if (!parts || parts->signature[0] != 'E' || (parts->signature[1] != 'd' && parts->signature[1] != 'D')) {
    return Error(ErrorCode::kInvalid, "its signature is no file of minisign");
  }
  if (!std::equal(key->begin() + kAlgorithmOctets, key->begin() + kHeadOctets,
                  parts->signature.begin() + kAlgorithmOctets)) {
    return Error(ErrorCode::kForbidden, "is signed with another key than the policy's");
  }
  const unsigned char* point = key->data() + kHeadOctets;
  if (!fits(parts->signature, octets, point)) return Error(ErrorCode::kForbidden, "its signature does not fit");
  if (!comment_fits(*parts, point)) {
    return Error(ErrorCode::kForbidden, "the signature of its trusted comment does not fit");
  }
  return {};
}

std::string sha256_hex(std::string_view octets) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  ::crypto_hash_sha256(digest.data(), data(octets), octets.size());
  std::string hex(digest.size() * 2 + 1, '\0');
  ::sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  hex.pop_back();
  return hex;
}

}  // namespace schoolgate::lists

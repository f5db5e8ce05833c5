#include "lists/fetch/tsig_key.h"

#include <sodium.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include <fmt/format.h>

#include "base/file.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

// Root may own it and the daemon read it as its group: 0640.
constexpr mode_t kTooOpen = 027;
constexpr std::size_t kMostBytes = 4096;
// 128 bits: less is sooner guessed than a hash broken.
constexpr std::size_t kLeastSecretOctets = 16;

std::optional<TsigAlgorithm> parse_algorithm(std::string_view text) {
  for (const TsigAlgorithm one : {TsigAlgorithm::kHmacSha256, TsigAlgorithm::kHmacSha512}) {
    if (text == to_text(one)) return one;
  }
  return std::nullopt;
}

base::Status check_mode(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return base::system_error(errno, "cannot read the mode of " + path);
  if ((status.st_mode & kTooOpen) == 0) return {};
  return Error(
      ErrorCode::kForbidden,
      fmt::format("{}: its mode {:04o} lets others read or change the secret of a TSIG key, and should be 0640 or "
                  "less: chmod 0640 it; if somebody may have read it, make a new key on the primary",
                  path, status.st_mode & 07777));
}

base::Result<std::vector<std::uint8_t>> read_secret(const std::string& path) {
  if (auto status = check_mode(path); !status) return status.error();
  const auto text = base::read_file(path, kMostBytes);
  if (!text) return text.error();
  std::vector<std::uint8_t> secret(text->size() + 1);  // never without a place, which an empty file would leave it
  std::size_t size = 0;
  if (::sodium_base642bin(secret.data(), secret.size(), text->data(), text->size(), " \t\r\n", &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
    return Error(ErrorCode::kInvalid, path + ": is not one secret in base64 and nothing else");
  }
  if (size < kLeastSecretOctets) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("{}: a secret of {} octets, and should have at least {}", path, size, kLeastSecretOctets));
  }
  secret.resize(size);
  return secret;
}

}  // namespace

std::string_view to_text(TsigAlgorithm algorithm) {
  return algorithm == TsigAlgorithm::kHmacSha256 ? "hmac-sha256" : "hmac-sha512";
}

base::Result<TsigKey> read_tsig_key(std::string_view name, std::string_view algorithm, const std::string& secret_file) {
  TsigKey key;
  const auto parsed = dns::Name::parse(name);
  if (!parsed) return Error(ErrorCode::kInvalid, fmt::format("TSIG key '{}': {}", name, parsed.error().message()));
  if (parsed->is_root()) return Error(ErrorCode::kInvalid, "TSIG key '" + std::string(name) + "': names no key");
  key.name = parsed->lowered();
  const auto known = parse_algorithm(algorithm);
  if (!known) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("TSIG algorithm '{}' should be 'hmac-sha256' or 'hmac-sha512'", algorithm));
  }
  key.algorithm = *known;
  auto secret = read_secret(secret_file);
  if (!secret) return secret.error();
  key.secret = std::move(*secret);
  return key;
}

}  // namespace schoolgate::lists

#include "lists/fetch/tsig_request.h"

#include <algorithm>
#include <array>

#include "dns/wire.h"

namespace schoolgate::lists {
namespace {

// §5.2.3: the time here, for who has another.
std::array<std::uint8_t, 6> server_time(std::uint64_t now_seconds) {
  std::array<std::uint8_t, 6> octets{};
  dns::store_u16(octets.data(), static_cast<std::uint16_t>(now_seconds >> 32));
  dns::store_u32(octets.data() + 2, static_cast<std::uint32_t>(now_seconds));
  return octets;
}

}  // namespace

base::Result<std::optional<TsigRequest>> TsigRequest::read(std::span<const std::uint8_t> message) {
  const auto record = TsigRecord::find(message);
  if (!record) return record.error();
  if (!*record) return std::optional<TsigRequest>();
  return std::optional(TsigRequest(message, **record));
}

TsigError TsigRequest::check(const TsigKey& key, std::uint64_t now_seconds) const {
  if (!record_.is_by(key)) return TsigError::kBadKey;
  std::vector<std::uint8_t> digested;
  record_.digest_message(message_, digested);
  record_.digest_variables(digested);
  if (!is_same_mac(tsig_mac(key, digested), record_.mac)) return TsigError::kBadSig;
  const std::uint64_t apart = std::max(now_seconds, record_.seconds) - std::min(now_seconds, record_.seconds);
  return apart > record_.fudge_seconds ? TsigError::kBadTime : TsigError::kNone;
}

void TsigRequest::sign_answer(std::vector<std::uint8_t>& answer, TsigError error, const TsigKey* key,
                              std::uint64_t now_seconds) const {
  TsigRecord signature = record_;
  signature.mac = {};
  signature.other = {};
  signature.error = error;
  signature.original_id = dns::load_u16(answer.data());
  const auto time = server_time(now_seconds);
  if (error == TsigError::kBadTime) {
    signature.other = time;
  } else {
    signature.seconds = now_seconds;
  }
  if (error == TsigError::kBadKey || error == TsigError::kBadSig) return signature.append_to(answer);
  std::vector<std::uint8_t> digested;
  digest_mac(record_.mac, digested);
  digested.insert(digested.end(), answer.begin(), answer.end());
  signature.digest_variables(digested);
  const auto mac = tsig_mac(*key, digested);
  signature.mac = mac;
  signature.append_to(answer);
}

}  // namespace schoolgate::lists

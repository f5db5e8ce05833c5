#include "lists/fetch/tsig.h"

#include <algorithm>

#include <fmt/format.h>

#include "dns/wire.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using Octets = std::vector<std::uint8_t>;

constexpr unsigned kMostUnsigned = 99;  // in a row (§5.3.1)

Error not_signed(std::string why) { return Error(ErrorCode::kForbidden, std::move(why)); }

// What an unsigned error of the primary says (§5.3.2).
Error refused(TsigError error, const TsigKey& key) {
  const std::string name = key.name.to_text();
  if (error == TsigError::kBadKey) return not_signed(fmt::format("the primary does not know the TSIG key '{}'", name));
  if (error == TsigError::kBadSig) {
    return not_signed(fmt::format("the primary has another secret for the TSIG key '{}'", name));
  }
  if (error == TsigError::kBadTime) {
    return not_signed("the primary's clock differs from ours by more than five minutes: TSIG needs both right");
  }
  return not_signed(fmt::format("the primary answers with TSIG error {}", static_cast<unsigned>(error)));
}

}  // namespace

void TsigStream::sign(Octets& question, std::uint64_t now_seconds) {
  TsigRecord signature = TsigRecord::of(key_, now_seconds);
  signature.original_id = dns::load_u16(question.data());
  Octets digested = question;
  signature.digest_variables(digested);
  mac_ = tsig_mac(key_, digested);
  signature.mac = mac_;
  signature.append_to(question);
}

base::Status TsigStream::take_unsigned(std::span<const std::uint8_t> message) {
  if (is_first_) return not_signed("the primary's answer is not signed with TSIG");
  if (++unsigned_count_ > kMostUnsigned) {
    return not_signed(fmt::format("more than {} messages in a row without a TSIG record", kMostUnsigned));
  }
  unsigned_.insert(unsigned_.end(), message.begin(), message.end());
  return {};
}

base::Status TsigStream::take(std::span<const std::uint8_t> message, std::uint64_t now_seconds) {
  const auto signature = TsigRecord::find(message);
  if (!signature) return signature.error();
  if (!*signature) return take_unsigned(message);
  return verify(message, **signature, now_seconds);
}

base::Status TsigStream::verify(std::span<const std::uint8_t> message, const TsigRecord& signature,
                                std::uint64_t now_seconds) {
  const bool is_unsigned_error = signature.mac.empty() && signature.error != TsigError::kNone;
  if (is_unsigned_error) return refused(signature.error, key_);
  if (!signature.is_by(key_)) {
    return not_signed("the primary's answer is signed with another TSIG key");
  }
  // Behind the MAC before it and the unsigned messages since.
  Octets digested;
  digest_mac(mac_, digested);
  digested.insert(digested.end(), unsigned_.begin(), unsigned_.end());
  signature.digest_message(message, digested);
  if (is_first_) {
    signature.digest_variables(digested);
  } else {
    signature.digest_times(digested);
  }
  Octets mac = tsig_mac(key_, digested);
  if (!is_same_mac(mac, signature.mac)) {
    return not_signed("the TSIG of the primary's answer is wrong: another secret, or somebody changed it on the way");
  }
  // Signed, and an error: BADTIME (§5.2.3).
  if (signature.error != TsigError::kNone) return refused(signature.error, key_);
  const std::uint64_t apart = std::max(now_seconds, signature.seconds) - std::min(now_seconds, signature.seconds);
  if (apart > signature.fudge_seconds) {
    return not_signed(fmt::format("the primary's TSIG is {} seconds from our clock: both clocks must be right", apart));
  }
  mac_ = std::move(mac);
  unsigned_.clear();
  unsigned_count_ = 0;
  is_first_ = false;
  return {};
}

base::Status TsigStream::finish() const {
  if (!is_first_ && unsigned_count_ == 0) return {};
  return not_signed("the last message of the primary's answer is not signed with TSIG");
}

}  // namespace schoolgate::lists

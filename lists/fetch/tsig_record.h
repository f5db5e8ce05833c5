// The TSIG record as it stands in a message (RFC 8945 §4.2), and what is digested of both (§4.3): the part that who asks
// (tsig.h) and who is asked (tsig_request.h) have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "dns/message_reader.h"
#include "lists/fetch/tsig_key.h"

namespace schoolgate::lists {

enum class TsigError : std::uint16_t { kNone = 0, kBadSig = 16, kBadKey = 17, kBadTime = 18 };

struct TsigRecord {
  using Octets = std::vector<std::uint8_t>;

  std::size_t at = 0;  // in the message it was found in
  dns::Name name;      // lower case, as the algorithm
  dns::Name algorithm;
  std::uint64_t seconds = 0;  // since the epoch, as the signer's clock had it
  std::uint16_t fudge_seconds = 300;
  std::span<const std::uint8_t> mac;  // a view, as `other`: of the message it was found in
  std::uint16_t original_id = 0;
  TsigError error = TsigError::kNone;
  std::span<const std::uint8_t> other;

  // A new one of that key.
  static TsigRecord of(const TsigKey& key, std::uint64_t now_seconds);
  // The message's record; absent when it has none. kForbidden when the message cannot be read, or the record is ill-formed or
  // not its last.
  static base::Result<std::optional<TsigRecord>> find(std::span<const std::uint8_t> message);

  bool is_by(const TsigKey& key) const;  // so it says; the MAC proves it
  // Behind the message, and counted in its header. REQUIRES: a whole message without one.
  void append_to(Octets& message) const;

  // The message that this was found in, as it was before it was signed.
  void digest_message(std::span<const std::uint8_t> message, Octets& digested) const;
  void digest_variables(Octets& digested) const;
  void digest_times(Octets& digested) const;  // of the variables, all that later messages of an answer digest (§5.3.1)

 private:
  bool read(std::span<const std::uint8_t> message, const dns::RecordView& record);
};

// The MAC of an earlier message, which begins what the next one digests.
void digest_mac(std::span<const std::uint8_t> mac, TsigRecord::Octets& digested);
TsigRecord::Octets tsig_mac(const TsigKey& key, const TsigRecord::Octets& digested);
// In a time that tells nobody where they differ.
bool is_same_mac(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other);

}  // namespace schoolgate::lists

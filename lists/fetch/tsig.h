// TSIG (RFC 8945) as the asker of a zone transfer needs it: signs the question, checks the messages of the answer.
//
// Not with ldns: its ldns_pkt_tsig_verify_next() checks one message that is signed, and takes no unsigned ones into the next
// digest, which a primary may send up to 99 of (§5.3.1); nor does it look at the clock. The hashing is libsodium's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "lists/fetch/tsig_key.h"
#include "lists/fetch/tsig_record.h"

namespace schoolgate::lists {

// One question and its answer. Not thread-safe.
class TsigStream {
 public:
  // REQUIRES: the key outlives this.
  explicit TsigStream(const TsigKey& key) : key_(key) {}

  // Appends the TSIG record. REQUIRES: a whole message without one.
  void sign(std::vector<std::uint8_t>& question, std::uint64_t now_seconds);
  // The next message of the answer. kForbidden when it is not signed as it must be; the message says how, and whether the
  // primary told why.
  base::Status take(std::span<const std::uint8_t> message, std::uint64_t now_seconds);
  // kForbidden when messages came after the last signed one: anybody may have added them.
  base::Status finish() const;

 private:
  base::Status take_unsigned(std::span<const std::uint8_t> message);
  base::Status verify(std::span<const std::uint8_t> message, const TsigRecord& signature, std::uint64_t now_seconds);

  const TsigKey& key_;
  std::vector<std::uint8_t> mac_;       // the last one
  std::vector<std::uint8_t> unsigned_;  // the messages since
  unsigned unsigned_count_ = 0;
  bool is_first_ = true;
};

}  // namespace schoolgate::lists

// TSIG (RFC 8945) as the asked one needs it: checks the request, signs the answer.
//
// Immutable, and a view of its message: valid as long as that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "lists/fetch/tsig_key.h"
#include "lists/fetch/tsig_record.h"

namespace schoolgate::lists {

class TsigRequest {
 public:
  // Absent when the message is not signed. kForbidden when it cannot be read, or its TSIG record is ill-formed or not the last.
  static base::Result<std::optional<TsigRequest>> read(std::span<const std::uint8_t> message);

  // §5.2, in its order: kBadKey, kBadSig, kBadTime, or kNone. A message that is sent again within the five minutes that clocks may
  // differ is taken again.
  TsigError check(const TsigKey& key, std::uint64_t now_seconds) const;

  // Appends the TSIG record of our answer. One to kBadKey and kBadSig has no MAC (§5.3.2): whoever asked would not know the key.
  // REQUIRES: a whole message without one; `key` as it was checked unless the error is kBadKey, which leaves it unused.
  void sign_answer(std::vector<std::uint8_t>& answer, TsigError error, const TsigKey* key,
                   std::uint64_t now_seconds) const;

 private:
  TsigRequest(std::span<const std::uint8_t> message, const TsigRecord& record) : message_(message), record_(record) {}

  std::span<const std::uint8_t> message_;
  TsigRecord record_;
};

}  // namespace schoolgate::lists

// NotifyTaker: who answers a NOTIFY (RFC 1996), with which a primary says that a zone of its has changed. No lookup, and rare:
// the pipeline knows it by its opcode, and hands it on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ip_address.h"
#include "dns/query.h"

namespace schoolgate::resolver {

class NotifyTaker {
 public:
  virtual ~NotifyTaker() = default;
  // The answer. `notify` is what was read of `message`. What follows from it happens on another thread.
  // Any worker's thread calls it, several at once. Waits for neither disk nor network.
  virtual std::vector<std::uint8_t> take_notify(const dns::Query& notify, std::span<const std::uint8_t> message,
                                                const base::IpAddress& sender) = 0;
};

}  // namespace schoolgate::resolver

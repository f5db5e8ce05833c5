// Server: one upstream server as a worker sees it: how well it answers, and what it is asked for next.
//
// Written by one worker's thread; the counters may be read by any.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/ip_address.h"
#include "resolver/counters.h"

namespace schoolgate::resolver {

class Server {
 public:
  explicit Server(const base::Endpoint& endpoint) : endpoint_(endpoint) {}

  const base::Endpoint& endpoint() const { return endpoint_; }
  void answered(std::int64_t now_us, std::int64_t latency_us);
  // It spoke, but said nothing that helps (SERVFAIL, REFUSED, a referral). One broken name says little about the server;
  // several in a row without an answer between say that it is not for us.
  void refused(std::int64_t now_us);
  // It was silent for too long, or could not be reached.
  void failed(std::int64_t now_us);
  // False for a while after a failure, and until the next answer after refusals in a row: others are asked first.
  bool is_trusted(std::int64_t now_us) const;
  std::int64_t latency_us() const { return latency_us_; }

  // Some servers answer in lower case whatever was asked; they are not asked in mixed case again.
  bool keeps_case() const { return keeps_case_; }
  void loses_case() { keeps_case_ = false; }

  struct Counts {
    Counter asked;
    Counter failed;
    Counter latency_us;
    Counter last_answer_us;   // steady; 0: never
    Counter last_failure_us;  // steady; 0: never
    Counter last_refusal_us;  // steady; 0: never
  };
  Counts& counts() { return counts_; }
  const Counts& counts() const { return counts_; }

 private:
  base::Endpoint endpoint_;
  std::int64_t latency_us_ = 0;  // smoothed; 0: unknown
  std::int64_t last_failure_us_ = 0;
  unsigned refusals_ = 0;  // in a row
  bool keeps_case_ = true;
  Counts counts_;
};

}  // namespace schoolgate::resolver

// Counters: what one worker has done. Written by its thread alone, read by any.
#pragma once

#include <atomic>
#include <cstdint>

namespace schoolgate::resolver {

class Counter {
 public:
  void add(std::uint64_t count = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};  // one writer: a plain add, no locked instruction
};

struct alignas(64) Counters {
  Counter lookups;  // questions that parsed and were answered
  Counter blocked;
  Counter refused;
  Counter failed;  // SERVFAIL
  Counter cache_hits;
  Counter cache_entries;
  Counter malformed;   // messages that did not parse
  Counter notifies;    // RFC 1996, whatever the answer was; no lookups
  Counter shed;        // not asked upstream: too many in flight
  Counter generation;  // of the snapshot in use
};

}  // namespace schoolgate::resolver

// FakeClock: time stands still until a test moves it.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace schoolgate::support {

// Thread-safe.
class FakeClock final : public base::Clock {
 public:
  std::int64_t wall_us() const override { return kStartWallUs + passed_us_; }
  std::int64_t steady_us() const override { return kStartSteadyUs + passed_us_; }
  void advance_us(std::int64_t by_us) { passed_us_ += by_us; }
  void advance_seconds(std::int64_t by_seconds) { advance_us(by_seconds * 1'000'000); }

 private:
  static constexpr std::int64_t kStartWallUs = 1'780'000'000'000'000;  // 2026-05-28
  static constexpr std::int64_t kStartSteadyUs = 5'000'000'000;
  std::atomic<std::int64_t> passed_us_{0};
};

}  // namespace schoolgate::support

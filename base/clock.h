// Clock: one of the two seams for tests (the other is resolver/upstream.h). Time is microseconds everywhere.
#pragma once

#include <cstdint>

namespace schoolgate::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since the epoch, UTC: for what people read.
  virtual std::int64_t wall_us() const = 0;
  // Microseconds since some start, never going back: for TTLs and time-outs.
  virtual std::int64_t steady_us() const = 0;
};

// Thread-safe; has no state.
class SystemClock final : public Clock {
 public:
  std::int64_t wall_us() const override;
  std::int64_t steady_us() const override;
};

}  // namespace schoolgate::base

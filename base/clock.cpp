#include "base/clock.h"

#include <ctime>

namespace schoolgate::base {
namespace {

std::int64_t read_us(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

std::int64_t SystemClock::wall_us() const { return read_us(CLOCK_REALTIME); }
std::int64_t SystemClock::steady_us() const { return read_us(CLOCK_MONOTONIC); }

}  // namespace schoolgate::base

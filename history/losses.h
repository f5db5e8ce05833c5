// Losses: tells of lookups that could not be kept. Once a minute while it goes on, and for a while after.
//
// Not thread-safe: the writer's.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "history/problems.h"

namespace schoolgate::history {

class Losses {
 public:
  Losses(Problems& problems, const base::Clock& clock) : problems_(problems), clock_(clock) {}

  // `dropped`: by all rings since the start.
  void observe(std::uint64_t dropped);

 private:
  void tell();

  Problems& problems_;
  const base::Clock& clock_;
  std::uint64_t seen_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t before_ = 0;              // when all was last well
  std::optional<std::int64_t> since_us_;  // wall time of the first after that; absent: all is well
  std::int64_t newest_us_ = 0;            // these two in steady time
  std::int64_t next_telling_us_ = 0;
};

}  // namespace schoolgate::history

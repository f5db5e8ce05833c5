// Succession: which snapshot is in force, which follows, which ones linger.
//
// A new one counts as in force when the last worker has taken it: what `status` and `check` say is what a query meets. A
// former one is held here until the last query that began with it has ended, so that it goes on the control thread:
// unmapping the image of five million rules would keep a worker's clients waiting.
//
// Thread contract: belongs to the control thread; in_force() may be called by any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "resolver/daemon/problems.h"
#include "resolver/snapshot.h"
#include "resolver/uv/loop.h"

namespace schoolgate::daemon {

class Succession {
 public:
  using SnapshotPointer = std::shared_ptr<const resolver::Snapshot>;
  struct Workers {
    std::function<void(SnapshotPointer)> post;
    std::function<std::uint64_t()> least_generation;  // of the snapshots that they use
  };

  // The first one is what the workers are started with.
  Succession(SnapshotPointer first, const base::Clock& clock, Problems& problems);

  // `came_into_force` is told the generation of each that does.
  void start(resolver::uv::Loop& loop, Workers workers, std::function<void(std::uint64_t)> came_into_force);
  void stop() { watch_.reset(); }  // before the loop goes

  // REQUIRES: start(), and a higher generation than the last. The newest wins, whether or not the one before it came into
  // force.
  void follow(SnapshotPointer next);
  SnapshotPointer in_force() const;

 private:
  void look();
  void come_into_force();

  const base::Clock& clock_;
  Problems& problems_;
  Workers workers_;
  std::function<void(std::uint64_t)> came_into_force_;
  SnapshotPointer newest_;
  std::int64_t posted_us_ = 0;
  std::vector<SnapshotPointer> former_;
  std::unique_ptr<resolver::uv::Timer> watch_;
  mutable std::mutex lock_;
  SnapshotPointer in_force_;  // guarded by lock_
};

}  // namespace schoolgate::daemon

// BuildLock: STATE/build.lock, so that one builder at a time writes in a state folder: the daemon's, or a person's.
//
// The kernel holds it for the process (flock) and gives it back however that process ends; the file itself stays.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace schoolgate::lists {

inline constexpr std::int64_t kBuildPatienceMs = 60'000;

class BuildLock {
 public:
  // Waits for the builder before; kInUse when it is still at work after patience_ms.
  static base::Result<BuildLock> take(const std::string& state_folder, std::int64_t patience_ms = kBuildPatienceMs);

  BuildLock(BuildLock&& other) noexcept;
  BuildLock& operator=(BuildLock&&) = delete;
  ~BuildLock();

 private:
  explicit BuildLock(int file) : file_(file) {}
  int file_;
};

}  // namespace schoolgate::lists

#include "lists/build_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/file.h"

namespace schoolgate::lists {
namespace {

constexpr std::chrono::milliseconds kBetweenTries{50};
constexpr std::int64_t kMicrosecondsPerMs = 1'000;

}  // namespace

base::Result<BuildLock> BuildLock::take(const std::string& state_folder, std::int64_t patience_ms) {
  const std::string path = state_folder + "/build.lock";
  BuildLock lock(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0640));
  if (lock.file_ < 0) return base::system_error(errno, "cannot open " + path);
  const base::SystemClock clock;
  const std::int64_t end_us = clock.steady_us() + patience_ms * kMicrosecondsPerMs;
  while (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return base::system_error(errno, "cannot lock " + path);
    if (clock.steady_us() >= end_us) {
      return base::Error(base::ErrorCode::kInUse, path + ": another build is at work in this folder; try again later");
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  return lock;
}

BuildLock::BuildLock(BuildLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

BuildLock::~BuildLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace schoolgate::lists

#include "resolver/daemon/succession.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace schoolgate::daemon {
namespace {

constexpr std::uint64_t kLookMs = 1;  // who changed a local rule waits for it
constexpr std::uint64_t kLingerMs = 500;
constexpr std::int64_t kPostAgainUs = 1'000'000;

}  // namespace

Succession::Succession(SnapshotPointer first, const base::Clock& clock, Problems& problems)
    : clock_(clock), problems_(problems), newest_(std::move(first)), in_force_(newest_) {}

void Succession::start(resolver::uv::Loop& loop, Workers workers, std::function<void(std::uint64_t)> came_into_force) {
  workers_ = std::move(workers);
  came_into_force_ = std::move(came_into_force);
  watch_ = std::make_unique<resolver::uv::Timer>(loop, [this] { look(); });
}

void Succession::follow(SnapshotPointer next) {
  former_.push_back(std::exchange(newest_, std::move(next)));
  posted_us_ = clock_.steady_us();
  workers_.post(newest_);
  watch_->start(0, kLookMs);
}

Succession::SnapshotPointer Succession::in_force() const {
  const std::lock_guard lock(lock_);
  return in_force_;
}

void Succession::look() {
  const bool is_taken = workers_.least_generation() >= newest_->generation;
  if (is_taken && in_force() != newest_) come_into_force();
  if (!is_taken && clock_.steady_us() - posted_us_ >= kPostAgainUs) {
    problems_.set("workers", "a worker has not taken the new rules, and goes on with those before");
    posted_us_ = clock_.steady_us();
    workers_.post(newest_);
  }
  std::erase_if(former_, [](const SnapshotPointer& snapshot) { return snapshot.use_count() == 1; });
  if (is_taken && former_.empty()) return watch_->stop();
  if (is_taken) watch_->start(kLingerMs, kLingerMs);
}

void Succession::come_into_force() {
  {
    const std::lock_guard lock(lock_);
    in_force_ = newest_;
  }
  problems_.set("workers", "");
  spdlog::info("rules in force: policy {}, image {}", newest_->policy->settings().digest,
               newest_->image != nullptr ? newest_->image->digest() : "none");
  came_into_force_(newest_->generation);
}

}  // namespace schoolgate::daemon

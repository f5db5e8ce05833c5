// ReloadRequests: who waits for the policy to be read again. Each is answered by what became of a reading that began after it
// asked: why the policy is refused, or that every worker has it.
//
// Thread contract: belongs to the control thread; ask() may be called by any other.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "resolver/uv/loop.h"

namespace schoolgate::daemon {

class ReloadRequests {
 public:
  static constexpr std::uint64_t kMostWaitMs = 10'000;

  // `reload` begins to read; a reading that goes on is given up for it.
  void start(resolver::uv::Loop& loop, std::function<void()> reload);
  void stop();  // before the loop goes; whoever waits is told

  // kUnavailable with the reason when the policy is refused, or it takes longer than `most_wait_ms`.
  base::Status ask(std::uint64_t most_wait_ms = kMostWaitMs);

  // What the newest reading came to: nothing, or a snapshot of this generation.
  void refuse(const base::Error& why);
  void expect(std::uint64_t generation);
  void came_into_force(std::uint64_t generation);

 private:
  struct Request {
    std::promise<base::Status> answer;
    std::optional<std::uint64_t> awaited;  // a generation, once it is read
  };
  using RequestPointer = std::shared_ptr<Request>;

  void take_waiting();
  void answer_in_force();

  std::function<void()> reload_;
  std::vector<RequestPointer> under_way_;
  std::uint64_t in_force_generation_ = 0;
  std::mutex lock_;
  std::vector<RequestPointer> waiting_;  // guarded by lock_, as all that follows
  std::unique_ptr<resolver::uv::Wakeup> wakeup_;
  bool is_stopped_ = false;
};

}  // namespace schoolgate::daemon

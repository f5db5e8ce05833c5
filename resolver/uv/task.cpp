#include "resolver/uv/task.h"

#include <uv.h>

#include <atomic>
#include <memory>
#include <utility>

namespace schoolgate::resolver::uv {

// Deletes itself when the loop has heard of its end. The flag passes it from thread to thread: libuv's own locks do so too,
// but ThreadSanitizer does not see them (tests/tsan_suppressions.txt).
struct Task::State : uv_work_t {
  std::atomic<bool> is_worked = false;
  std::function<void()> work;
  std::function<void()> done;
  Task* task = nullptr;  // null: destroyed, or told already
};

Task::Task(Loop& loop, std::function<void()> work, std::function<void()> done) : state_(new State()) {
  state_->work = std::move(work);
  state_->done = std::move(done);
  state_->task = this;
  state_->is_worked.store(false, std::memory_order_release);
  uv_queue_work(
      loop.raw(), state_,
      [](uv_work_t* request) {
        auto* state = static_cast<State*>(request);
        if (state->is_worked.load(std::memory_order_acquire)) return;
        state->work();
        state->is_worked.store(true, std::memory_order_release);
      },
      [](uv_work_t* request, int) {
        const std::unique_ptr<State> state(static_cast<State*>(request));
        const bool is_worked = state->is_worked.load(std::memory_order_acquire);
        if (state->task == nullptr || !is_worked) return;
        state->task->state_ = nullptr;
        state->done();
      });
}

Task::~Task() {
  if (state_ == nullptr) return;
  state_->task = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(static_cast<uv_work_t*>(state_)));  // still in the queue: it need not begin
}

}  // namespace schoolgate::resolver::uv

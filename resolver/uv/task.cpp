#include "resolver/uv/task.h"

#include <uv.h>

#include <memory>
#include <utility>

namespace schoolgate::resolver::uv {

// Deletes itself when the loop has heard of its end.
struct Task::State {
  uv_work_t request{};
  std::function<void()> work;
  std::function<void()> done;
  Task* task = nullptr;  // null: destroyed, or told already
};

Task::Task(Loop& loop, std::function<void()> work, std::function<void()> done) : state_(new State) {
  state_->work = std::move(work);
  state_->done = std::move(done);
  state_->task = this;
  state_->request.data = state_;
  uv_queue_work(
      loop.raw(), &state_->request, [](uv_work_t* request) { static_cast<State*>(request->data)->work(); },
      [](uv_work_t* request, int) {
        const std::unique_ptr<State> state(static_cast<State*>(request->data));
        if (state->task == nullptr) return;
        state->task->state_ = nullptr;
        state->done();
      });
}

Task::~Task() {
  if (state_ == nullptr) return;
  state_->task = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&state_->request));  // still in the queue: it need not begin
}

}  // namespace schoolgate::resolver::uv

#include "resolver/daemon/reload_requests.h"

#include <chrono>
#include <utility>

namespace schoolgate::daemon {
namespace {

using base::Error;
using base::ErrorCode;

Error is_stopping() { return Error(ErrorCode::kUnavailable, "schoolgated is stopping: ask again when it runs"); }

}  // namespace

void ReloadRequests::start(resolver::uv::Loop& loop, std::function<void()> reload) {
  reload_ = std::move(reload);
  const std::lock_guard lock(lock_);
  wakeup_ = std::make_unique<resolver::uv::Wakeup>(loop, [this] { take_waiting(); });
  wakeup_->wake();  // for what was asked before
}

void ReloadRequests::stop() {
  const std::lock_guard lock(lock_);
  is_stopped_ = true;
  wakeup_.reset();
  for (auto* requests : {&under_way_, &waiting_}) {
    for (const RequestPointer& request : *requests) request->answer.set_value(is_stopping());
    requests->clear();
  }
}

base::Status ReloadRequests::ask(std::uint64_t most_wait_ms) {
  const auto request = std::make_shared<Request>();
  auto answered = request->answer.get_future();
  {
    const std::lock_guard lock(lock_);
    if (is_stopped_) return is_stopping();
    waiting_.push_back(request);
    if (wakeup_ != nullptr) wakeup_->wake();
  }
  if (answered.wait_for(std::chrono::milliseconds(most_wait_ms)) == std::future_status::ready) return answered.get();
  return Error(
      ErrorCode::kUnavailable,
      "the policy is being read, and not in force in every worker yet: `schoolgate status` says what comes of it");
}

void ReloadRequests::take_waiting() {
  {
    const std::lock_guard lock(lock_);
    if (waiting_.empty()) return;
    under_way_.insert(under_way_.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
  }
  reload_();
}

void ReloadRequests::refuse(const Error& why) {
  std::erase_if(under_way_, [&why](const RequestPointer& request) {
    if (request->awaited) return false;  // of a reading before
    request->answer.set_value(why);
    return true;
  });
}

void ReloadRequests::expect(std::uint64_t generation) {
  for (const RequestPointer& request : under_way_) {
    if (!request->awaited) request->awaited = generation;
  }
  answer_in_force();
}

void ReloadRequests::came_into_force(std::uint64_t generation) {
  in_force_generation_ = generation;
  answer_in_force();
}

void ReloadRequests::answer_in_force() {
  std::erase_if(under_way_, [this](const RequestPointer& request) {
    const bool is_in_force = request->awaited && *request->awaited <= in_force_generation_;
    if (is_in_force) request->answer.set_value({});
    return is_in_force;
  });
}

}  // namespace schoolgate::daemon

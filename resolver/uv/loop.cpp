#include "resolver/uv/loop.h"

#include "resolver/uv/closing.h"

namespace schoolgate::resolver::uv {

Loop::Loop() : loop_(std::make_unique<uv_loop_t>()) { uv_loop_init(loop_.get()); }

Loop::~Loop() {
  uv_run(loop_.get(), UV_RUN_DEFAULT);
  uv_loop_close(loop_.get());
}

void Loop::run() { uv_run(loop_.get(), UV_RUN_DEFAULT); }
void Loop::stop() { uv_stop(loop_.get()); }

struct Timer::State {
  uv_timer_t handle{};
  std::function<void()> fire;
};

Timer::Timer(Loop& loop, std::function<void()> fire) : state_(new State) {
  state_->fire = std::move(fire);
  state_->handle.data = state_;
  uv_timer_init(loop.raw(), &state_->handle);
}

Timer::~Timer() { close_and_delete(state_, &state_->handle); }

void Timer::start(std::uint64_t after_ms, std::uint64_t repeat_ms) {
  uv_timer_start(
      &state_->handle, [](uv_timer_t* timer) { static_cast<State*>(timer->data)->fire(); }, after_ms, repeat_ms);
}

void Timer::stop() { uv_timer_stop(&state_->handle); }

struct Wakeup::State {
  uv_async_t handle{};
  std::function<void()> fire;
};

Wakeup::Wakeup(Loop& loop, std::function<void()> fire) : state_(new State) {
  state_->fire = std::move(fire);
  state_->handle.data = state_;
  uv_async_init(loop.raw(), &state_->handle, [](uv_async_t* async) { static_cast<State*>(async->data)->fire(); });
}

Wakeup::~Wakeup() { close_and_delete(state_, &state_->handle); }

void Wakeup::wake() { uv_async_send(&state_->handle); }

struct Poll::State {
  uv_poll_t handle{};
  std::function<void()> readable;
};

Poll::Poll(Loop& loop, int file, std::function<void()> readable) : state_(new State) {
  state_->readable = std::move(readable);
  state_->handle.data = state_;
  uv_poll_init(loop.raw(), &state_->handle, file);
  watch(&state_->handle);
}

// After an error of the socket's (one that lost events, say) libuv watches no more, and reading is what clears it.
void Poll::watch(uv_poll_s* handle) {
  uv_poll_start(handle, UV_READABLE, [](uv_poll_t* poll, int status, int) {
    if (status < 0) watch(poll);
    static_cast<State*>(poll->data)->readable();
  });
}

Poll::~Poll() {
  uv_poll_stop(&state_->handle);
  close_and_delete(state_, &state_->handle);
}

struct Turn::Prepare {
  uv_prepare_t handle{};
  std::function<void()> at_turn;
};

struct Turn::Check {
  uv_check_t handle{};
  std::function<void()> at_turn;
};

Turn::Turn(Loop& loop, std::function<void()> at_turn) : prepare_(new Prepare), check_(new Check) {
  prepare_->at_turn = at_turn;
  check_->at_turn = std::move(at_turn);
  prepare_->handle.data = prepare_;
  check_->handle.data = check_;
  uv_prepare_init(loop.raw(), &prepare_->handle);
  uv_check_init(loop.raw(), &check_->handle);
  uv_prepare_start(&prepare_->handle, [](uv_prepare_t* prepare) { static_cast<Prepare*>(prepare->data)->at_turn(); });
  uv_check_start(&check_->handle, [](uv_check_t* check) { static_cast<Check*>(check->data)->at_turn(); });
}

Turn::~Turn() {
  close_and_delete(prepare_, &prepare_->handle);
  close_and_delete(check_, &check_->handle);
}

struct SignalWatch::State {
  uv_signal_t handle{};
  std::function<void()> arrived;
};

SignalWatch::SignalWatch(Loop& loop, int signal_number, std::function<void()> arrived) : state_(new State) {
  state_->arrived = std::move(arrived);
  state_->handle.data = state_;
  uv_signal_init(loop.raw(), &state_->handle);
  uv_signal_start(
      &state_->handle, [](uv_signal_t* watch, int) { static_cast<State*>(watch->data)->arrived(); }, signal_number);
}

SignalWatch::~SignalWatch() { close_and_delete(state_, &state_->handle); }

}  // namespace schoolgate::resolver::uv

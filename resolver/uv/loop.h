// Loop and what hangs on it: Timer, Wakeup, Poll, Turn, SignalWatch. Wraps libuv; its types appear nowhere else.
//
// Thread contract: a Loop and everything on it belong to the thread that runs it; only Wakeup::wake() may be called from
// another. Objects on a loop must be destroyed before it, on its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

struct uv_loop_s;
struct uv_poll_s;

namespace schoolgate::resolver::uv {

class Loop {
 public:
  Loop();
  ~Loop();  // runs until every close callback has been called
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();  // until stop()
  void stop();
  uv_loop_s* raw() { return loop_.get(); }

 private:
  std::unique_ptr<uv_loop_s> loop_;
};

class Timer {
 public:
  Timer(Loop& loop, std::function<void()> fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  void start(std::uint64_t after_ms, std::uint64_t repeat_ms = 0);
  void stop();

 private:
  struct State;
  State* state_;
};

// Calls `fire` on the loop's thread some time after wake(); several wakes may become one call.
class Wakeup {
 public:
  Wakeup(Loop& loop, std::function<void()> fire);
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;
  void wake();

 private:
  struct State;
  State* state_;
};

// Tells when a file descriptor can be read, or has an error to be read. Does not own it.
class Poll {
 public:
  Poll(Loop& loop, int file, std::function<void()> readable);
  ~Poll();
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

 private:
  struct State;
  static void watch(uv_poll_s* handle);
  State* state_;
};

// Called before the loop sleeps and right after it woke: what was gathered in a turn is flushed once.
class Turn {
 public:
  Turn(Loop& loop, std::function<void()> at_turn);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  struct Prepare;
  struct Check;
  Prepare* prepare_;
  Check* check_;
};

class SignalWatch {
 public:
  SignalWatch(Loop& loop, int signal_number, std::function<void()> arrived);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct State;
  State* state_;
};

}  // namespace schoolgate::resolver::uv

// Child: another program, run beside the loop; its standard error is kept, so that a failure can be told.
//
// Belongs to its loop's thread. The callback may destroy the Child; destroying it earlier kills the program, in silence.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver::uv {

class Child {
 public:
  struct Exit {
    int status = 0;        // exit code
    int signal = 0;        // that ended it; 0: none
    bool overdue = false;  // its time ran out, and so it was killed
    std::string errors;    // what it wrote to standard error, the first 64 KiB
  };
  // command[0] is a path.
  static base::Result<std::unique_ptr<Child>> start(Loop& loop, const std::vector<std::string>& command,
                                                    std::function<void(Exit)> on_exit);
  ~Child();

  // SIGKILL. The callback follows when the program is gone; what its own children still say is not waited for.
  void kill();
  // kill() unless it has ended by then.
  void kill_after(std::uint64_t time_ms);

 private:
  explicit Child(Loop& loop) : loop_(loop) {}
  struct State;
  Loop& loop_;
  State* state_ = nullptr;
  std::unique_ptr<Timer> deadline_;
};

}  // namespace schoolgate::resolver::uv

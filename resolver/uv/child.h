// Child: another program, run beside the loop; its standard error is kept, so that a failure can be told.
//
// Belongs to its loop's thread. The callback may destroy the Child; destroying it earlier silences it (the program goes on).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver::uv {

class Child {
 public:
  struct Exit {
    int status = 0;      // exit code
    int signal = 0;      // that ended it; 0: none
    std::string errors;  // what it wrote to standard error, the first 64 KiB
  };
  // command[0] is a path.
  static base::Result<std::unique_ptr<Child>> start(Loop& loop, const std::vector<std::string>& command,
                                                    std::function<void(Exit)> on_exit);
  ~Child();

 private:
  Child() = default;
  struct State;
  State* state_ = nullptr;
};

}  // namespace schoolgate::resolver::uv

// ListBuilder: builds the filter image in a child process (`schoolgate lists build --background`), one build at a time.
//
// Thread contract: belongs to the control thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolver/uv/child.h"
#include "resolver/uv/loop.h"

namespace schoolgate::daemon {

class ListBuilder {
 public:
  struct Limits {
    std::uint64_t build_ms = 600'000;  // five million names take some seconds; what takes this long hangs
  };
  // `finished` gets why a build failed, or nothing to complain of.
  ListBuilder(std::vector<std::string> command, std::function<void(base::Status)> finished, Limits limits);
  ListBuilder(std::vector<std::string> command, std::function<void(base::Status)> finished);

  void start(resolver::uv::Loop& loop);
  // Asked for during a build: once more afterwards, since the files may have changed under it.
  void build();
  // Before the loop goes. A build that is under way is killed: it never leaves half a file.
  void stop();

 private:
  void finish(const resolver::uv::Child::Exit& exit);

  const std::vector<std::string> command_;
  const std::function<void(base::Status)> finished_;
  const Limits limits_;
  resolver::uv::Loop* loop_ = nullptr;
  std::unique_ptr<resolver::uv::Child> child_;
  bool once_more_ = false;
};

// `schoolgate` in the folder of the program that runs.
std::string builder_beside_this_program();

}  // namespace schoolgate::daemon

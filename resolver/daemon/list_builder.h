// ListBuilder: builds the filter image in a child process (`schoolgate lists build --background`), one build at a time.
//
// Thread contract: belongs to the control thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolver/uv/child.h"
#include "resolver/uv/loop.h"

namespace schoolgate::daemon {

class ListBuilder {
 public:
  static constexpr std::uint64_t kMostBuildMs = 600'000;  // five million names take seconds; what takes this long hangs

  // `finished` gets why a build failed, or nothing to complain of. Destroyed during a build it kills that: no file is
  // left half written.
  ListBuilder(resolver::uv::Loop& loop, std::vector<std::string> command, std::function<void(base::Status)> finished,
              std::uint64_t most_ms = kMostBuildMs);

  // Asked for during a build: once more afterwards, since the files may have changed under it.
  void build() { build({}); }
  // The same with these words behind the command; of several waiting calls each word once.
  void build(const std::vector<std::string>& words);
  // A build goes on, or follows.
  bool is_busy() const { return child_ != nullptr || next_; }

 private:
  void finish(const resolver::uv::Child::Exit& exit);

  resolver::uv::Loop& loop_;
  const std::vector<std::string> command_;
  const std::function<void(base::Status)> finished_;
  const std::uint64_t most_ms_;
  std::unique_ptr<resolver::uv::Child> child_;
  std::optional<std::vector<std::string>> next_;  // the words of the build after this one
};

// `schoolgate` in the folder of the program that runs.
std::string builder_beside_this_program();

}  // namespace schoolgate::daemon

// Progress: how far a transfer or a build is, on one line of a terminal that is gone at its end; nothing anywhere else.
//
// Thread contract: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "admin-cli/screen.h"

namespace schoolgate::admin_cli {

class Progress {
 public:
  // nullptr: nobody looks.
  Progress(const Screen* screen, std::string what) : screen_(screen), what_(std::move(what)) {}

  // Octets; `all` is 0 while nobody knows. At most ten times a second.
  void tell(std::uint64_t done, std::uint64_t all);
  // Of something else from now on, which is shown at once.
  void begin(std::string what);
  void end();

 private:
  const Screen* screen_;
  std::string what_;
  std::chrono::steady_clock::time_point last_{};
  bool is_shown_ = false;
};

// "ut1-adult  [#####     ]  12.3 MiB of 24.6 MiB", at most so many columns.
std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t all, unsigned columns);

}  // namespace schoolgate::admin_cli

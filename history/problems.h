// Problems: the last thing that went wrong in the history, for whoever shows it. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "base/clock.h"

namespace schoolgate::history {

class Problems {
 public:
  struct Last {
    std::string text;  // empty: none yet
    std::int64_t time_us = 0;
  };

  explicit Problems(const base::Clock& clock) : clock_(clock) {}
  void report(std::string text);
  Last last() const;

 private:
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  Last last_;
};

}  // namespace schoolgate::history

// Problems: what is wrong with the history now, by subject, for whoever shows it. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"

namespace schoolgate::history {

class Problems {
 public:
  struct Standing {
    std::string text;          // newest first, joined; empty: all is well
    std::int64_t time_us = 0;  // of the newest
  };

  explicit Problems(const base::Clock& clock) : clock_(clock) {}

  // Stands until the subject is cleared. The same text again changes nothing.
  void report(const std::string& subject, std::string text);
  void clear(const std::string& subject);
  Standing standing() const;

 private:
  struct Problem {
    std::string text;
    std::int64_t time_us = 0;
  };

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Problem> by_subject_;
};

}  // namespace schoolgate::history

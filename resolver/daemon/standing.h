// Standing: what all workers know of one upstream server, and how it stands, in words.
#pragma once

#include <cstdint>
#include <string_view>

#include "resolver/server.h"

namespace schoolgate::daemon {

struct Standing {
  std::uint64_t asked = 0;
  std::uint64_t failed = 0;
  std::uint64_t latency_us = 0;       // smoothed, of the worker that heard from it last
  std::uint64_t last_answer_us = 0;   // steady; 0: never
  std::uint64_t last_failure_us = 0;  // likewise
  std::uint64_t last_refusal_us = 0;  // likewise

  void add(const resolver::Server::Counts& counts);
  // "answering", "refusing", "not answering", "not asked yet"
  std::string_view in_words(std::uint64_t now_us) const;
};

}  // namespace schoolgate::daemon

// Runs a loop until something is so, or for ten seconds.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <utility>

#include "resolver/uv/loop.h"

namespace schoolgate::daemon {

inline bool run_until(resolver::uv::Loop& loop, const std::function<bool()>& is_so) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  resolver::uv::Timer look(loop, [&] {
    if (is_so() || std::chrono::steady_clock::now() > until) loop.stop();
  });
  look.start(0, 2);
  loop.run();
  return is_so();
}

// What another thread finds out while the loop runs.
template <class Work>
auto run_while(resolver::uv::Loop& loop, Work work) {
  auto result = std::async(std::launch::async, std::move(work));
  run_until(loop, [&] { return result.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
  return result.get();
}

inline void run_for(resolver::uv::Loop& loop, std::uint64_t time_ms) {
  resolver::uv::Timer end(loop, [&] { loop.stop(); });
  end.start(time_ms);
  loop.run();
}

}  // namespace schoolgate::daemon

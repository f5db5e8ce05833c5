// Task: work for another thread, and what follows on the loop's own.
//
// Thread contract: belongs to its loop's thread; `work` runs on a thread of libuv's pool. A Task that is destroyed does not
// wait for work under way, and `done` is not called; the Loop waits before it goes, so what `work` uses must live till then.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"

#include "resolver/uv/loop.h"

namespace schoolgate::resolver::uv {

class Task {
 public:
  // `done` may destroy the Task.
  Task(Loop& loop, std::function<void()> work, std::function<void()> done);
  ~Task();
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

 private:
  struct State;
  State* state_;
};

// The same for work that has a result. With no memory left the result is an error, and what was in force stays so.
template <class T>
std::unique_ptr<Task> run_task(Loop& loop, std::function<base::Result<T>()> work,
                               std::function<void(base::Result<T>)> done) {
  const auto result = std::make_shared<std::optional<base::Result<T>>>();
  return std::make_unique<Task>(
      loop,
      [result, work = std::move(work)] {
        try {
          result->emplace(work());
        } catch (const std::exception& exception) {
          result->emplace(base::Error(base::ErrorCode::kUnavailable, exception.what()));
        }
      },
      [result, done = std::move(done)] { done(std::move(**result)); });
}

}  // namespace schoolgate::resolver::uv

#include "resolver/uv/task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <new>
#include <string>
#include <thread>

namespace schoolgate::resolver::uv {
namespace {

TEST(Task, WorksElsewhereAndEndsOnTheLoopsThread) {
  Loop loop;
  std::thread::id worked_on, ended_on;
  const Task task(
      loop, [&] { worked_on = std::this_thread::get_id(); },
      [&] {
        ended_on = std::this_thread::get_id();
        loop.stop();
      });
  loop.run();
  EXPECT_EQ(ended_on, std::this_thread::get_id());
  EXPECT_NE(worked_on, std::this_thread::get_id());
}

TEST(Task, TheLoopTurnsMeanwhile) {
  Loop loop;
  int turns = 0;
  int turns_before_the_end = 0;
  Timer timer(loop, [&] { ++turns; });
  timer.start(1, 1);
  const Task task(
      loop, [] { std::this_thread::sleep_for(std::chrono::milliseconds(100)); },
      [&] {
        turns_before_the_end = turns;
        loop.stop();
      });
  loop.run();
  EXPECT_GT(turns_before_the_end, 5);
}

TEST(Task, DestroyedItIsSilentAndTheLoopWaitsForItsWork) {
  std::atomic<bool> has_worked = false;
  {
    Loop loop;
    std::atomic<bool> works = false;
    auto task = std::make_unique<Task>(
        loop,
        [&] {
          works = true;
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
          has_worked = true;
        },
        [] { FAIL() << "its owner has gone"; });
    while (!works) std::this_thread::yield();
    task.reset();
  }
  EXPECT_TRUE(has_worked);
}

TEST(Task, MayBeReplacedByItsOwnEnd) {
  Loop loop;
  std::string order;
  std::unique_ptr<Task> task;
  task = run_task<std::string>(
      loop, [] { return std::string("first"); },
      [&](const base::Result<std::string>& first) {
        order += *first;
        task = run_task<std::string>(
            loop, [] { return std::string(" second"); },
            [&](const base::Result<std::string>& second) {
              order += *second;
              loop.stop();
            });
      });
  loop.run();
  EXPECT_EQ(order, "first second");
}

TEST(Task, AnExceptionOfItsWorkIsAResult) {
  Loop loop;
  std::string message;
  const auto task = run_task<int>(
      loop, []() -> base::Result<int> { throw std::bad_alloc(); },
      [&](const base::Result<int>& result) {
        message = result ? "no error" : result.error().message();
        loop.stop();
      });
  loop.run();
  EXPECT_EQ(message, "std::bad_alloc");
}

}  // namespace
}  // namespace schoolgate::resolver::uv

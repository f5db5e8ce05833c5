#include "resolver/uv/loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace schoolgate::resolver::uv {
namespace {

TEST(Timer, FiresOnce) {
  Loop loop;
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  Timer end(loop, [&] { loop.stop(); });
  timer.start(10);
  end.start(80);
  loop.run();
  EXPECT_EQ(fired, 1);
}

TEST(Timer, RepeatsUntilItIsStopped) {
  Loop loop;
  int fired = 0;
  Timer timer(loop, [&] {
    if (++fired == 3) timer.stop();
  });
  Timer end(loop, [&] { loop.stop(); });
  timer.start(5, 5);
  end.start(100);
  loop.run();
  EXPECT_EQ(fired, 3);
}

TEST(Timer, StartingAgainReplacesWhatItWaitedFor) {
  Loop loop;
  const auto begun = std::chrono::steady_clock::now();
  Timer timer(loop, [&] { loop.stop(); });
  timer.start(10'000);
  timer.start(20);
  loop.run();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

TEST(Timer, IsSilentAfterItIsDestroyed) {
  Loop loop;
  auto timer = std::make_unique<Timer>(loop, [] { FAIL() << "fired after its end"; });
  timer->start(10);
  Timer destroyer(loop, [&] { timer.reset(); });
  Timer end(loop, [&] { loop.stop(); });
  destroyer.start(0);
  end.start(60);
  loop.run();
}

TEST(Timer, MayDestroyItself) {
  Loop loop;
  std::unique_ptr<Timer> timer;
  const auto shared = std::make_shared<int>(7);
  int seen = 0;
  timer = std::make_unique<Timer>(loop, [&, shared] {
    timer.reset();
    seen = *shared;  // the callback is still whole
    loop.stop();
  });
  timer->start(0);
  loop.run();
  EXPECT_EQ(seen, 7);
}

TEST(Wakeup, ComesFromAnotherThreadOnTheLoopsOwn) {
  Loop loop;
  std::thread::id on;
  Wakeup wakeup(loop, [&] {
    on = std::this_thread::get_id();
    loop.stop();
  });
  std::thread other([&] { wakeup.wake(); });
  loop.run();
  other.join();
  EXPECT_EQ(on, std::this_thread::get_id());
}

TEST(Wakeup, NoneIsLost) {
  Loop loop;
  std::atomic<int> posted = 0;
  int seen = 0;
  constexpr int kPosts = 1'000;
  Wakeup wakeup(loop, [&] {
    seen = posted;
    if (seen == kPosts) loop.stop();
  });
  std::thread other([&] {
    for (int i = 0; i < kPosts; ++i) {
      ++posted;
      wakeup.wake();
    }
  });
  loop.run();
  other.join();
  EXPECT_EQ(seen, kPosts);
}

TEST(Poll, TellsWhenThereIsSomethingToReadAndIsSilentAfterwards) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Loop loop;
  int readable = 0;
  std::unique_ptr<Poll> poll;
  poll = std::make_unique<Poll>(loop, ends[0], [&] {
    char octet;
    EXPECT_EQ(::read(ends[0], &octet, 1), 1);
    if (++readable == 1) {
      EXPECT_EQ(::write(ends[1], "b", 1), 1);
    } else {
      poll.reset();
      EXPECT_EQ(::write(ends[1], "c", 1), 1);
    }
  });
  ASSERT_EQ(::write(ends[1], "a", 1), 1);
  Timer end(loop, [&] { loop.stop(); });
  end.start(100);
  loop.run();
  EXPECT_EQ(readable, 2);
  poll.reset();
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Turn, ComesAfterWhatATimerDidAndBeforeTheLoopSleeps) {
  Loop loop;
  bool gathered = false, flushed = false;
  Turn turn(loop, [&] {
    if (gathered) flushed = true;
  });
  Timer timer(loop, [&] { gathered = true; });
  Timer end(loop, [&] {
    EXPECT_TRUE(flushed);
    loop.stop();
  });
  timer.start(5);
  end.start(50);
  loop.run();
}

TEST(SignalWatch, HearsItsSignal) {
  Loop loop;
  bool heard = false;
  SignalWatch watch(loop, SIGUSR2, [&] {
    heard = true;
    loop.stop();
  });
  Timer raise(loop, [] { ::kill(::getpid(), SIGUSR2); });
  raise.start(5);
  loop.run();
  EXPECT_TRUE(heard);
}

}  // namespace
}  // namespace schoolgate::resolver::uv

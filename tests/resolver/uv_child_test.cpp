#include "resolver/uv/child.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace schoolgate::resolver::uv {
namespace {

// Runs a shell script to its end.
Child::Exit run(const std::string& script) {
  Loop loop;
  Child::Exit outcome;
  outcome.status = -1;
  Timer patience(loop, [&loop] { loop.stop(); });
  patience.start(10'000);
  auto child = Child::start(loop, {"/bin/sh", "-c", script}, [&](const Child::Exit& exit) {
    outcome = exit;
    loop.stop();
  });
  EXPECT_TRUE(child) << child.error().message();
  loop.run();
  return outcome;
}

TEST(Child, TellsItsExitCodeAndWhatItSaid) {
  const Child::Exit exit = run("echo 'lists/ads.txt:214: label too long' >&2; echo ignored; exit 3");
  EXPECT_EQ(exit.status, 3);
  EXPECT_EQ(exit.signal, 0);
  EXPECT_EQ(exit.errors, "lists/ads.txt:214: label too long\n");
}

TEST(Child, SucceedsInSilence) {
  const Child::Exit exit = run("true");
  EXPECT_EQ(exit.status, 0);
  EXPECT_EQ(exit.errors, "");
}

TEST(Child, TellsTheSignalThatEndedIt) {
  const Child::Exit exit = run("echo before >&2; kill -9 $$");
  EXPECT_EQ(exit.signal, SIGKILL);
  EXPECT_EQ(exit.errors, "before\n");
}

TEST(Child, WhatItSaysAfterwardsIsWaitedFor) { EXPECT_EQ(run("(sleep 0.2; echo late >&2) & exit 0").errors, "late\n"); }

TEST(Child, KeepsTheFirstOfALongComplaint) {
  const Child::Exit exit = run("head -c 300000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 1");
  EXPECT_EQ(exit.status, 1);
  EXPECT_EQ(exit.errors, std::string(64 << 10, 'x'));
}

TEST(Child, AProgramThatIsNotThereIsAnError) {
  Loop loop;
  const auto child = Child::start(loop, {"/no/such/program"}, [](const Child::Exit&) { FAIL(); });
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().message(), "cannot start /no/such/program: no such file or directory");
}

TEST(Child, DestroyedEarlyItIsSilent) {
  Loop loop;
  auto child = Child::start(loop, {"/bin/sh", "-c", "sleep 0.1; echo late >&2"}, [](const Child::Exit&) { FAIL(); });
  ASSERT_TRUE(child);
  child->reset();
  Timer end(loop, [&loop] { loop.stop(); });
  end.start(300);
  loop.run();
}

TEST(Child, KilledWhenItsTimeIsUp) {
  Loop loop;
  Child::Exit outcome;
  Timer patience(loop, [&loop] { loop.stop(); });
  patience.start(5'000);
  auto child = Child::start(loop, {"/bin/sh", "-c", "echo reading >&2; sleep 20"}, [&](const Child::Exit& exit) {
    outcome = exit;
    loop.stop();
  });
  ASSERT_TRUE(child);
  (*child)->kill_after(300);
  loop.run();
  EXPECT_TRUE(outcome.overdue);
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_EQ(outcome.errors, "reading\n");
}

TEST(Child, DoneInTimeItIsNotOverdue) {
  Loop loop;
  std::unique_ptr<Child> child;
  int ends = 0;
  bool overdue = false;
  Timer end(loop, [&loop] { loop.stop(); });
  end.start(400);
  auto started = Child::start(loop, {"/bin/true"}, [&](const Child::Exit& exit) {
    ++ends;
    overdue = exit.overdue;
    child.reset();
  });
  ASSERT_TRUE(started);
  child = std::move(*started);
  child->kill_after(200);
  loop.run();
  EXPECT_EQ(ends, 1);
  EXPECT_FALSE(overdue);
}

TEST(Child, DestroyedEarlyItIsKilled) {
  char made[] = "/tmp/schoolgate-child-XXXXXX";
  const int file = ::mkstemp(made);
  ::close(file);
  {
    Loop loop;
    auto child = Child::start(loop, {"/bin/sh", "-c", std::string("sleep 0.3; rm ") + made}, [](const Child::Exit&) {});
    ASSERT_TRUE(child);
    child->reset();
    Timer end(loop, [&loop] { loop.stop(); });
    end.start(600);
    loop.run();
  }
  EXPECT_EQ(::unlink(made), 0) << "the program went on";
}

TEST(Child, ItsCallbackMayDestroyIt) {
  Loop loop;
  std::unique_ptr<Child> child;
  auto started = Child::start(loop, {"/bin/true"}, [&](const Child::Exit&) {
    child.reset();
    loop.stop();
  });
  ASSERT_TRUE(started);
  child = std::move(*started);
  loop.run();
  EXPECT_EQ(child, nullptr);
}

}  // namespace
}  // namespace schoolgate::resolver::uv

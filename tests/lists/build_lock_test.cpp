#include "lists/build_lock.h"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <chrono>
#include <optional>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using support::TemporaryFolder;

TEST(BuildLock, ASecondBuilderWaitsAndThenSaysWhy) {
  const TemporaryFolder folder;
  const auto first = BuildLock::take(folder.path());
  ASSERT_TRUE(first) << first.error().message();
  const auto second = BuildLock::take(folder.path(), 100);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), base::ErrorCode::kInUse);
  EXPECT_EQ(second.error().message(),
            folder.file("build.lock") + ": another build is at work in this folder; try again later");
}

TEST(BuildLock, IsGivenBack) {
  const TemporaryFolder folder;
  std::optional<base::Result<BuildLock>> first = BuildLock::take(folder.path());
  std::jthread end([&first] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    first.reset();
  });
  const auto second = BuildLock::take(folder.path(), 10'000);
  EXPECT_TRUE(second);
}

TEST(BuildLock, EndsWithAKilledProcess) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = BuildLock::take(folder.path());
    [[maybe_unused]] const auto told = ::write(ready[1], lock ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(BuildLock::take(folder.path(), 0));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(BuildLock::take(folder.path(), 0));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(BuildLock, NeedsItsFolder) {
  const auto lock = BuildLock::take("/nonexistent-folder");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code(), base::ErrorCode::kNotFound);
}

}  // namespace
}  // namespace schoolgate::lists

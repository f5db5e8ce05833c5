// Disks that are full, files that are damaged: the ring waits, what it cannot hold is counted, the other days work.
#include "history/day_files.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

// A process that may not make files larger than this: a full disk that needs no disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t most_bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{most_bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(DayFiles, AFullDiskIsWaitedFor) {
  const TemporaryFolder folder;
  FakeClock clock;
  const auto history = start(settings_for(folder), clock);
  JournalRing* ring = *history->add_ring(0);
  ring->publish(numbered(1));
  history->flush();
  {
    const FullDisk full(64 << 10);
    for (std::uint64_t i = 2; i <= 3000; ++i) ring->publish(numbered(i));
    const auto before = std::chrono::steady_clock::now();
    history->flush();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5)) << "flush hangs";
    const Statistics statistics = history->statistics();
    EXPECT_EQ(statistics.stored, 1u);
    EXPECT_EQ(statistics.waiting, 2999u);
    EXPECT_NE(statistics.last_problem.find("cannot write " + folder.path()), std::string::npos)
        << statistics.last_problem;
    for (std::uint64_t i = 3001; i <= 6000; ++i) ring->publish(numbered(i));
    EXPECT_EQ(history->statistics().dropped, 5999u - 4096u);
    EXPECT_EQ(search_all(*history).size(), 1u) << "reading goes on";
  }
  history->flush();
  EXPECT_EQ(history->statistics().stored, 1u + 4096u);
  EXPECT_EQ(history->statistics().waiting, 0u);
  EXPECT_EQ(search_all(*history).size(), 4097u);
  const std::string problem = history->problem();
  EXPECT_EQ(problem.find("cannot write"), std::string::npos) << problem;
  EXPECT_EQ(problem, "1903 lookups could not be kept since 2024-10-04T12:00:00Z: the journal was full");
  clock.advance(600 * kSecondUs);
  history->flush();
  EXPECT_EQ(history->statistics().last_problem, "");
  EXPECT_EQ(history->statistics().dropped, 1903u);
}

TEST(DayFiles, AFullFileSystemIsWaitedFor) {
  const TemporaryFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=3m") != 0) GTEST_SKIP() << "only root can mount";
  {
    const FakeClock clock;
    const auto history = start(settings_for(folder), clock);
    JournalRing* ring = *history->add_ring(0);  // 2 MiB of the 3
    EXPECT_TRUE(ring->is_mapped());
    EXPECT_FALSE((*history->add_ring(1))->is_mapped());
    EXPECT_NE(history->statistics().last_problem.find("No space left on device; the journal is in memory only"),
              std::string::npos);
    write_file(folder.file("ballast"), std::string(3 << 20, 'x'));
    for (std::uint64_t i = 1; i <= 4096; ++i) ring->publish(numbered(i));
    history->flush();
    EXPECT_GT(history->statistics().waiting, 0u);
    EXPECT_NE(history->statistics().last_problem, "");
    std::filesystem::remove(folder.file("ballast"));
    ::mount("tmpfs", folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m");
    history->flush();
    EXPECT_EQ(history->statistics().waiting, 0u);
    EXPECT_EQ(search_all(*history).size(), 4096u);
  }
  ::umount(folder.path().c_str());
}

TEST(DayFiles, ADamagedDayIsSetAsideAtTheStartAndBegunAnew) {
  const TemporaryFolder folder;
  const FakeClock clock;
  const Settings settings = settings_for(folder);
  std::filesystem::create_directories(settings.folder);
  write_file(settings.folder + "/2024-10-04.sqlite", "no database, no database, no database");
  write_file(settings.folder + "/2024-10-04.sqlite.damaged", "an earlier one");
  const auto history = start(settings, clock);
  const std::string problem = history->statistics().last_problem;
  EXPECT_NE(problem.find("2024-10-04.sqlite: not a database; set aside as"), std::string::npos) << problem;
  (*history->add_ring(0))->publish(numbered(1));
  history->flush();
  EXPECT_EQ(search_all(*history).size(), 1u);
  const auto files = files_in(settings.folder);
  EXPECT_TRUE(std::count(files.begin(), files.end(), "2024-10-04.sqlite.damaged.2"));
}

// Right at the first bytes, damaged further in: found when it is written to.
TEST(DayFiles, ADayDamagedInsideIsSetAsideWhenItIsWrittenTo) {
  const TemporaryFolder folder;
  FakeClock clock;
  const Settings settings = settings_for(folder);
  {
    const auto history = start(settings, clock);
    JournalRing* ring = *history->add_ring(0);
    for (std::uint64_t i = 1; i <= 1000; ++i) ring->publish(numbered(i));
    ring->publish(numbered(1001, kNoonUs - kDayUs));
  }
  const std::string path = settings.folder + "/2024-10-04.sqlite";
  const auto size = std::filesystem::file_size(path);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    const std::string rubbish(size - 100, '\xee');
    file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
  }
  const auto history = start(settings, clock);
  const auto page = history->search({});
  ASSERT_TRUE(page) << page.error().message();
  ASSERT_EQ(page->lookups.size(), 1u) << "the other day works";
  EXPECT_EQ(page->lookups[0].duration_us, 1001u);
  ASSERT_EQ(page->problems.size(), 1u) << "and what is lacking is said";
  EXPECT_NE(page->problems[0].find(path), std::string::npos);

  (*history->add_ring(0))->publish(numbered(1002));
  history->flush();
  EXPECT_NE(history->statistics().last_problem.find("set aside"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(path + ".damaged"));
  EXPECT_EQ(search_all(*history).size(), 2u);
  std::filesystem::remove(path + ".damaged");
  clock.advance(3600 * kSecondUs);
  history->flush();
  EXPECT_EQ(history->problem(), "") << "somebody took it away";
}

TEST(DayFiles, SizeIsOfTheDayFilesOnly) {
  const TemporaryFolder folder;
  write_file(folder.file("2024-10-04.sqlite"), std::string(100, 'x'));
  write_file(folder.file("2024-10-04.sqlite-wal"), std::string(20, 'x'));
  write_file(folder.file("lock"), std::string(3, 'x'));
  EXPECT_EQ(DayFiles::size_bytes(folder.path()), 120u);
  EXPECT_EQ(DayFiles::size_bytes(folder.file("absent")), 0u);
}

}  // namespace
}  // namespace schoolgate::history

#include "base/file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace schoolgate::base {
namespace {

using support::TemporaryFolder;

// Files of this process cannot grow past so many bytes while it lives: a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*signal_)(int);
  rlimit before_{};
};

auto count_files(const TemporaryFolder& folder) {
  return std::distance(std::filesystem::directory_iterator(folder.path()), {});
}

TEST(ReadFile, GivesEveryByte) {
  const TemporaryFolder folder;
  const std::string bytes = std::string("a\0\r\n\xff", 5) + std::string(200'000, 'x');
  const auto read = read_file(folder.write("f", bytes));
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == bytes);
  EXPECT_EQ(*read_file(folder.write("empty", "")), "");
}

TEST(ReadFile, NamesThePathAndTheReason) {
  const TemporaryFolder folder;
  const auto missing = read_file(folder.file("absent"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message(), "cannot open " + folder.file("absent") + ": No such file or directory");
  const auto not_a_file = read_file(folder.path());
  ASSERT_FALSE(not_a_file);
  EXPECT_EQ(not_a_file.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(not_a_file.error().message(), folder.path() + ": is a folder, and should be a file");
}

TEST(ReadFile, StopsAtTheLimit) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "12345");
  EXPECT_EQ(*read_file(path, 5), "12345");
  const auto over = read_file(path, 4);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(over.error().message(), path + ": larger than 4 bytes");
}

// A FIFO that nobody writes would be waited for without end.
TEST(ReadFile, RefusesAtOnceWhatIsNoFile) {
  const TemporaryFolder folder;
  const std::string fifo = folder.file("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  alarm(10);  // ends the test program rather than never
  const auto waited = read_file(fifo);
  alarm(0);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().message(), fifo + ": is a FIFO, and should be a file");
  const auto device = read_file("/dev/zero", 1 << 20);
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(device.error().message(), "/dev/zero: is a device, and should be a file");
}

TEST(ReplaceFile, MakesTheFileOrPutsANewOneInItsPlace) {
  const TemporaryFolder folder;
  ASSERT_TRUE(replace_file(folder.file("f"), "old"));
  EXPECT_EQ(folder.read("f"), "old");
  struct stat before {
  }, after{};
  ASSERT_EQ(stat(folder.file("f").c_str(), &before), 0);
  EXPECT_EQ(before.st_mode & 07, 0U);  // never for everybody: policy and history are files of this kind
  const std::string bytes = std::string("new\0\n", 5) + std::string(300'000, 'y');
  const std::string held = folder.file("held");
  std::filesystem::create_hard_link(folder.file("f"), held);
  ASSERT_TRUE(replace_file(folder.file("f"), bytes));
  EXPECT_TRUE(folder.read("f") == bytes);
  EXPECT_EQ(folder.read("held"), "old");  // who has the old one open keeps it whole
  ASSERT_EQ(stat(folder.file("f").c_str(), &after), 0);
  EXPECT_NE(before.st_ino, after.st_ino);
  EXPECT_EQ(count_files(folder), 2);
}

TEST(ReplaceFile, GivesTheModeAskedForAndReplacesWhatNobodyMayWrite) {
  const TemporaryFolder folder;
  struct stat made {};
  for (const char* bytes : {"first", "second"}) {
    ASSERT_TRUE(replace_file(folder.file("f"), bytes, 0440));
    EXPECT_EQ(folder.read("f"), bytes);
    ASSERT_EQ(stat(folder.file("f").c_str(), &made), 0);
    EXPECT_EQ(made.st_mode & 07777, 0440U);
  }
}

TEST(ReplaceFile, OfManyWritersAtOnceEachIsWhole) {
  const TemporaryFolder folder;
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> writers;
    for (char letter = 'a'; letter < 'e'; ++letter) {
      writers.emplace_back([&, letter] {
        for (int i = 0; i < 25; ++i) failures += !replace_file(folder.file("f"), std::string(100'000, letter));
      });
    }
  }
  EXPECT_EQ(failures, 0);
  const std::string bytes = folder.read("f");
  EXPECT_TRUE(bytes == std::string(100'000, bytes.at(0)));
  EXPECT_EQ(count_files(folder), 1);
}

TEST(ReplaceCacheFile, IsAsWholeAsAnyOtherWhileTheMachineRuns) {
  const TemporaryFolder folder;
  ASSERT_TRUE(replace_cache_file(folder.file("cache"), "old"));
  ASSERT_TRUE(replace_cache_file(folder.file("cache"), "new", 0600));
  EXPECT_EQ(folder.read("cache"), "new");
  EXPECT_EQ(std::filesystem::status(folder.file("cache")).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(count_files(folder), 1);
  EXPECT_FALSE(replace_cache_file(folder.file("absent/cache"), "new"));
}

TEST(CreateFile, MakesTheFileAndNeverPutsAnotherInItsPlace) {
  const TemporaryFolder folder;
  ASSERT_TRUE(create_file(folder.file("f"), "first", 0400));
  struct stat made {};
  ASSERT_EQ(stat(folder.file("f").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 07777, 0400U);
  const auto again = create_file(folder.file("f"), "second");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::kInUse);
  EXPECT_EQ(again.error().message(), folder.file("f") + ": is there already, and is not to be replaced");
  EXPECT_EQ(folder.read("f"), "first");
  EXPECT_EQ(count_files(folder), 1) << "no temporary file stays";
}

TEST(CreateFile, OfManyWritersAtOnceOneWinsWhole) {
  const TemporaryFolder folder;
  std::atomic<int> winners = 0;
  {
    std::vector<std::jthread> writers;
    for (char letter = 'a'; letter < 'i'; ++letter) {
      writers.emplace_back(
          [&, letter] { winners += create_file(folder.file("f"), std::string(100'000, letter)).has_value() ? 1 : 0; });
    }
  }
  EXPECT_EQ(winners, 1);
  const std::string bytes = folder.read("f");
  EXPECT_TRUE(bytes == std::string(100'000, bytes.at(0)));
  EXPECT_EQ(count_files(folder), 1);
}

TEST(CreateFile, LeavesNothingWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  Status status;
  {
    const FileSizeLimit full(1'000);
    status = create_file(folder.file("f"), std::string(2'000, 'x'));
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "cannot write " + folder.file("f") + ": File too large");
  EXPECT_EQ(count_files(folder), 0);
}

TEST(RemoveTemporaries, TakesWhatAKilledWriterLeftAndNothingElse) {
  const TemporaryFolder folder;
  for (const char* name : {"f.tmp-aB3dE6", ".tmp-aB3dE6", "f.tmp-short", "f.tmp", "f"}) folder.write(name, "x");
  remove_temporaries(folder.path());
  EXPECT_FALSE(std::filesystem::exists(folder.file("f.tmp-aB3dE6")));
  EXPECT_EQ(count_files(folder), 4);
  remove_temporaries(folder.file("absent"));
}

TEST(RemoveTemporaries, LeavesThoseOfOtherFilesToTheirOwners) {
  const TemporaryFolder folder;
  for (const char* name : {"mine.a.tmp-aB3dE6", "mine.b.tmp-aB3dE6", "yours.tmp-aB3dE6"}) folder.write(name, "x");
  remove_temporaries(folder.path(), "mine.");
  EXPECT_TRUE(std::filesystem::exists(folder.file("yours.tmp-aB3dE6")));
  EXPECT_EQ(count_files(folder), 1);
}

TEST(ReplaceFile, LeavesTheOldFileWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  folder.write("f", "old");
  Status status;
  {
    const FileSizeLimit full(1'000);
    status = replace_file(folder.file("f"), std::string(2'000, 'x'));
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(status.error().message(), "cannot write " + folder.file("f") + ": File too large");
  EXPECT_EQ(folder.read("f"), "old");
  EXPECT_EQ(count_files(folder), 1);
}

TEST(ReplaceFile, NamesThePathAndTheReason) {
  const TemporaryFolder folder;
  const auto no_folder = replace_file(folder.file("absent/f"), "x");
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(no_folder.error().message(),
            "cannot create a temporary file beside " + folder.file("absent/f") + ": No such file or directory");
  std::filesystem::create_directory(folder.file("d"));
  const auto on_a_folder = replace_file(folder.file("d"), "x");
  ASSERT_FALSE(on_a_folder);
  EXPECT_EQ(on_a_folder.error().message(), "cannot replace " + folder.file("d") + ": Is a directory");
  EXPECT_EQ(count_files(folder), 1);
}

TEST(MakeFolder, MakesTheParentsToo) {
  const TemporaryFolder folder;
  ASSERT_TRUE(make_folder(folder.file("a/b/c/")));
  EXPECT_TRUE(std::filesystem::is_directory(folder.file("a/b/c")));
  ASSERT_TRUE(make_folder(folder.file("a/b/c")));
  struct stat made {
  }, parent{};
  ASSERT_EQ(stat(folder.file("a/b/c").c_str(), &made), 0);
  ASSERT_EQ(stat(folder.file("a/b").c_str(), &parent), 0);
  EXPECT_EQ(made.st_mode & 0777, 0750U);
  EXPECT_EQ(parent.st_mode & 05, 05U) << "whose folder it becomes must be able to enter";
}

TEST(MakeFolder, RefusesAFileInTheWay) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "");
  const auto file = make_folder(path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message(), path + ": is not a folder");
  const auto below = make_folder(path + "/g");
  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().message(), "cannot make folder " + path + "/g: Not a directory");
}

TEST(SystemError, HasTheCodeThatFitsErrno) {
  const struct {
    int error_number;
    ErrorCode code;
  } rows[] = {{ENOENT, ErrorCode::kNotFound},  {EACCES, ErrorCode::kForbidden},   {EPERM, ErrorCode::kForbidden},
              {EADDRINUSE, ErrorCode::kInUse}, {ENOSPC, ErrorCode::kUnavailable}, {EIO, ErrorCode::kUnavailable}};
  for (const auto& row : rows) EXPECT_EQ(system_error(row.error_number, "x").code(), row.code) << row.error_number;
  EXPECT_EQ(system_error(EADDRINUSE, "cannot listen on 0.0.0.0:53").message(),
            "cannot listen on 0.0.0.0:53: Address already in use");
}

struct stat status_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status;
}

TEST(RewriteFile, KeepsTheMode) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  ASSERT_EQ(::chmod(path.c_str(), 0604), 0);
  ASSERT_TRUE(rewrite_file(path, "after"));
  EXPECT_EQ(*read_file(path), "after");
  EXPECT_EQ(status_of(path).st_mode & 07777, 0604u);
  EXPECT_EQ(count_files(folder), 1);
}

TEST(RewriteFile, KeepsTheOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give files away";
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  ASSERT_EQ(::chown(path.c_str(), 12'345, 54'321), 0);
  ASSERT_TRUE(rewrite_file(path, "after"));
  EXPECT_EQ(status_of(path).st_uid, 12'345u);
  EXPECT_EQ(status_of(path).st_gid, 54'321u);
}

TEST(RewriteFile, ALinkGoesOnPointingThere) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  std::filesystem::create_symlink("f", folder.file("link"));
  ASSERT_TRUE(rewrite_file(folder.file("link"), "after"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("link")));
  EXPECT_EQ(*read_file(path), "after");
}

TEST(RewriteFile, MakesNoFile) {
  const TemporaryFolder folder;
  const auto rewritten = rewrite_file(folder.file("absent"), "x");
  ASSERT_FALSE(rewritten);
  EXPECT_EQ(rewritten.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(count_files(folder), 0);
}

TEST(RewriteFile, AFullDiskLeavesTheOldOne) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  {
    const FileSizeLimit full(100);
    EXPECT_FALSE(rewrite_file(path, std::string(200, 'x')));
  }
  EXPECT_EQ(*read_file(path), "before");
  EXPECT_EQ(count_files(folder), 1);
}

}  // namespace
}  // namespace schoolgate::base

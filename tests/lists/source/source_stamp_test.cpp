#include "lists/source/source_stamp.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

class SourceStamp : public testing::Test {
 protected:
  static std::int64_t later_us() { return base::SystemClock().wall_us() + 60'000'000; }
  std::string stamp(const std::string& file) const {
    return source_stamp({"one", "games", folder_.file(file)}, later_us());
  }
  support::TemporaryFolder folder_;
};

TEST_F(SourceStamp, IsTheSameUntilTheFileIsWritten) {
  folder_.write("list", "a.example\n");
  const std::string before = stamp("list");
  EXPECT_NE(before, "");
  EXPECT_EQ(stamp("list"), before);
  folder_.write("list", "b.example\n");
  EXPECT_NE(stamp("list"), before);
}

// Whoever sets the time of a file back cannot set back when that was done.
TEST_F(SourceStamp, AFileThatIsGivenItsOldTimeHasAnotherStamp) {
  folder_.write("list", "a.example\n");
  struct stat file {};
  ASSERT_EQ(::stat(folder_.file("list").c_str(), &file), 0);
  const std::string before = stamp("list");
  folder_.write("list", "b.example\n");
  const timespec times[] = {file.st_atim, file.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, folder_.file("list").c_str(), times, 0), 0);
  EXPECT_NE(stamp("list"), before);
}

TEST_F(SourceStamp, OneThatMayBeWrittenAgainInTheSameTickHasNone) {
  folder_.write("list", "a.example\n");
  Source source{"one", "games", folder_.file("list")};
  const std::int64_t now_us = base::SystemClock().wall_us();
  EXPECT_EQ(source_stamp(source, now_us), "");
  source.remote = Remote();  // that is replaced as a whole
  EXPECT_NE(source_stamp(source, now_us), "");
}

TEST_F(SourceStamp, OfAFolderItIsThatOfItsFiles) {
  std::filesystem::create_directory(folder_.file("category"));
  folder_.write("category/domains", "a.example\n");
  const std::string before = stamp("category");
  EXPECT_NE(before, "");
  folder_.write("category/README", "no file of a category");
  EXPECT_EQ(stamp("category"), before);
  folder_.write("category/urls", "b.example/x\n");
  const std::string with_urls = stamp("category");
  EXPECT_NE(with_urls, before);
  std::filesystem::remove(folder_.file("category/domains"));
  EXPECT_NE(stamp("category"), with_urls);
}

TEST_F(SourceStamp, WhatIsNoFileHasNone) {
  EXPECT_EQ(stamp("missing"), "");
  ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(stamp("pipe"), "");
}

}  // namespace
}  // namespace schoolgate::lists

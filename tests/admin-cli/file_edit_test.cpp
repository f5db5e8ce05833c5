#include "admin-cli/file_edit.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::admin_cli {
namespace {

using base::ErrorCode;
using support::TemporaryFolder;

constexpr std::size_t kLimit = 1'000;

std::string text_of_file(const std::string& path) { return base::read_file(path).value_or("unreadable"); }

TEST(FileEdit, ReadsAndReplaces) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  auto edit = FileEdit::open(path, kLimit);
  ASSERT_TRUE(edit) << edit.error().message();
  EXPECT_EQ(edit->text(), "before");
  ASSERT_TRUE(edit->replace("after"));
  EXPECT_EQ(text_of_file(path), "after");
}

TEST(FileEdit, AChangeMeanwhileIsNotOverwritten) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  auto edit = FileEdit::open(path, kLimit);
  ASSERT_TRUE(edit);
  folder.write("f", "theirs");
  const auto replaced = edit->replace("ours");
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().code(), ErrorCode::kInUse);
  EXPECT_EQ(replaced.error().message(), path + ": was changed meanwhile, and stays as it is now; try again");
  EXPECT_EQ(text_of_file(path), "theirs");
}

// An editor that saves by renaming: the same octets, and another file, of which nothing is known.
TEST(FileEdit, AnotherFileOfTheSameTextIsAChangeToo) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  auto edit = FileEdit::open(path, kLimit);
  ASSERT_TRUE(edit);
  ASSERT_TRUE(base::replace_file(path, "before"));
  EXPECT_FALSE(edit->replace("ours"));
  EXPECT_EQ(text_of_file(path), "before");
}

TEST(FileEdit, AFileThatWentAwayDoesNotComeBack) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  auto edit = FileEdit::open(path, kLimit);
  ASSERT_TRUE(edit);
  std::filesystem::remove(path);
  EXPECT_FALSE(edit->replace("ours"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FileEdit, TwoAtOnceAreOneAfterTheOther) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "before");
  {
    const auto first = FileEdit::open(path, kLimit);
    ASSERT_TRUE(first);
    const auto second = FileEdit::open(path, kLimit);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), ErrorCode::kInUse);
    EXPECT_EQ(second.error().message(), path + ": is being changed by another schoolgate");
  }
  EXPECT_TRUE(FileEdit::open(path, kLimit));
}

TEST(FileEdit, WhatCannotBeReadSaysWhy) {
  const TemporaryFolder folder;
  const auto missing = FileEdit::open(folder.file("absent"), kLimit);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_FALSE(FileEdit::open(folder.write("large", std::string(kLimit + 1, 'x')), kLimit));
  EXPECT_FALSE(FileEdit::open(folder.path(), kLimit));
}

}  // namespace
}  // namespace schoolgate::admin_cli

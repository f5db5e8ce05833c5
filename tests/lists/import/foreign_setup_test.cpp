#include "lists/import/foreign_setup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using support::TemporaryFolder;

TEST(ForeignSetup, TheMarkOfSqliteDecides) {
  const TemporaryFolder folder;
  const auto yaml = read_foreign_setup(folder.write("a", "filters: []\n"));
  ASSERT_TRUE(yaml) << yaml.error().message();
  EXPECT_EQ(yaml->product, "adguard");
  const auto short_one = read_foreign_setup(folder.write("b", "SQLite format"));
  ASSERT_FALSE(short_one);
  EXPECT_NE(short_one.error().message().find("is neither Pi-hole's gravity.db nor"), std::string::npos);
  const auto sqlite = read_foreign_setup(folder.write("c", "SQLite format 3"));
  ASSERT_FALSE(sqlite);
  EXPECT_EQ(sqlite.error().message().find("cannot read " + folder.file("c")), 0u) << sqlite.error().message();
}

TEST(ForeignSetup, WhatIsNoFileIsRefusedAtOnce) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
  for (const std::string& path : {folder.file("fifo"), folder.path()}) {
    const auto setup = read_foreign_setup(path);
    ASSERT_FALSE(setup);
    EXPECT_EQ(setup.error().message(), path + ": should be a file");
  }
  const auto missing = read_foreign_setup(folder.file("absent"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), base::ErrorCode::kNotFound);
}

TEST(ForeignSetup, ALargeTextIsNotRead) {
  const TemporaryFolder folder;
  const auto setup = read_foreign_setup(folder.write("a", "filters: []\n#" + std::string(5 << 20, 'x')));
  ASSERT_FALSE(setup);
  EXPECT_NE(setup.error().message().find("larger than"), std::string::npos) << setup.error().message();
}

}  // namespace
}  // namespace schoolgate::lists

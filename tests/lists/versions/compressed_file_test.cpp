#include "lists/versions/compressed_file.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/lists/full_disk.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

class CompressedFile : public testing::Test {
 protected:
  std::string path() const { return folder_.file("one.zst"); }
  support::TemporaryFolder folder_;
};

constexpr std::size_t kMost = 1 << 20;

TEST_F(CompressedFile, HoldsWhatWasWritten) {
  for (const std::string& octets :
       {std::string(), std::string("a.example\n"), std::string(100'000, 'x'), std::string("\0\xff\n", 3)}) {
    ASSERT_TRUE(write_compressed(path(), octets));
    EXPECT_EQ(read_compressed(path(), kMost).value(), octets);
  }
}

TEST_F(CompressedFile, IsSmall) {
  std::string list;
  for (int i = 0; i < 10'000; ++i) list += "n" + std::to_string(i) + ".casino.example\n";
  ASSERT_TRUE(write_compressed(path(), list));
  EXPECT_LT(std::filesystem::file_size(path()) * 4, list.size());
}

TEST_F(CompressedFile, CutAnywhereOrChangedIsDamaged) {
  ASSERT_TRUE(write_compressed(path(), "a.example\nb.example\nc.example\n"));
  const std::string whole = base::read_file(path()).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder_.write("one.zst", whole.substr(0, size));
    const auto read = read_compressed(path(), kMost);
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code(), base::ErrorCode::kDamaged) << size;
  }
  folder_.write("one.zst", "a.example\n");
  EXPECT_EQ(read_compressed(path(), kMost).error().code(), base::ErrorCode::kDamaged);
}

TEST_F(CompressedFile, ABombIsRefusedBeforeItIsUnpacked) {
  ASSERT_TRUE(write_compressed(path(), std::string(kMost + 1, 'x')));
  const auto read = read_compressed(path(), kMost);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), base::ErrorCode::kInvalid);
}

TEST_F(CompressedFile, OnAFullDiskTheOldOneStays) {
  ASSERT_TRUE(write_compressed(path(), "old"));
  std::string noise;
  for (unsigned i = 0, x = 1; i < 100'000; ++i, x = x * 1664525 + 1013904223) noise += static_cast<char>(x >> 24);
  {
    const FullDisk disk(4096);
    EXPECT_FALSE(write_compressed(path(), noise));
  }
  EXPECT_EQ(read_compressed(path(), kMost).value(), "old");
}

}  // namespace
}  // namespace schoolgate::lists

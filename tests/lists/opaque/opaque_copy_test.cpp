#include "lists/opaque/opaque_copy.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/file.h"
#include "tests/lists/full_disk.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using filter::Exception;
using filter::OpaqueKey;
using filter::Reach;
using support::TemporaryFolder;

constexpr OpaqueKey kKey = {1, 2, 3};

OpaqueCopy some_copy() {
  OpaqueCopy copy;
  copy.report.id = "secret";
  copy.report.category = "child-abuse";
  copy.report.format = "domains";
  copy.report.version = "0123";
  copy.report.rules = 2;
  copy.report.rejected_count = 1;
  copy.report.rejected = {{"secret", 7, "", "has a path"}};
  copy.report.opaque = true;
  copy.rules = {
      filter::hash_rule(0, Reach::kBoth, Exception::kNo, *dns::Name::parse("one.example"), 1, kKey),
      filter::hash_rule(0, Reach::kExact, Exception::kYes, *dns::Name::parse("two.example"), 2, kKey),
  };
  std::sort(copy.rules.begin(), copy.rules.end());
  return copy;
}

class OpaqueCopyTest : public testing::Test {
 protected:
  base::Status write(const OpaqueCopy& copy = some_copy()) const {
    return write_opaque_copy(path(), encode_opaque_copy(copy, kKey));
  }
  base::Result<OpaqueCopy> read(const OpaqueKey& key = kKey) const { return read_opaque_copy(path(), key); }
  std::string path() const { return folder_.file("secret.hashed"); }
  ino_t inode() const {
    struct stat status {};
    ::stat(path().c_str(), &status);
    return status.st_ino;
  }

  TemporaryFolder folder_;
};

TEST_F(OpaqueCopyTest, ComesBackAsWritten) {
  ASSERT_TRUE(write());
  const auto copy = read();
  ASSERT_TRUE(copy) << copy.error().message();
  EXPECT_EQ(copy->rules, some_copy().rules);
  EXPECT_EQ(copy->report.id + copy->report.category + copy->report.format + copy->report.version,
            "secretchild-abusedomains0123");
  EXPECT_EQ(copy->report.rules, 2u);
  EXPECT_EQ(copy->report.rejected_count, 1u);
  ASSERT_EQ(copy->report.rejected.size(), 1u);
  EXPECT_EQ(copy->report.rejected[0].line, 7u);
  EXPECT_TRUE(copy->report.opaque);
}

TEST_F(OpaqueCopyTest, LiesBesideTheOtherCopiesUnderANameThatNoListHas) {
  EXPECT_EQ(opaque_copy_path("/state", "secret"), "/state/lists/secret.hashed");
}

TEST_F(OpaqueCopyTest, IsWrittenOnlyWhenItDiffers) {
  ASSERT_TRUE(write());
  const ino_t first = inode();
  ASSERT_TRUE(write());
  EXPECT_EQ(inode(), first);
  OpaqueCopy other = some_copy();
  other.rules.pop_back();
  ASSERT_TRUE(write(other));
  EXPECT_NE(inode(), first);
  EXPECT_EQ(read()->rules.size(), 1u);
}

TEST_F(OpaqueCopyTest, AnotherKeyIsRefused) {
  ASSERT_TRUE(write());
  const auto copy = read(OpaqueKey{9});
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(copy.error().message(), path() + ": its opaque lists were made with another key");
}

TEST_F(OpaqueCopyTest, EveryDamagedOctetAndEveryTruncationIsRefused) {
  EXPECT_EQ(read().error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(write());
  const std::string good = base::read_file(path()).value();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    folder_.write("secret.hashed", damaged);
    ASSERT_EQ(read().error().code(), ErrorCode::kDamaged) << at;
    folder_.write("secret.hashed", good.substr(0, at));
    ASSERT_EQ(read().error().code(), ErrorCode::kDamaged) << at;
  }
}

TEST_F(OpaqueCopyTest, OneWithoutRulesIsNone) {
  OpaqueCopy empty = some_copy();
  empty.rules.clear();
  ASSERT_TRUE(write(empty));
  EXPECT_EQ(read().error().code(), ErrorCode::kDamaged);
}

TEST_F(OpaqueCopyTest, OnAFullDiskTheOldOneStays) {
  ASSERT_TRUE(write());
  OpaqueCopy other = some_copy();
  other.report.version = "4567";
  base::Status status;
  {
    const FullDisk full(100);
    status = write(other);
  }
  EXPECT_EQ(status.error().message(), "cannot write " + path() + ": File too large");
  EXPECT_EQ(read()->report.version, "0123");
}

}  // namespace
}  // namespace schoolgate::lists

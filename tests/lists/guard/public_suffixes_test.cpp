#include "lists/guard/public_suffixes.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using Kind = PublicSuffixes::Kind;

Kind kind_of(const char* name) {
  static const auto suffixes = PublicSuffixes::read();
  if (!suffixes) throw std::runtime_error(suffixes.error().message());
  return suffixes->kind_of(*dns::Name::parse(name));
}

TEST(PublicSuffixes, ARegistrysAreKnown) {
  for (const char* name : {"com", "uk", "co.uk", "gov.uk", "k12.ma.us", "xn--p1ai", "zip"}) {
    EXPECT_EQ(kind_of(name), Kind::kRegistry) << name;
  }
}

TEST(PublicSuffixes, AHostersAreKnown) {
  for (const char* name : {"github.io", "blogspot.com", "s3.amazonaws.com"}) {
    EXPECT_EQ(kind_of(name), Kind::kHoster) << name;
  }
}

// "*.ck" makes a suffix of every name below "ck", but for "www.ck".
TEST(PublicSuffixes, ARuleWithAWildcardAndItsException) {
  EXPECT_EQ(kind_of("anything.ck"), Kind::kRegistry);
  EXPECT_EQ(kind_of("www.ck"), Kind::kNone);
  EXPECT_EQ(kind_of("a.anything.ck"), Kind::kNone);
}

TEST(PublicSuffixes, OthersAreNone) {
  for (const char* name : {".", "example", "example.com", "bbc.co.uk", "www.github.io", "a.b.c.d.e.f.example.net"}) {
    EXPECT_EQ(kind_of(name), Kind::kNone) << name;
  }
}

TEST(PublicSuffixes, OnesInTheirOwnLettersAreScreenedByTheirALabels) {
  EXPECT_EQ(kind_of("xn--55qx5d.cn"), Kind::kRegistry);  // 公司.cn
}

TEST(PublicSuffixes, AFileThatIsNotThereOrHoldsNothingIsTold) {
  const support::TemporaryFolder folder;
  const auto missing = PublicSuffixes::read(folder.file("none.dat"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), base::ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message().find("publicsuffix"), std::string::npos) << missing.error().message();
  const auto empty = PublicSuffixes::read(folder.write("empty.dat", "// nothing\n"));
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code(), base::ErrorCode::kDamaged);
}

TEST(PublicSuffixes, AFileOfOnesOwnIsReadWithSectionsAndComments) {
  const support::TemporaryFolder folder;
  const auto suffixes = PublicSuffixes::read(folder.write("own.dat",
                                                          "// ===BEGIN ICANN DOMAINS===\n"
                                                          "test  \t a word after it\r\n"
                                                          "// ===END ICANN DOMAINS===\n"
                                                          "// ===BEGIN PRIVATE DOMAINS===\n"
                                                          "host.test\n"
                                                          "// ===END PRIVATE DOMAINS===\n"));
  ASSERT_TRUE(suffixes) << suffixes.error().message();
  EXPECT_EQ(suffixes->kind_of(*dns::Name::parse("host.test")), Kind::kHoster);
  EXPECT_EQ(suffixes->kind_of(*dns::Name::parse("com")), Kind::kNone);
}

}  // namespace
}  // namespace schoolgate::lists

#include "filter/file/sectioned_file.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

constexpr FileKind kKind{"TESTFILE", "test file", 3, 3};

std::string some_file() {
  SectionWriter writer(kKind);
  writer.begin_section() += "first";
  writer.begin_section();
  writer.begin_section() += "third section";
  return std::move(writer).finish();
}

// The error's message; empty when the octets are taken.
std::string refusal(const std::string& octets, const FileKind& kind = kKind) {
  const auto file = SectionedFile::read(octets_of(octets), kind, "some.file", Checksums::kVerify);
  if (!file) return file.error().message();
  const auto status = file->verify_sections();
  return status ? "" : status.error().message();
}

TEST(SectionedFile, ComesBackSectionBySection) {
  const std::string octets = some_file();
  const auto file = SectionedFile::read(octets_of(octets), kKind, "some.file", Checksums::kVerify);
  ASSERT_TRUE(file) << file.error().message();
  ASSERT_TRUE(file->verify_sections());
  EXPECT_EQ(text_of(file->section(0)), "first");
  EXPECT_EQ(text_of(file->section(1)), "");
  EXPECT_EQ(text_of(file->section(2)), "third section");
}

TEST(SectionedFile, TheSameOctetsCutElsewhereHaveAnotherDigest) {
  SectionWriter writer(kKind);
  writer.begin_section() += "firs";
  writer.begin_section() += "t";
  writer.begin_section() += "third section";
  const std::string octets = std::move(writer).finish();
  const auto digest_of = [](const std::string& file) {
    return SectionedFile::read(octets_of(file), kKind, "", Checksums::kVerify)->digest();
  };
  const std::string whole = some_file();
  EXPECT_NE(digest_of(octets), digest_of(whole));
  EXPECT_EQ(digest_of(whole), digest_of(some_file()));
}

TEST(SectionedFile, EveryOctetIsUnderAChecksum) {
  const std::string whole = some_file();
  ASSERT_EQ(refusal(whole), "");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bit : {0x01, 0x80}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      EXPECT_TRUE(refusal(damaged).starts_with("some.file: ")) << "octet " << at;
    }
  }
}

TEST(SectionedFile, NoLengthButItsOwn) {
  const std::string whole = some_file();
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_NE(refusal(whole.substr(0, size)), "") << size;
  EXPECT_NE(refusal(whole + '\0'), "");
}

TEST(SectionedFile, SaysWhatIsWrong) {
  const std::string whole = some_file();
  const auto with = [&](std::size_t at, char octet) {
    std::string changed = whole;
    changed[at] = octet;
    return changed;
  };
  EXPECT_EQ(refusal("PK\3\4 something else"), "some.file: not a Schoolgate test file");
  EXPECT_EQ(refusal(""), "some.file: not a Schoolgate test file");
  EXPECT_EQ(refusal(whole.substr(0, 20)), "some.file: cut short in its header");
  EXPECT_EQ(refusal(with(8, 4)), "some.file: its format is 4, and this version reads 3; it was made by a newer one");
  EXPECT_EQ(refusal(with(8, 2)), "some.file: its format is 2, and this version reads 3; build the lists again");
  EXPECT_EQ(refusal(with(30, 'x')), "some.file: its header is damaged");  // in the digest
  EXPECT_EQ(refusal(with(whole.size() - 1, 'x')), "some.file: the checksum of section 3 is wrong");
  EXPECT_EQ(refusal(whole.substr(0, whole.size() - 1)),
            fmt::format("some.file: it has {} octets, and its header says {}", whole.size() - 1, whole.size()));
}

TEST(SectionedFile, WithoutChecksumsSectionsStillLieInside) {
  std::string damaged = some_file();
  damaged[damaged.size() - 1] = 'x';
  auto file = SectionedFile::read(octets_of(damaged), kKind, "some.file", Checksums::kIgnore);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->verify_sections());
  damaged[48] = 120;  // the first section's size
  EXPECT_FALSE(SectionedFile::read(octets_of(damaged), kKind, "some.file", Checksums::kIgnore));
}

TEST(Octets, ReaderNeverLeavesItsBlock) {
  std::string octets;
  append(octets, std::uint16_t{0x1234});
  append_text(octets, "abc");
  EXPECT_EQ(octets, std::string("\x34\x12\3\0\0\0abc", 9));
  OctetReader reader(octets_of(octets));
  EXPECT_EQ(reader.number<std::uint16_t>(), 0x1234);
  EXPECT_EQ(reader.text(), "abc");
  EXPECT_TRUE(reader.is_good());
  EXPECT_TRUE(reader.is_at_end());
  EXPECT_EQ(reader.number<std::uint8_t>(), 0);
  EXPECT_FALSE(reader.is_good());
  OctetReader too_long(octets_of(octets).first(8));
  too_long.number<std::uint16_t>();
  EXPECT_EQ(too_long.text(), "");
  EXPECT_FALSE(too_long.is_good());
}

}  // namespace
}  // namespace schoolgate::filter

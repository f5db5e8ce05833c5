#include "lists/source/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/clock.h"
#include "base/file.h"
#include "tests/lists/names_of.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/read_source.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

constexpr std::size_t kMost = 1 << 20;

struct File {
  std::string path, octets;
  bool is_link = false;
};

enum class Kind { kTar, kTarGz, kTarXz, kTarZst, kZip };

std::string pack(const std::vector<File>& files, Kind kind = Kind::kTarGz) {
  std::string packed(8 << 20, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  kind == Kind::kZip ? archive_write_set_format_zip(writer) : archive_write_set_format_ustar(writer);
  if (kind == Kind::kTarGz) archive_write_add_filter_gzip(writer);
  if (kind == Kind::kTarXz) archive_write_add_filter_xz(writer);
  if (kind == Kind::kTarZst) archive_write_add_filter_zstd(writer);
  archive_write_open_memory(writer, packed.data(), packed.size(), &used);
  for (const File& file : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, file.path.c_str());
    archive_entry_set_filetype(entry, file.is_link ? AE_IFLNK : AE_IFREG);
    if (file.is_link) archive_entry_set_symlink(entry, file.octets.c_str());
    archive_entry_set_size(entry, file.is_link ? 0 : static_cast<la_int64_t>(file.octets.size()));
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    if (!file.is_link) archive_write_data(writer, file.octets.data(), file.octets.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  packed.resize(used);
  return packed;
}

// One compressed file without an archive around it.
std::string compressed(const std::string& octets) {
  std::string packed(1 << 20, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_raw(writer);
  archive_write_add_filter_gzip(writer);
  archive_write_open_memory(writer, packed.data(), packed.size(), &used);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_pathname(entry, "data");
  archive_write_header(writer, entry);
  archive_write_data(writer, octets.data(), octets.size());
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
  packed.resize(used);
  return packed;
}

// A tar that is small, and beyond its end nine MiB of nothing.
std::string compressed_behind_the_end() {
  return compressed(pack({{"a/domains", "a.example\n"}}, Kind::kTar) + std::string(9 << 20, '\0'));
}

std::string read(const std::string& octets, std::string_view folder = "", std::size_t most = kMost) {
  const auto list = read_archive("it", octets, folder, most);
  return list ? *list : "error: " + list.error().message();
}

const std::vector<File> kAdult = {{"adult/domains", "a.example\n"},
                                  {"adult/urls", "b.example/x\n"},
                                  {"adult/usage", "black\n"},
                                  {"adult/README", "c.example\n"}};
constexpr const char* kAdultJoined = "a.example\n[file] urls\nb.example/x\n";

TEST(Archive, IsKnownByItsOctets) {
  for (const Kind kind : {Kind::kTar, Kind::kTarGz, Kind::kTarXz, Kind::kTarZst, Kind::kZip}) {
    EXPECT_TRUE(is_archive(pack(kAdult, kind)));
  }
  EXPECT_TRUE(is_archive(compressed("a.example\n")));
  for (const char* list : {"", "a.example\n", "||a.example^\n", "PK", "BZhosting.example\n", "# \x1f\x8b\n"})
    EXPECT_FALSE(is_archive(list)) << list;
}

TEST(Archive, EachKindOfTheCorpusIsKnown) {
  const std::string folder = std::string(SCHOOLGATE_SOURCE_DIR) + "/tests/fuzz/corpus/archive";
  std::size_t known = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string octets = base::read_file(file.path().string()).value();
    EXPECT_TRUE(is_archive(octets)) << file.path();
    EXPECT_TRUE(read(octets, file.path().filename().string().starts_with("two") ? "games" : "").find(".example\n") !=
                std::string::npos)
        << file.path();
    ++known;
  }
  EXPECT_EQ(known, 7u);
}

TEST(Archive, ACompressedFileIsTheList) { EXPECT_EQ(read(compressed("a.example\n")), "a.example\n"); }

TEST(Archive, ACategoryFolderIsReadAsOne) {
  for (const Kind kind : {Kind::kTar, Kind::kTarGz, Kind::kTarXz, Kind::kTarZst, Kind::kZip}) {
    EXPECT_EQ(read(pack(kAdult, kind)), kAdultJoined) << static_cast<int>(kind);
  }
  EXPECT_EQ(read(pack(kAdult), "adult"), kAdultJoined);
}

TEST(Archive, WhereverTheFolderLies) {
  EXPECT_EQ(read(pack({{"./blacklists/adult/domains", "a.example\n"}})), "a.example\n");
  EXPECT_EQ(read(pack({{"./blacklists/adult/domains", "a.example\n"}}), "adult"), "a.example\n");
  EXPECT_EQ(read(pack({{"domains", "a.example\n"}})), "a.example\n");
}

TEST(Archive, OneFileOfAnyNameIsTheList) {
  EXPECT_EQ(read(pack({{"list.txt", "a.example\n"}}, Kind::kZip)), "a.example\n");
  EXPECT_EQ(read(pack({{"one.txt", "a.example\n"}, {"two.txt", "b.example\n"}})),
            "error: it: has several files, and none is called 'domains', 'urls' or 'expressions'");
  EXPECT_EQ(read(pack({})), "error: it: there is no file in it");
}

TEST(Archive, OfSeveralFoldersOneHasToBeNamed) {
  const std::string packed = pack({{"b/adult/domains", "a.example\n"},
                                   {"b/games/domains", "g.example\n"},
                                   {"b/games/urls", "h.example\n"},
                                   {"b/CATEGORIES", "adult games"}});
  EXPECT_EQ(read(packed, "games"), "g.example\n[file] urls\nh.example\n");
  EXPECT_EQ(read(packed, "adult"), "a.example\n");
  EXPECT_EQ(read(packed),
            "error: it: has several category folders, and the source should say which, as '…#adult': adult, games");
  EXPECT_EQ(read(packed, "gambling"), "error: it: has no category folder 'gambling'; it has adult, games");
  EXPECT_EQ(read(compressed("x"), "adult"), "error: it: has no category folder 'adult'; it has none");
}

TEST(Archive, OneThatListsWhatIsAllowedIsRefused) {
  EXPECT_EQ(read(pack({{"a/domains", "a.example\n"}, {"a/usage", "white\n"}})),
            "error: it: its file 'usage' says that it lists what is to be allowed");
}

TEST(Archive, LinksArePassedOver) {
  EXPECT_EQ(read(pack({{"a/expressions", "/etc/passwd", true}, {"a/urls", "b.example\n"}})),
            "[file] urls\nb.example\n");
}

TEST(Archive, ABombIsNotUnpackedFurther) {
  const std::string bomb = pack({{"a/domains", std::string(4 << 20, 'x')}});
  ASSERT_LT(bomb.size(), 20'000u);
  EXPECT_EQ(read(bomb), "error: it: holds more than 1 MiB, and was not unpacked further");
  std::vector<File> many;
  for (int i = 0; i < 3; ++i)
    many.push_back({std::string("a/") + (i == 0   ? "domains"
                                         : i == 1 ? "urls"
                                                  : "expressions"),
                    std::string(400'000, 'x')});
  EXPECT_EQ(read(pack(many)), "error: it: holds more than 1 MiB, and was not unpacked further");
  EXPECT_EQ(read(compressed(std::string(900'000, 'x')), "", 800'000),
            "error: it: holds more than 0 MiB, and was not unpacked further");
}

// To get behind a file its octets are unpacked too.
TEST(Archive, ABombThatIsPassedOverIsNotUnpackedEither) {
  const std::string zeros(9 << 20, '\0');
  const char* refused = "error: it: holds more than 8 MiB beside the list, and was not unpacked further";
  const std::vector<File> wanted_last = {{"b/adult/domains", zeros}, {"b/games/domains", "g.example\n"}};
  EXPECT_EQ(read(pack(wanted_last), "games"), refused);
  const std::vector<File> many = {
      {"1", "x"}, {"2", "x"}, {"3", zeros.substr(4 << 20)}, {"4", zeros.substr(4 << 20)}, {"a/domains", "a.example\n"}};
  EXPECT_EQ(read(pack(many)), refused) << "what is passed over counts together";
  const std::vector<File> few = {{"1", "x"}, {"2", "x"}, {"3", zeros.substr(2 << 20)}, {"a/domains", "a.example\n"}};
  EXPECT_EQ(read(pack(few)), "a.example\n");
  EXPECT_EQ(read(compressed_behind_the_end()), refused);
}

TEST(Archive, OfTwoFoldersOfOneNameThePathSaysWhich) {
  const std::string packed = pack({{"b/games/domains", "g.example\n"},
                                   {"b/hobby/games/domains", "h.example\n"},
                                   {"b/hobby/mygames/domains", "m.example\n"}});
  EXPECT_EQ(
      read(packed, "games"),
      "error: it: has several category folders 'games', and the source should say which, as '…#b/games': b/games, "
      "b/hobby/games");
  EXPECT_EQ(read(packed, "hobby/games"), "h.example\n");
  EXPECT_EQ(read(packed, "b/games"), "g.example\n");
  EXPECT_EQ(read(packed, "mygames"), "m.example\n");
  EXPECT_EQ(read(pack({{"games/domains", "g.example\n"}, {"hobby/games/domains", "h.example\n"}}), "games"),
            "g.example\n")
      << "the whole path before the end of one";
}

TEST(Archive, AnEncryptedOneIsRefused) {
  std::string packed = pack(kAdult, Kind::kZip);
  for (std::size_t at = packed.find("PK\x03\x04"); at != std::string::npos; at = packed.find("PK\x03\x04", at + 1)) {
    packed[at + 6] = static_cast<char>(packed[at + 6] | 1);
  }
  for (std::size_t at = packed.find("PK\x01\x02"); at != std::string::npos; at = packed.find("PK\x01\x02", at + 1)) {
    packed[at + 8] = static_cast<char>(packed[at + 8] | 1);
  }
  EXPECT_EQ(read(packed), "error: it: is encrypted");
}

TEST(Archive, ManyMembersOfAGzipAreOne) {
  EXPECT_EQ(read(compressed("a.example\n") + compressed("b.example\n")), "a.example\nb.example\n");
  std::string changed = compressed("a.example\n") + compressed("b.example\n");
  changed[changed.size() - 5] = static_cast<char>(changed[changed.size() - 5] ^ 1);  // of the last checksum
  EXPECT_EQ(read(changed), "error: it: cannot be unpacked: incorrect data check");
}

TEST(Archive, CutAnywhereItIsNeverAnotherList) {
  std::string names;
  for (int i = 0; i < 300; ++i) names += "n" + std::to_string(i * 7919) + ".example\n";
  for (const std::string& whole :
       {pack({{"a/domains", names}}), compressed(names), pack({{"a/domains", names}}, Kind::kTarXz),
        pack({{"a/domains", names}, {"a/expressions", "x\n"}}, Kind::kTar)}) {
    const std::string uncut = read(whole);
    ASSERT_TRUE(uncut.starts_with(names)) << uncut;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string list = read(whole.substr(0, size));
      EXPECT_TRUE(list.starts_with("error: ") || list == uncut) << size;
    }
  }
}

// A name of which one letter is another is another name.
TEST(Archive, WithAnyOctetChangedItIsNeverAnotherList) {
  for (const std::string& whole : {pack(kAdult), compressed(kAdultJoined), pack(kAdult, Kind::kTarXz)}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const int bit : {0x01, 0x20}) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ bit);
        const std::string list = read(changed);
        EXPECT_TRUE(list.starts_with("error: ") || list == kAdultJoined) << at << ": " << list;
      }
    }
  }
}

// Through a source: what is kept is the list, not the archive, and a folder is named behind a '#'.
TEST(Archive, IsASource) {
  const support::TemporaryFolder folder, state;
  std::filesystem::create_directories(copy_folder(state.path()));
  Source source{"one", "games",
                folder.write("lists.bin", pack({{"b/adult/domains", "a.example\n"},
                                                {"b/games/domains", "g.example\nh.example\n"}}))};
  source.folder = "games";
  const PlainReading reading = read_source(source, {no_guard(), state.path(), 1});
  EXPECT_EQ(reading.report.problem, "");
  EXPECT_EQ(reading.report.rules, 2u);
  EXPECT_EQ(reading.report.source, folder.file("lists.bin") + "#games");
  EXPECT_EQ(base::read_file(copy_path(state.path(), "one")).value(), "g.example\nh.example\n");
  folder.write("lists.bin", pack(kAdult).substr(0, 100));
  const PlainReading kept = read_source(source, {no_guard(), state.path(), 2});
  EXPECT_TRUE(kept.report.kept_copy);
  EXPECT_EQ(kept.report.rules, 2u);
  EXPECT_NE(kept.report.problem.find("cannot be unpacked"), std::string::npos) << kept.report.problem;
}

// The archive is the same file, and what the last build read of it is not what is asked for now.
TEST(Archive, AnotherFolderOfItIsAnotherList) {
  const support::TemporaryFolder folder, state;
  std::filesystem::create_directories(copy_folder(state.path()));
  Source source{
      "one", "games",
      folder.write("lists.bin", pack({{"b/adult/domains", "a.example\n"}, {"b/games/domains", "g.example\n"}}))};
  const std::int64_t later_us = base::SystemClock().wall_us() + 60'000'000;
  source.folder = "games";
  const PlainReading games = read_source(source, {no_guard(), state.path(), later_us});
  EXPECT_EQ(names_of(*games.rules), std::vector<std::string>{"g.example"});
  EXPECT_NE(games.report.stamp, "");
  source.folder = "adult";
  const PlainReading adult = read_source(source, {no_guard(), state.path(), later_us, {{"one", games.report.stamp}}});
  EXPECT_EQ(names_of(*adult.rules), std::vector<std::string>{"a.example"});
}

}  // namespace
}  // namespace schoolgate::lists

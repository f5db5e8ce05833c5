// Lists whose names may not be stored, through a whole build: what is in force, and what lies in the state folder.
#include "filter/file/image_format.h"
#include "lists/build.h"
#include "lists/opaque/opaque_key.h"
#include "lists/report/report.h"
#include "tests/lists/full_disk.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using support::TemporaryFolder;
using Tags = std::vector<std::string>;

class OpaqueBuild : public testing::Test {
 protected:
  OpaqueBuild() : taxonomy_(Taxonomy::read(source_tree("lists/data/taxonomy.toml"))) {}
  void SetUp() override {
    ASSERT_TRUE(taxonomy_) << taxonomy_.error().message();
    folder_.write("games.txt", "play.example\n");
    folder_.write("secret.txt", "# secret\nverysecretname.example\n*.belowsecret.test\nverysecret..name\n");
  }

  Source secret(bool opaque = true) const {
    return {"secret", "child-abuse", folder_.file("secret.txt"), "domains", opaque};
  }
  std::vector<Source> sources(bool opaque = true) const {
    return {{"games", "games", folder_.file("games.txt"), "domains"}, secret(opaque)};
  }
  base::Result<BuildOutcome> build(const std::vector<Source>& sources) const {
    return build_image(*taxonomy_, no_guard(), {}, sources, state());
  }
  BuildOutcome build_well(const std::vector<Source>& sources) const {
    auto outcome = build(sources);
    if (!outcome) ADD_FAILURE() << outcome.error().message();
    return outcome.value_or(BuildOutcome{});
  }
  std::string state() const { return folder_.file("state"); }
  bool has(const std::string& file) const { return std::filesystem::exists(state() + "/" + file); }
  Tags tags_of(std::string_view name) const {
    const auto image = open_image(image_path(state()), state());
    if (!image) return {image.error().message()};
    auto scratch = (*image)->make_scratch();
    return (*image)->tags().ids((*image)->classify(*dns::Name::parse(name), *scratch));
  }
  // The files below the state folder in which `word` stands, forwards, backwards or in capitals.
  std::vector<std::string> files_with(std::string word) const {
    std::string upper = word;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    std::string turned(word.rbegin(), word.rend());
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(state())) {
      if (!entry.is_regular_file()) continue;
      const std::string octets = base::read_file(entry.path()).value();
      for (const std::string& form : {word, upper, turned}) {
        if (octets.find(form) == std::string::npos) continue;
        found.push_back(entry.path().filename());
        break;
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  TemporaryFolder folder_;
  base::Result<Taxonomy> taxonomy_;
};

TEST_F(OpaqueBuild, ItsRulesAreInForce) {
  const BuildOutcome outcome = build_well(sources());
  EXPECT_EQ(tags_of("verysecretname.example"), Tags{"child-abuse"});
  EXPECT_EQ(tags_of("www.verysecretname.example"), Tags{"child-abuse"});
  EXPECT_EQ(tags_of("belowsecret.test"), Tags{});
  EXPECT_EQ(tags_of("www.belowsecret.test"), Tags{"child-abuse"});
  EXPECT_EQ(tags_of("play.example"), Tags{"games"});
  EXPECT_EQ(outcome.rules, 3u);
  ASSERT_EQ(outcome.lists.size(), 2u);
  EXPECT_FALSE(outcome.lists[0].opaque);
  EXPECT_TRUE(outcome.lists[1].opaque);
  EXPECT_EQ(outcome.lists[1].rules, 2u);
  EXPECT_TRUE(read_report(state())->lists[1].opaque);
}

// The words of the names, so that wire form, key and text are all looked for; control: the same list in the clear.
TEST_F(OpaqueBuild, NoFileOfTheStateFolderHasAName) {
  build_well(sources());
  build_well(sources());  // and the image before
  EXPECT_TRUE(has("filter.image.previous") && has("lists/secret.hashed") && has("opaque.key"));
  for (const char* word : {"verysecret", "belowsecret", "secretname"}) EXPECT_EQ(files_with(word), Tags{}) << word;
  build_well(sources(false));
  EXPECT_EQ(files_with("verysecret"), (Tags{"filter.image.lines", "filter.report.json", "secret", "secret.rules"}));
}

TEST_F(OpaqueBuild, APatternIsRejectedWithItsLineAndStoredNowhere) {
  folder_.write("secret.txt", "^verysecret[0-9]\n(^|\\.)belowsecret\\.test$\n");
  Source patterns = secret();
  patterns.format = "regex";
  const BuildOutcome outcome = build_well({sources()[0], patterns});
  const ListReport& report = outcome.lists[1];
  EXPECT_EQ(report.rules, 0u);
  EXPECT_NE(report.problem.find("no rule in it (rejected: 2)"), std::string::npos) << report.problem;
  ASSERT_EQ(report.rejected.size(), 2u);
  for (std::uint32_t i = 0; i < 2; ++i) {
    EXPECT_EQ(report.rejected[i].line, i + 1);
    EXPECT_EQ(report.rejected[i].text, "");
    EXPECT_EQ(report.rejected[i].reason, "a pattern cannot be hashed, and its list is opaque");
  }
  for (const char* word : {"verysecret", "belowsecret"}) EXPECT_EQ(files_with(word), Tags{}) << word;
  EXPECT_EQ(tags_of("belowsecret.test"), Tags{});
}

// The trie is coded, so that words do not stand in it: nothing of an image but hashes and version depends on the names.
TEST_F(OpaqueBuild, OnlyHashesAndVersionDependOnTheNames) {
  const auto image_of = [this](const std::string& names) {
    folder_.write("secret.txt", names);
    build_well(sources());
    return base::read_file(image_path(state())).value();
  };
  const std::string first = image_of("verysecretname.example\nother.test\n");
  const std::string second = image_of("a.example\n*.quite.another.test\n");
  const auto file_of = [](const std::string& octets) {
    return filter::SectionedFile::read(filter::octets_of(octets), filter::kImageFile, "x", filter::Checksums::kVerify)
        .value();
  };
  using filter::ImageSection;
  for (const ImageSection section : {ImageSection::kTags, ImageSection::kTagSets, ImageSection::kStandings,
                                     ImageSection::kStandingLists, ImageSection::kTrie, ImageSection::kPatterns}) {
    EXPECT_EQ(filter::text_of(file_of(first).section(section)), filter::text_of(file_of(second).section(section)));
  }
  EXPECT_NE(filter::text_of(file_of(first).section(ImageSection::kOpaque)),
            filter::text_of(file_of(second).section(ImageSection::kOpaque)));
}

TEST_F(OpaqueBuild, WhatHasBecomeOpaqueLiesNowhereInTheClearAnyMore) {
  build_well(sources(false));
  build_well(sources(false));
  ASSERT_EQ(files_with("verysecret").size(), 5u) << "image before, its lines, the report, the copy and its rules";
  build_well(sources());
  EXPECT_EQ(files_with("verysecret"), Tags{});
  EXPECT_FALSE(has("filter.image.previous")) << "it has the names";
  EXPECT_EQ(tags_of("verysecretname.example"), Tags{"child-abuse"});
  build_well(sources());
  EXPECT_TRUE(has("filter.image.previous")) << "from now on there is one to keep";
  EXPECT_TRUE(open_image(previous_image_path(state()), state()));
}

TEST_F(OpaqueBuild, TheLastGoodVersionStaysWhenTheSourceIsGone) {
  build_well(sources());
  std::filesystem::remove(folder_.file("secret.txt"));
  folder_.write("games.txt", "other.example\n");
  const BuildOutcome outcome = build_well(sources());
  EXPECT_TRUE(outcome.lists[1].kept_copy && outcome.lists[1].opaque);
  EXPECT_EQ(tags_of("www.verysecretname.example"), Tags{"child-abuse"});
  EXPECT_EQ(tags_of("other.example"), Tags{"games"});
  EXPECT_EQ(files_with("verysecret"), Tags{});
}

TEST_F(OpaqueBuild, OpaqueNoLongerItStaysSoUntilItIsRead) {
  build_well(sources());
  std::filesystem::rename(folder_.file("secret.txt"), folder_.file("away.txt"));
  const BuildOutcome kept = build_well(sources(false));
  EXPECT_TRUE(kept.lists[1].kept_copy && kept.lists[1].opaque);
  EXPECT_EQ(tags_of("verysecretname.example"), Tags{"child-abuse"});
  std::filesystem::rename(folder_.file("away.txt"), folder_.file("secret.txt"));
  EXPECT_FALSE(build_well(sources(false)).lists[1].opaque);
  EXPECT_EQ(tags_of("verysecretname.example"), Tags{"child-abuse"});
  EXPECT_FALSE(has("lists/secret.hashed"));
}

// An image without the list would let its names through.
TEST_F(OpaqueBuild, WithTheKeyAndTheSourceGoneTheImageStays) {
  const std::string digest = build_well(sources()).image_digest;
  const std::string key = base::read_file(opaque_key_path(state())).value();
  std::filesystem::remove(opaque_key_path(state()));
  std::filesystem::remove(folder_.file("secret.txt"));
  const auto outcome = build(sources());
  ASSERT_FALSE(outcome);
  EXPECT_TRUE(outcome.error().message().starts_with("list 'secret': cannot open ")) << outcome.error().message();
  EXPECT_NE(outcome.error().message().find("put the key or the source back"), std::string::npos);
  EXPECT_EQ(read_report(state())->image_digest, digest);
  folder_.write("state/opaque.key", key);
  std::filesystem::permissions(opaque_key_path(state()), std::filesystem::perms::owner_read);
  EXPECT_EQ(tags_of("verysecretname.example"), Tags{"child-abuse"});
  EXPECT_EQ(build_well(sources()).image_digest, digest);
}

TEST_F(OpaqueBuild, WithTheKeyGoneAndTheSourceThereANewOneIsMade) {
  const std::string digest = build_well(sources()).image_digest;
  std::filesystem::remove(opaque_key_path(state()));
  EXPECT_NE(build_well(sources()).image_digest, digest);
  EXPECT_EQ(tags_of("verysecretname.example"), Tags{"child-abuse"});
  EXPECT_FALSE(has("filter.image.previous")) << "of the old key, it serves nobody";
}

TEST_F(OpaqueBuild, WithoutAnOpaqueListThereIsNoKey) {
  build_well(sources(false));
  EXPECT_FALSE(has("opaque.key"));
}

TEST_F(OpaqueBuild, OnAFullDiskTheImageStaysAndNoNameIsLeftBehind) {
  const std::string digest = build_well(sources()).image_digest;
  folder_.write("secret.txt", "nextsecretname.example\n");
  {
    const FullDisk full(300);
    EXPECT_FALSE(build(sources()));
  }
  EXPECT_EQ((*open_image(image_path(state()), state()))->digest(), digest);
  EXPECT_EQ(files_with("secretname"), Tags{});
}

// The reason says no more than that: a name in it would say which rule the list has.
TEST_F(OpaqueBuild, ARuleThatWouldBlockWhatIsProtectedIsSetAsideWithoutAWordOfIt) {
  folder_.write("secret.txt", "a.example\nverysecrethelp.example\nb.example\n");
  const Guard guard({{*dns::Name::parse("verysecrethelp.example"), true, "a helpline"}}, PublicSuffixes::read().value(),
                    {});
  const auto outcome = build_image(*taxonomy_, guard, {}, sources(), state());
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(tags_of("verysecrethelp.example"), Tags{});
  EXPECT_EQ(tags_of("b.example"), Tags{"child-abuse"});
  EXPECT_EQ(outcome->lists[1].guarded, 1u);
  ASSERT_EQ(outcome->lists[1].rejected.size(), 1u);
  EXPECT_EQ(outcome->lists[1].rejected[0].text, "");
  EXPECT_EQ(outcome->lists[1].rejected[0].reason, "would block what is protected");
  EXPECT_EQ(files_with("verysecrethelp"), std::vector<std::string>{});
}

}  // namespace
}  // namespace schoolgate::lists

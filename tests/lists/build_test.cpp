#include "lists/build.h"

#include <chrono>
#include <optional>
#include <thread>

#include "filter/image.h"
#include "lists/build_lock.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/open_watch.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using support::TemporaryFolder;

class BuildImage : public testing::Test {
 protected:
  BuildImage() : taxonomy_(Taxonomy::read(source_tree("lists/data/taxonomy.toml"))) {}
  void SetUp() override { ASSERT_TRUE(taxonomy_) << taxonomy_.error().message(); }

  Source source(const std::string& id, const std::string& category, const std::string& format = "auto") const {
    return {id, category, folder_.file(id + ".txt"), format};
  }
  base::Result<BuildOutcome> build(const std::vector<Source>& sources) const {
    return build_image(*taxonomy_, no_guard(), {}, sources, state());
  }
  std::string state() const { return folder_.file("state"); }
  // The ids of the tags that the image on disk gives the name.
  std::vector<std::string> tags_of(std::string_view name) const {
    const auto image = filter::Image::open(image_path(state()));
    if (!image) return {image.error().message()};
    auto scratch = (*image)->make_scratch();
    return (*image)->tags().ids((*image)->classify(*dns::Name::parse(name), *scratch));
  }

  TemporaryFolder folder_;
  base::Result<Taxonomy> taxonomy_;
};

using Tags = std::vector<std::string>;

TEST_F(BuildImage, RulesOfEachFormatAreInForce) {
  folder_.write("games.txt", "Play.example\n*.under.example\n");
  folder_.write("ads.txt", "0.0.0.0 ads.example play.example\n");
  const auto outcome = build({source("games", "games"), source("ads", "ads")});
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(tags_of("play.example"), (Tags{"games", "ads"}));
  EXPECT_EQ(tags_of("www.play.example"), Tags{"games"});
  EXPECT_EQ(tags_of("under.example"), Tags{});
  EXPECT_EQ(tags_of("www.under.example"), Tags{"games"});
  EXPECT_EQ(tags_of("ads.example"), Tags{"ads"});
  EXPECT_EQ(tags_of("www.ads.example"), Tags{});
  EXPECT_EQ(outcome->rules, 4u);
  ASSERT_EQ(outcome->lists.size(), 2u);
  EXPECT_EQ(outcome->lists[0].rules, 2u);
  EXPECT_EQ(outcome->lists[1].rules, 2u);
  EXPECT_EQ(outcome->lists[1].format, "hosts");
  EXPECT_EQ(outcome->image_digest, (*filter::Image::open(image_path(state())))->digest());
}

// As in dnsmasq and Unbound, whichever line comes first; and a list's exceptions are its own.
TEST_F(BuildImage, TheDeepestOptionDecides) {
  folder_.write("games.txt",
                "address=/ads.good.bad.example/#\nserver=/good.bad.example/#\naddress=/bad.example/bücher.example/\n");
  folder_.write("ads.txt",
                "local-zone: \"bad.example\" always_null\nlocal-zone: \"good.bad.example\" always_transparent\n"
                "local-data: \"ads.good.bad.example A 0.0.0.0\"\nlocal-zone: \"fine.bad.example\" transparent\n");
  const auto outcome = build({source("games", "games"), source("ads", "ads")});
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->lists[0].format + " " + outcome->lists[1].format, "dnsmasq unbound");
  EXPECT_EQ(tags_of("www.bad.example"), (Tags{"games", "ads"}));
  EXPECT_EQ(tags_of("good.bad.example"), Tags{});
  EXPECT_EQ(tags_of("www.good.bad.example"), Tags{});
  EXPECT_EQ(tags_of("ads.good.bad.example"), (Tags{"games", "ads"}));
  EXPECT_EQ(tags_of("www.ads.good.bad.example"), Tags{"games"});
  EXPECT_EQ(tags_of("fine.bad.example"), (Tags{"games", "ads"}));
  EXPECT_EQ(tags_of("www.xn--bcher-kva.example"), Tags{"games"});
}

TEST_F(BuildImage, PatternsAreInForceAndThoseThatCannotBeAreTold) {
  const std::string long_one = "^(" + std::string(300, 'a') + "|b";
  folder_.write("ads.txt", "# patterns\n^ad[0-9]+\\.\n(^|\\.)ads\\.example$\n(ad\n.*\n" + long_one + "\n^x;invert\n");
  const auto outcome = build({source("ads", "ads", "regex")});
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(tags_of("ad7.example"), Tags{"ads"});
  EXPECT_EQ(tags_of("www.ads.example"), Tags{"ads"});
  EXPECT_EQ(tags_of("bad7.example"), Tags{});
  EXPECT_EQ(outcome->rules, 2u);
  const ListReport& report = outcome->lists[0];
  EXPECT_EQ(report.format, "regex");
  EXPECT_EQ(report.rules, 2u);
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.rejected_count, 4u);
  ASSERT_EQ(report.rejected.size(), 4u);
  EXPECT_EQ(report.rejected[0].line, 7u);
  EXPECT_EQ(report.rejected[1].line, 4u);
  EXPECT_EQ(report.rejected[1].text, "(ad");
  EXPECT_EQ(report.rejected[1].reason.find("Missing close parenthesis"), 0u) << report.rejected[1].reason;
  EXPECT_EQ(report.rejected[2].reason, "it matches every name");
  EXPECT_EQ(report.rejected[3].reason.find("Missing close parenthesis"), 0u) << "and not what is in `text` already";
  EXPECT_EQ(read_report(state())->lists[0].rejected[1].reason, report.rejected[1].reason);
}

TEST_F(BuildImage, APatternThatMatchesTooManyPopularNamesIsHeldBack) {
  folder_.write("ads.txt", "^popular\n^ads\n");
  std::vector<dns::Name> popular;
  for (int i = 0; i < 200; ++i) {
    popular.push_back(*dns::Name::parse((i < 50 ? "popular" : "other") + std::to_string(i) + ".example"));
  }
  const auto outcome = build_image(*taxonomy_, no_guard(), popular, {source("ads", "ads", "regex")}, state());
  ASSERT_TRUE(outcome) << outcome.error().message();
  ASSERT_EQ(outcome->lists[0].rejected.size(), 1u);
  EXPECT_EQ(outcome->lists[0].rejected[0].line, 1u);
  EXPECT_EQ(tags_of("popular.example"), Tags{});
  EXPECT_EQ(tags_of("ads.example"), Tags{"ads"});
}

// What the filter refuses is known only when it was built.
TEST_F(BuildImage, AListWhosePatternsAreAllRefusedIsMissing) {
  folder_.write("ads.txt", "(ad\n.*\n");
  folder_.write("games.txt", "play.example\n");
  const auto outcome = build({source("games", "games"), source("ads", "ads", "regex")});
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->lists[1].rules, 0u);
  EXPECT_EQ(outcome->lists[1].problem,
            folder_.file("ads.txt") + ": not one of its rules can be used (rejected: 2), so this list is missing");
  const auto alone = build({source("ads", "ads", "regex")});
  ASSERT_FALSE(alone) << "an image without a rule";
  EXPECT_NE(alone.error().message().find("list 'ads': " + outcome->lists[1].problem), std::string::npos)
      << alone.error().message();
  EXPECT_EQ(tags_of("play.example"), Tags{"games"}) << "the image stays";
}

TEST_F(BuildImage, ARuleKnowsItsListLineAndVersion) {
  folder_.write("games.txt", "# a list\nplay.example # fun\n");
  const auto outcome = build({source("games", "games")});
  ASSERT_TRUE(outcome) << outcome.error().message();
  const auto image = filter::Image::open(image_path(state()));
  ASSERT_TRUE(image) << image.error().message();
  const auto hits = (*image)->explain(*dns::Name::parse("www.play.example"));
  ASSERT_TRUE(hits) << hits.error().message();
  ASSERT_EQ(hits->size(), 1u);
  EXPECT_EQ((*hits)[0].list, "games");
  EXPECT_EQ((*hits)[0].line, 2u);
  EXPECT_EQ((*hits)[0].text, "play.example # fun");
  EXPECT_EQ((*hits)[0].version, outcome->lists[0].version);
}

TEST_F(BuildImage, ListsStandInTheOrderOfTheSettingsMissingOnesToo) {
  folder_.write("b.txt", "b.example\n");
  ASSERT_TRUE(build({source("z", "games"), source("b", "ads"), source("a", "social")}));
  const auto image = filter::Image::open(image_path(state()));
  ASSERT_TRUE(image);
  ASSERT_EQ((*image)->lists().size(), 3u);
  EXPECT_EQ((*image)->lists()[0].id, "z");
  EXPECT_EQ((*image)->lists()[1].id, "b");
  EXPECT_EQ((*image)->lists()[1].source, folder_.file("b.txt"));
  EXPECT_EQ((*image)->lists()[2].id, "a");
}

TEST_F(BuildImage, TheReportIsWhatTheBuildSaid) {
  folder_.write("games.txt", "play.example\ncom\n");
  const auto outcome = build({source("games", "games"), source("gone", "ads")});
  ASSERT_TRUE(outcome) << outcome.error().message();
  const auto report = read_report(state());
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->image_digest, outcome->image_digest);
  EXPECT_EQ(report->rules, 1u);
  ASSERT_EQ(report->lists.size(), 2u);
  EXPECT_EQ(report->lists[0].rejected_count, 1u);
  EXPECT_EQ(report->lists[0].rejected[0].line, 2u);
  EXPECT_TRUE(report->lists[1].problem.ends_with("so this list is missing")) << report->lists[1].problem;
  EXPECT_GT(report->seconds, 0);
}

TEST_F(BuildImage, VanishedEmptiedAndRecoveredSources) {
  const std::vector<Source> sources = {source("games", "games"), source("ads", "ads")};
  folder_.write("games.txt", "play.example\n");
  folder_.write("ads.txt", "ads.example\n");
  ASSERT_TRUE(build(sources));

  std::filesystem::remove(folder_.file("games.txt"));
  folder_.write("ads.txt", "");
  const auto kept = build(sources);
  ASSERT_TRUE(kept) << kept.error().message();
  EXPECT_TRUE(kept->lists[0].kept_copy && kept->lists[1].kept_copy);
  EXPECT_EQ(tags_of("play.example"), Tags{"games"});
  EXPECT_EQ(tags_of("ads.example"), Tags{"ads"});

  folder_.write("games.txt", "other.example\n");
  folder_.write("ads.txt", "ads.example\nmore.example\n");
  const auto recovered = build(sources);
  ASSERT_TRUE(recovered) << recovered.error().message();
  EXPECT_EQ(recovered->lists[0].problem + recovered->lists[1].problem, "");
  EXPECT_EQ(tags_of("play.example"), Tags{});
  EXPECT_EQ(tags_of("other.example"), Tags{"games"});
  EXPECT_EQ(tags_of("more.example"), Tags{"ads"});
}

TEST_F(BuildImage, WithNoListAtAllTheLastImageStays) {
  folder_.write("games.txt", "play.example\n");
  ASSERT_TRUE(build({source("games", "games")}));
  const auto outcome = build({source("gone", "ads"), source("lost", "ads")});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code(), base::ErrorCode::kUnavailable);
  EXPECT_NE(outcome.error().message().find("list 'lost': cannot open"), std::string::npos) << outcome.error().message();
  EXPECT_EQ(tags_of("play.example"), Tags{"games"});
}

// A school may begin with name rules alone.
// An empty file says no more than a missing one: a filter without rules would let everything through.
TEST_F(BuildImage, WithNoRuleInAnyListTheLastImageStays) {
  folder_.write("games.txt", "");
  folder_.write("ads.txt", "<html>not found</html>\n");
  EXPECT_EQ(build({source("games", "games"), source("ads", "ads")}).error().code(), base::ErrorCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(image_path(state())));
}

TEST_F(BuildImage, TheImageBeforeIsKeptUnlessTheNextOneIsDamaged) {
  const auto digest_of = [](const std::string& path) {
    const auto image = filter::Image::open(path);
    return image ? (*image)->digest() : image.error().message();
  };
  const std::string previous = previous_image_path(state());
  folder_.write("games.txt", "one.example\n");
  const std::string first = build({source("games", "games")})->image_digest;
  EXPECT_FALSE(std::filesystem::exists(previous));
  folder_.write("games.txt", "two.example\n");
  ASSERT_TRUE(build({source("games", "games")}));
  EXPECT_EQ(digest_of(previous), first);
  EXPECT_TRUE((*filter::Image::open(previous))->explain(*dns::Name::parse("one.example"))) << "its lines lie beside it";
  std::filesystem::remove(image_path(state()));
  folder_.write("state/filter.image", "damaged");
  ASSERT_TRUE(build({source("games", "games")}));
  EXPECT_EQ(digest_of(previous), first);
}

TEST_F(BuildImage, NoSourcesGiveAnImageWithoutRules) {
  const auto outcome = build({});
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->rules, 0u);
  EXPECT_EQ(tags_of("play.example"), Tags{});
}

TEST_F(BuildImage, WrongSettingsAreRefused) {
  folder_.write("a.txt", "a.example\n");
  const std::vector<std::pair<std::vector<Source>, std::string>> table = {
      {{source("a", "games"), source("a", "ads")}, "list 'a': another list has this id"},
      {{source("a", "gamse")}, "list 'a': unknown category 'gamse' (did you mean 'games'?)"},
      {{source("a", "games", "excel")}, "list 'a': unknown format 'excel', and should be one of " + format_names()},
      {{source("../a", "games")}, "list '../a': an id may hold letters, digits and '-', at most 100 of them"},
      {{source("", "games")}, "list '': an id may hold letters, digits and '-', at most 100 of them"},
  };
  for (const auto& [sources, message] : table) {
    const auto outcome = build(sources);
    ASSERT_FALSE(outcome) << message;
    EXPECT_EQ(outcome.error().code(), base::ErrorCode::kInvalid);
    EXPECT_EQ(outcome.error().message(), message);
  }
}

TEST_F(BuildImage, TheSameSourcesGiveTheSameImage) {
  folder_.write("games.txt", "play.example\nother.example\n");
  const auto first = build({source("games", "games")});
  const auto bytes = base::read_file(image_path(state()));
  const auto second = build({source("games", "games")});
  ASSERT_TRUE(first && second && bytes);
  EXPECT_EQ(first->image_digest, second->image_digest);
  EXPECT_EQ(*bytes, *base::read_file(image_path(state())));
}

TEST_F(BuildImage, WaitsForAnotherBuildAndClearsAwayAfterAKilledOne) {
  folder_.write("games.txt", "play.example\n");
  std::filesystem::create_directories(state() + "/lists");
  const std::vector<std::string> left = {folder_.write("state/filter.image.tmp-aB3dE6", "half"),
                                         folder_.write("state/opaque.key.tmp-aB3dE6", "half"),
                                         folder_.write("state/lists/games.tmp-aB3dE6", "half")};
  const std::string of_the_daemon = folder_.write("state/local_rules.toml.tmp-aB3dE6", "half");
  std::optional<base::Result<BuildLock>> other = BuildLock::take(state());
  ASSERT_TRUE(*other);
  bool was_alone = false;
  std::jthread end([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    was_alone = std::filesystem::exists(left[0]) && !std::filesystem::exists(image_path(state()));
    other.reset();
  });
  const auto outcome = build({source("games", "games")});
  end.join();
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_TRUE(was_alone);
  for (const std::string& path : left) EXPECT_FALSE(std::filesystem::exists(path)) << path;
  EXPECT_TRUE(std::filesystem::exists(of_the_daemon)) << "that one is being written";
}

TEST_F(BuildImage, TheStarterListsGoIntoForceWhole) {
  std::vector<Source> sources;
  for (const Category& category : taxonomy_->categories()) {
    if (category.hidden) continue;
    const std::string path = source_tree("lists/data/starter/" + category.tag.id + ".txt");
    sources.push_back({"starter-" + category.tag.id, category.tag.id, path, "auto"});
  }
  const auto outcome = build(sources);
  ASSERT_TRUE(outcome) << outcome.error().message();
  for (const ListReport& list : outcome->lists) {
    EXPECT_EQ(list.problem, "");
    EXPECT_EQ(list.rejected_count, 0u) << list.id;
    EXPECT_EQ(tags_of(list.category + ".schoolgate.test"), Tags{list.category});
  }
}

// The rules around it go into force, each in its place; and so it is when the lists are built again.
TEST_F(BuildImage, ARuleThatWouldBlockWhatIsProtectedIsSetAsideAlone) {
  folder_.write("games.txt", "a.example\nhelp.example\nb.example\nco.uk\nwww.help.example\nc.example\n");
  const Guard guard({{*dns::Name::parse("help.example"), true, "a helpline"}}, PublicSuffixes::read().value(), {});
  for (int i = 0; i < 2; ++i) {
    const auto outcome = build_image(*taxonomy_, guard, {}, {source("games", "games")}, state());
    ASSERT_TRUE(outcome) << outcome.error().message();
    for (const char* name : {"a.example", "b.example", "c.example"}) EXPECT_EQ(tags_of(name), Tags{"games"}) << name;
    for (const char* name : {"help.example", "www.help.example", "x.co.uk"}) EXPECT_EQ(tags_of(name), Tags{}) << name;
    const ListReport& list = outcome->lists[0];
    EXPECT_EQ(list.rules, 3u);
    EXPECT_EQ(list.guarded, 3u);
    EXPECT_EQ(list.rejected_count, 3u);
    ASSERT_EQ(list.rejected.size(), 3u);
    EXPECT_EQ(list.rejected[0].reason, "would block 'help.example', which is a helpline");
    EXPECT_TRUE(list.rejected[0].guarded);
    EXPECT_EQ(list.rejected[1].line, 4u);
    EXPECT_EQ(list.rejected[1].reason,
              "covers every name under a public suffix: if that is meant, say may_block_suffixes = true of the list");
  }
}

TEST_F(BuildImage, APatternThatAimsAtNamesBelowOneOfTheShippedGuardIsSetAside) {
  folder_.write("games.txt",
                "^ask\\.childline\\.org\\.uk$\n(^|\\.)help[a-z]*\\.childline\\.org\\.uk$\n[a-z]+\\.samaritans\\.org\n"
                "^zz[0-9]+\\.nhs\\.uk$\n^zz[0-9]+\\.google\\.com$\n");
  const auto guard = Guard::read(SCHOOLGATE_SOURCE_DIR "/lists/data", {}, {});
  ASSERT_TRUE(guard) << guard.error().message();
  const auto built = build_image(*taxonomy_, *guard, {}, {source("games", "games", "regex")}, state());
  ASSERT_TRUE(built) << built.error().message();
  EXPECT_EQ(built->lists[0].guarded, 4u);
  EXPECT_EQ(built->lists[0].rules, 1u) << "of google.com the names below it are nobody's guard";
  for (const char* name : {"ask.childline.org.uk", "helpers.childline.org.uk", "wales.samaritans.org", "zz9.nhs.uk"}) {
    EXPECT_EQ(tags_of(name), Tags{}) << name;
  }
  EXPECT_EQ(tags_of("zz9.google.com"), Tags{"games"});
}

TEST_F(BuildImage, APatternThatWouldIsSetAsideAndCounted) {
  folder_.write("games.txt", "^bets\n(^|\\.)help\\.example$\nelp\\.ex\n(^|\\.)zip$\n");
  const Guard guard({{*dns::Name::parse("help.example"), true, "a helpline"}}, PublicSuffixes::read().value(), {});
  Source wanted = source("games", "games", "regex");
  const auto strict = build_image(*taxonomy_, guard, {}, {wanted}, state());
  ASSERT_TRUE(strict) << strict.error().message();
  EXPECT_EQ(strict->lists[0].rules, 1u);
  EXPECT_EQ(strict->lists[0].guarded, 3u);
  wanted.suffixes = Guard::Suffixes::kMayBeBlocked;
  const auto wide = build_image(*taxonomy_, guard, {}, {wanted}, state());
  ASSERT_TRUE(wide) << wide.error().message();
  EXPECT_EQ(wide->lists[0].guarded, 2u);
  EXPECT_EQ(tags_of("bad.zip"), Tags{"games"});
  EXPECT_EQ(tags_of("help.example"), Tags{});
}

// One that is fetched is replaced as a whole: nobody need wait until its time can no more be that of another writing.
TEST_F(BuildImage, OnlyListsThatHaveChangedAreRead) {
  std::vector<Source> sources = {source("games", "games"), source("ads", "ads")};
  for (Source& one : sources) one.remote.emplace().url = "https://lists.example/" + one.id;
  folder_.write("games.txt", "play.example\n");
  folder_.write("ads.txt", "ads.example\n");
  ASSERT_TRUE(build(sources));
  folder_.write("ads.txt", "more-ads.example\n");
  const OpenWatch games(sources[0].path), ads(sources[1].path);
  ASSERT_TRUE(build(sources));
  EXPECT_FALSE(games.was_opened());
  EXPECT_TRUE(ads.was_opened());
  EXPECT_EQ(tags_of("play.example"), Tags{"games"});
  EXPECT_EQ(tags_of("more-ads.example"), Tags{"ads"});
  EXPECT_EQ(tags_of("ads.example"), Tags{});
}

TEST_F(BuildImage, OfAListThatIsGoneNoRulesAreKept) {
  folder_.write("games.txt", "play.example\n");
  folder_.write("ads.txt", "ads.example\n");
  ASSERT_TRUE(build({source("games", "games"), source("ads", "ads")}));
  EXPECT_TRUE(std::filesystem::exists(state() + "/lists/ads.rules"));
  ASSERT_TRUE(build({source("games", "games")}));
  EXPECT_TRUE(std::filesystem::exists(state() + "/lists/games.rules"));
  EXPECT_FALSE(std::filesystem::exists(state() + "/lists/ads.rules"));
}

}  // namespace
}  // namespace schoolgate::lists

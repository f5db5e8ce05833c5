#include "lists/versions/versions.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "filter/image.h"
#include "lists/build.h"
#include "lists/opaque/opaque_key.h"
#include "lists/source/list_source.h"
#include "lists/versions/version_store.h"
#include "tests/lists/full_disk.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/read_source.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

const PersonsDecision kJane{"jane", "seen", 900};

std::string names(const std::string& start, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += start + std::to_string(i) + ".example\n";
  return text;
}

// One list, "one", whose source changes between builds.
class Versions : public testing::Test {
 protected:
  Versions() : taxonomy_(Taxonomy::read(source_tree("lists/data/taxonomy.toml"))) {}
  ListReport build(const std::string& text, bool opaque = false) {
    folder_.write("one.txt", text);
    return build_again(opaque);
  }
  ListReport build_again(bool opaque = false) {
    const Source source{"one", "games", folder_.file("one.txt"), "auto", opaque};
    const auto outcome = build_image(*taxonomy_, no_guard(), {}, {source}, state());
    if (!outcome) throw std::runtime_error(outcome.error().message());
    return outcome->lists[0];
  }
  bool blocks(const std::string& name) const {
    const auto image = open_image(image_path(state()), state());
    if (!image) throw std::runtime_error(image.error().message());
    auto scratch = (*image)->make_scratch();
    return !(*image)->tags().ids((*image)->classify(*dns::Name::parse(name), *scratch)).empty();
  }
  std::string state() const { return folder_.file("state"); }
  std::size_t files_of_versions(const std::string& folder = "one.versions") const {
    std::error_code ignored;
    const auto files = std::filesystem::directory_iterator(state() + "/lists/" + folder, ignored);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  support::TemporaryFolder folder_;
  base::Result<Taxonomy> taxonomy_;
};

TEST_F(Versions, NewsGoesIntoForceAndIsLogged) {
  EXPECT_EQ(build(names("a", 300)).version_number, 1u);
  const ListReport report = build(names("b", 310));
  EXPECT_EQ(report.version_number, 2u);
  EXPECT_EQ(report.problem, "");
  EXPECT_FALSE(report.held);
  EXPECT_TRUE(blocks("b0.example"));
  EXPECT_FALSE(blocks("a0.example"));
  EXPECT_EQ(read_version_log(state(), "one")->versions().size(), 2u);
  EXPECT_EQ(read_version(state(), "one", 1).value(), names("a", 300));
}

TEST_F(Versions, AnUnchangedListWritesNothing) {
  build(names("a", 300));
  const auto log = folder_.file("state/lists/one.versions/log.json");
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(log, old);
  build_again();
  EXPECT_EQ(std::filesystem::last_write_time(log), old);
  EXPECT_EQ(files_of_versions(), 2u);
}

TEST_F(Versions, AnOddUpdateIsHeldBackAndTheGoodOneStays) {
  build(names("a", 300));
  const ListReport report = build(names("b", 20));
  EXPECT_TRUE(report.kept_copy);
  EXPECT_EQ(report.rules, 300u);
  EXPECT_EQ(report.version_number, 1u);
  ASSERT_TRUE(report.held);
  EXPECT_EQ(report.held->version, 2u);
  EXPECT_EQ(report.held->why, "shrinks from 300 rules to 20");
  EXPECT_FALSE(report.held->refused);
  EXPECT_EQ(
      report.problem,
      "an update is held back, since it shrinks from 300 rules to 20; version 1 stays in force: `schoolgate lists "
      "diff one` shows what would change, `schoolgate lists accept one` or `schoolgate lists refuse one` decides");
  EXPECT_TRUE(blocks("a299.example"));
  EXPECT_FALSE(blocks("b0.example"));
}

TEST_F(Versions, AcceptedItGoesIntoForceEvenWhenTheSourceIsGone) {
  build(names("a", 300));
  build(names("b", 20));
  std::filesystem::remove(folder_.file("one.txt"));
  const auto decided = accept_version(state(), "one", std::nullopt, kJane);
  ASSERT_TRUE(decided) << decided.error().message();
  EXPECT_EQ(decided->version.number, 2u);
  EXPECT_EQ(build_again().rules, 20u);
  EXPECT_TRUE(blocks("b0.example"));
  EXPECT_FALSE(blocks("a0.example"));
}

TEST_F(Versions, RefusedItIsNoProblemAnyMoreAndNotInForce) {
  build(names("a", 300));
  build(names("b", 20));
  ASSERT_TRUE(refuse_version(state(), "one", std::nullopt, kJane));
  const ListReport report = build_again();
  EXPECT_EQ(report.problem, "");
  ASSERT_TRUE(report.held);
  EXPECT_TRUE(report.held->refused);
  EXPECT_EQ(report.held->why, "seen");
  EXPECT_EQ(report.rules, 300u);
  EXPECT_EQ(build(names("c", 320)).version_number, 3u);
}

TEST_F(Versions, RolledBackTheEarlierIsInForceAndStaysSo) {
  build(names("a", 300));
  build(names("b", 310));
  ASSERT_TRUE(roll_back(state(), "one", std::nullopt, kJane));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(build_again().version_number, 1u);
    EXPECT_TRUE(blocks("a0.example"));
    EXPECT_FALSE(blocks("b0.example"));
  }
}

TEST_F(Versions, OnlyTheLastAreKeptWithWhatTheyHold) {
  for (int i = 0; i < 12; ++i) build(names("v" + std::to_string(i) + "-", 300));
  EXPECT_EQ(files_of_versions(), VersionStore::kMostKept + 1);
  const auto gone = roll_back(state(), "one", 1, kJane);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message(), "version 1 of list 'one' is not kept any more: the last 8 are");
  EXPECT_EQ(build_again().version_number, 12u);
  ASSERT_TRUE(roll_back(state(), "one", 5, kJane));
  EXPECT_EQ(build_again().version_number, 5u);
  EXPECT_TRUE(blocks("v4-0.example"));
}

TEST_F(Versions, WhatThereIsNotIsSaid) {
  const auto message_of = [](const auto& result) { return result ? "" : result.error().message(); };
  EXPECT_EQ(message_of(read_version_log(state(), "one")), "no version of a list 'one' was ever read");
  build(names("a", 3));
  EXPECT_EQ(message_of(accept_version(state(), "one", std::nullopt, kJane)), "no update of list 'one' is held back");
  EXPECT_EQ(message_of(roll_back(state(), "one", std::nullopt, kJane)), "list 'one' has had no other version in force");
  EXPECT_EQ(message_of(roll_back(state(), "one", 1, kJane)), "list 'one': version 1 is in force");
  EXPECT_EQ(message_of(read_version(state(), "one", 9)), "list 'one' has no version 9");
}

TEST_F(Versions, OnAFullDiskTheListIsInForceAndTheProblemSaid) {
  build(names("a", 300));
  folder_.write("one.txt", names("b", 310));
  const Source source{"one", "games", folder_.file("one.txt")};
  PlainReading reading;
  {
    const FullDisk disk(16);
    reading = read_source(source, {no_guard(), state(), 1});
  }
  EXPECT_EQ(reading.report.rules, 310u);
  EXPECT_NE(reading.report.problem, "");
  EXPECT_EQ(build_again().version_number, 2u);
}

TEST_F(Versions, ADamagedLogBeginsAnew) {
  build(names("a", 300));
  folder_.write("state/lists/one.versions/log.json", "{");
  const ListReport report = build(names("b", 10));
  EXPECT_EQ(report.rules, 10u);
  EXPECT_NE(report.problem.find("its log of versions begins anew"), std::string::npos) << report.problem;
  EXPECT_EQ(build_again().problem, "");
}

TEST_F(Versions, OfAnOpaqueListTheyAreHashesAndWorkAlike) {
  build(names("secret", 300), true);
  EXPECT_TRUE(build(names("other", 20), true).held);
  EXPECT_TRUE(blocks("secret0.example"));
  ASSERT_TRUE(accept_version(state(), "one", std::nullopt, kJane));
  EXPECT_EQ(build_again(true).rules, 20u);
  EXPECT_TRUE(blocks("other0.example"));
  EXPECT_EQ(read_version(state(), "one", 1).error().code(), base::ErrorCode::kForbidden);
  ASSERT_TRUE(roll_back(state(), "one", 1, kJane));
  EXPECT_EQ(build_again(true).rules, 300u);
  EXPECT_TRUE(blocks("secret0.example"));
  const VersionStore kept(state(), "one", true);
  for (const std::uint32_t number : {1U, 2U}) {
    EXPECT_EQ(kept.read_content(number).value().find("secret0"), std::string::npos) << number;
  }
  EXPECT_EQ(files_of_versions(), 0u);
}

TEST_F(Versions, AListThatBecomesOpaqueLeavesNoVersionInTheClear) {
  build(names("a", 300));
  EXPECT_EQ(files_of_versions(), 2u);
  build_again(true);
  EXPECT_EQ(files_of_versions(), 0u);
  EXPECT_EQ(files_of_versions("one.hashed.versions"), 2u);
  build_again(false);
  EXPECT_EQ(files_of_versions("one.hashed.versions"), 0u);
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/versions/version_diff.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using Texts = std::vector<std::string>;

TEST(RulesOf, ARuleIsWrittenAsThePolicyWritesNames) {
  EXPECT_EQ(
      rules_of({"||B.example^\n@@||ok.b.example^\n|only.example|\n/^ad[0-9]/\n||B.example^\n! no rule\n", "adblock"}),
      (Texts{"/^ad[0-9]/", "=only.example", "@@ok.b.example", "b.example"}));
  EXPECT_EQ(rules_of({"*.x.example\n", "domains"}), Texts{"*.x.example"});
}

TEST(VersionDifference, IsOfRulesAndNotOfLinesOrOrder) {
  const auto changed = difference({"a.example\nb.example # why\nc.example\n", "domains"},
                                  {"# new\nc.example\nB.example\nd.example\n", "domains"});
  EXPECT_EQ(changed.added, Texts{"d.example"});
  EXPECT_EQ(changed.removed, Texts{"a.example"});
}

// A hosts file means the names alone, so that the same names in another format are other rules.
TEST(VersionDifference, SeesAChangeOfFormat) {
  const auto changed = difference({"a.example\n", "domains"}, {"0.0.0.0 a.example\n", "hosts"});
  EXPECT_EQ(changed.added, Texts{"=a.example"});
  EXPECT_EQ(changed.removed, Texts{"a.example"});
}

bool is_nothing(const BothVersions::Blocked& blocked) { return !blocked.before && !blocked.after; }

TEST(BothVersions, SayWhatTheFilterWouldByEachAlone) {
  auto both = BothVersions::build({"||a.example^\n||b.example^\n@@||ok.b.example^\n", "adblock"},
                                  {"||b.example^\n/^ad[0-9]+\\./\n", "adblock"});
  ASSERT_TRUE(both) << both.error().message();
  const auto blocked = [&](const char* name) { return both->blocked(*dns::Name::parse(name)); };
  EXPECT_TRUE(blocked("www.a.example").before && !blocked("www.a.example").after);
  EXPECT_TRUE(!blocked("ok.b.example").before && blocked("ok.b.example").after);
  EXPECT_TRUE(blocked("b.example").before && blocked("b.example").after);
  EXPECT_FALSE(blocked("b.example").changes());
  EXPECT_TRUE(blocked("ad7.shop.test").changes());
  EXPECT_TRUE(is_nothing(blocked("c.example")));
}

TEST(BothVersions, LeaveNothingBehind) {
  const support::TemporaryFolder folder;  // other tests use the system's at the same time
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  auto both = BothVersions::build({"a.example\n", "domains"}, {"", "domains"});
  ::setenv("TMPDIR", "/nowhere", 1);
  const auto nowhere = BothVersions::build({"a.example\n", "domains"}, {"", "domains"});
  ::unsetenv("TMPDIR");
  ASSERT_TRUE(both) << both.error().message();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_TRUE(both->blocked(*dns::Name::parse("a.example")).changes());
  ASSERT_FALSE(nowhere) << "so that it is this folder which is used";
}

}  // namespace
}  // namespace schoolgate::lists

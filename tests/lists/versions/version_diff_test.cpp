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

std::vector<dns::Name> names(const Texts& texts) {
  std::vector<dns::Name> names;
  for (const std::string& text : texts) names.push_back(*dns::Name::parse(text));
  return names;
}

TEST(TouchedNames, AreThoseForWhichTheAnswerChanges) {
  const auto touched = touched_names(
      {"||a.example^\n||b.example^\n@@||ok.b.example^\n", "adblock"}, {"||b.example^\n/^ad[0-9]+\\./\n", "adblock"},
      names({"www.a.example", "ok.b.example", "b.example", "ad7.shop.test", "c.example"}));
  ASSERT_TRUE(touched) << touched.error().message();
  Texts told;
  for (const TouchedName& one : *touched) {
    told.push_back(one.name.to_text() + (one.blocked_before ? " was" : "") + (one.blocked_after ? " will be" : ""));
  }
  EXPECT_EQ(told, (Texts{"www.a.example was", "ok.b.example will be", "ad7.shop.test will be"}));
}

TEST(TouchedNames, LeavesNothingBehind) {
  const support::TemporaryFolder folder;  // other tests use the system's at the same time
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  const auto touched = touched_names({"a.example\n", "domains"}, {"", "domains"}, names({"a.example"}));
  ::setenv("TMPDIR", "/nowhere", 1);
  const auto nowhere = touched_names({"a.example\n", "domains"}, {"", "domains"}, names({"a.example"}));
  ::unsetenv("TMPDIR");
  ASSERT_TRUE(touched) << touched.error().message();
  EXPECT_EQ(touched->size(), 1u);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  ASSERT_FALSE(nowhere) << "so that it is this folder which is used";
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/local_rules/local_rules_file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

LocalRule rule(const char* name) {
  LocalRule rule;
  EXPECT_TRUE(read_written_name(name, rule));
  rule.category = "gambling";
  rule.added_by = "jane";
  return rule;
}

class LocalRulesFileTest : public testing::Test {
 protected:
  void write(const std::vector<LocalRule>& rules) const {
    ASSERT_TRUE(write_local_rules(folder_.path(), rules));
    ASSERT_TRUE(copy_local_rules(folder_.path(), rules));
  }
  KeptLocalRules kept() const { return read_local_rules(folder_.path()); }
  std::string file() const { return "local_rules.toml"; }

  support::TemporaryFolder folder_;
  const std::vector<LocalRule> one_ = {rule("x.example")};
  const std::vector<LocalRule> two_ = {rule("x.example"), rule("=y.example")};
};

TEST_F(LocalRulesFileTest, AtFirstThereAreNoneAndThatIsNoProblem) {
  EXPECT_TRUE(kept().rules.empty());
  EXPECT_EQ(kept().problem, "");
}

TEST_F(LocalRulesFileTest, WhatIsWrittenIsRead) {
  write(one_);
  write(two_);
  EXPECT_EQ(kept().rules, two_);
  EXPECT_EQ(kept().problem, "");
  write({});
  EXPECT_TRUE(kept().rules.empty());
  EXPECT_EQ(kept().problem, "");
}

TEST_F(LocalRulesFileTest, OfADamagedFileTheCopyHasEveryChange) {
  write(one_);
  write(two_);
  folder_.write(file(), "[[rule]]\nname = \n");
  EXPECT_EQ(kept().rules, two_);
  EXPECT_EQ(kept().problem.find(folder_.file(file()) + ":2:"), 0u) << kept().problem;
  EXPECT_TRUE(kept().problem.ends_with("; its copy is in force, until the next change with nothing lost"));
}

TEST_F(LocalRulesFileTest, ALostFileIsNoFirstStart) {
  write(two_);
  std::filesystem::remove(folder_.file(file()));
  EXPECT_EQ(kept().rules, two_);
  EXPECT_NE(kept().problem, "");
}

TEST_F(LocalRulesFileTest, ADamagedCopyDoesNotMatterWhileTheFileIsGood) {
  write(two_);
  folder_.write(file() + ".copy", "\xff");
  EXPECT_EQ(kept().rules, two_);
  EXPECT_EQ(kept().problem, "");
}

TEST_F(LocalRulesFileTest, WithBothDamagedNothingIsInForceAndThatIsSaid) {
  folder_.write(file(), "nonsense");
  EXPECT_TRUE(kept().rules.empty());
  EXPECT_TRUE(kept().problem.ends_with(
      "; no copy of it can be read either, so no local rule is in force: the lists alone decide"))
      << kept().problem;
  folder_.write(file() + ".copy", "nonsense");
  EXPECT_NE(kept().problem, "");
}

TEST_F(LocalRulesFileTest, WhatCouldNotBeReadIsKeptForWhoWroteIt) {
  folder_.write(file(), "my own words");
  keep_damaged_local_rules(folder_.path());
  write(one_);
  EXPECT_EQ(folder_.read(file() + ".damaged"), "my own words");
  EXPECT_EQ(kept().problem, "");
}

TEST_F(LocalRulesFileTest, WhatCannotBeWrittenLeavesWhatIsThere) {
  write(one_);
  const std::string absent = folder_.file("absent");
  EXPECT_EQ(write_local_rules(absent, two_).error().code(), base::ErrorCode::kNotFound);
  EXPECT_EQ(kept().rules, one_);
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/build_progress.h"

#include <filesystem>

#include "lists/build.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using Words = std::vector<std::string>;

class Recorder final : public BuildObserver {
 public:
  void see(const BuildStep& step) override {
    words.push_back(fmt::format("{} {}/{} {}: {} of {}", step.list.empty() ? "-" : step.list, step.number, step.lists,
                                step.octets, step.done, step.in_all));
    done.push_back(step.done);
  }
  void end_list(const ListReport& report, double seconds) override {
    words.push_back(fmt::format("{}: {} rules", report.id, report.rules));
    took.push_back(seconds);
  }
  Words words;
  std::vector<std::uint64_t> done;
  std::vector<double> took;
};

class BuildProgressTest : public testing::Test {
 protected:
  Source source(const std::string& id) const { return {id, "games", folder_.file(id), "domains"}; }
  base::Result<BuildOutcome> build(const std::vector<Source>& sources, BuildObserver* observer) const {
    const auto taxonomy = Taxonomy::read(source_tree("lists/data/taxonomy.toml"));
    return build_image(*taxonomy, no_guard(), {}, sources, folder_.file("state"), observer);
  }
  // So many names, a line each.
  std::string names(std::size_t count) const {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += fmt::format("n{:08}.example.\n", i);
    return text;
  }
  support::TemporaryFolder folder_;
};

TEST_F(BuildProgressTest, EachListInItsTurnAndThenTheImage) {
  folder_.write("one", "a.example\nb.example\n");
  std::filesystem::create_directory(folder_.file("two"));
  folder_.write("two/domains", "c.example\n");
  folder_.write("two/urls", "x.example/y\n");
  Recorder seen;
  ASSERT_TRUE(build({source("one"), {"two", "games", folder_.file("two")}, source("none")}, &seen));
  EXPECT_EQ(seen.words, (Words{"one 1/3 20: 0 of 42", "one: 2 rules", "two 2/3 22: 20 of 42", "two: 1 rules",
                               "none 3/3 0: 42 of 42", "none: 0 rules", "- 3/3 0: 42 of 42"}));
}

TEST_F(BuildProgressTest, ABigListIsToldOfBetweenItsEndsAndNotByTheLine) {
  constexpr std::size_t kNames = 2 * BuildProgress::kRulesBetween + 1;
  const std::string text = names(kNames);
  folder_.write("big", text);
  Recorder seen;
  ASSERT_TRUE(build({source("big")}, &seen));
  ASSERT_EQ(seen.done.size(), 4u) << "its beginning, two words between, the image";
  EXPECT_EQ(seen.done[0], 0u);
  EXPECT_NEAR(static_cast<double>(seen.done[1]), static_cast<double>(text.size()) / 2, 40);
  EXPECT_NEAR(static_cast<double>(seen.done[2]), static_cast<double>(text.size()), 40);
  EXPECT_EQ(seen.done[3], text.size());
  ASSERT_EQ(seen.took.size(), 1u);
  EXPECT_GT(seen.took[0], 0);
}

TEST(BuildProgress, IsToldInSharesOfTheListAsItLies) {
  const support::TemporaryFolder folder;
  const std::vector<Source> sources = {{"one", "games", folder.write("one", "a.example\n")}};
  Recorder seen;
  BuildProgress progress(sources, &seen);
  progress.begin_list(0);
  progress.tell(30, 60);  // unpacked it is longer
  progress.tell(0, 0);
  EXPECT_EQ(seen.done, (std::vector<std::uint64_t>{0, 5}));
}

TEST_F(BuildProgressTest, NobodyNeedsToLook) {
  folder_.write("one", "a.example\n");
  EXPECT_TRUE(build({source("one")}, nullptr));
}

}  // namespace
}  // namespace schoolgate::lists

#include "lists/kept_rules.h"

#include "base/clock.h"
#include "lists/versions/versions.h"
#include "tests/lists/names_of.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/open_watch.h"
#include "tests/lists/read_source.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using Names = std::vector<std::string>;

class KeptRulesTest : public testing::Test {
 protected:
  KeptRulesTest() : source_{"one", "games", folder_.file("one.txt")} {
    std::filesystem::create_directories(copy_folder(state_.path()));
  }
  // As the builds of a school that follow each other, long after the file was written.
  PlainReading read(const Guard& guard = no_guard()) {
    PlainReading reading = read_source(source_, {guard, state_.path(), now_us(), {{"one", stamp_}}});
    stamp_ = reading.report.stamp;
    return reading;
  }
  static std::int64_t now_us() { return base::SystemClock().wall_us() + 60'000'000; }
  std::string rules_path() const { return state_.file("lists/one.rules"); }
  // In its place the rules of another list, as if they were this one's.
  void plant(const std::string& name) const {
    auto kept = filter::ListRules::read(*filter::Mapping::of_file(rules_path()), "kept");
    ASSERT_TRUE(kept) << kept.error().message();
    filter::ListRulesBuilder planted;
    planted.add_name(filter::Reach::kBoth, filter::Exception::kNo, *dns::Name::parse(name), 1, name);
    state_.write("lists/one.rules", std::move(planted).encode(kept->made_from(), kept->note()));
  }

  support::TemporaryFolder folder_;
  support::TemporaryFolder state_;
  Source source_;
  std::string stamp_;
};

TEST_F(KeptRulesTest, AListThatHasNotChangedIsNotEvenOpened) {
  folder_.write("one.txt", "a.example\nb.example/path\n");
  const PlainReading first = read();
  EXPECT_NE(first.report.stamp, "");
  const OpenWatch source(folder_.file("one.txt"));
  const OpenWatch copy(state_.file("lists/one"));
  const PlainReading again = read();
  EXPECT_FALSE(source.was_opened());
  EXPECT_FALSE(copy.was_opened());
  ASSERT_TRUE(again.rules);
  EXPECT_EQ(names_of(*again.rules), Names{"a.example"});
  EXPECT_EQ(again.report.version, first.report.version);
  EXPECT_EQ(again.report.version_number, 1u);
  EXPECT_EQ(again.report.rejected_count, 1u);
  EXPECT_EQ(again.report.problem, "");
  stamp_.clear();
  read();
  EXPECT_TRUE(source.was_opened());
}

TEST_F(KeptRulesTest, OctetsThatAreTheSameAreNotParsedAgain) {
  folder_.write("one.txt", "a.example\n");
  read();
  plant("planted.example");
  folder_.write("one.txt", "a.example\n");  // written again: its stamp is another
  EXPECT_EQ(names_of(*read().rules), Names{"planted.example"});
  folder_.write("one.txt", "b.example\n");
  EXPECT_EQ(names_of(*read().rules), Names{"b.example"});
}

TEST_F(KeptRulesTest, AnotherSettingMeansOtherRules) {
  folder_.write("one.txt", "a.example\n");
  const auto is_parsed_again = [&](const Guard& guard = no_guard()) {
    plant("planted.example");
    return names_of(*read(guard).rules) == Names{"a.example"};
  };
  read();
  EXPECT_FALSE(is_parsed_again());
  source_.suffixes = Guard::Suffixes::kMayBeBlocked;
  EXPECT_TRUE(is_parsed_again());
  source_.action = ListAction::kNxDomain;
  EXPECT_TRUE(is_parsed_again());
  source_.format = "domains";
  EXPECT_TRUE(is_parsed_again());
  const Guard other({{*dns::Name::parse("b.example"), false, "a helpline"}}, PublicSuffixes::read().value(), {});
  EXPECT_TRUE(is_parsed_again(other));
  EXPECT_FALSE(is_parsed_again(other));
}

TEST_F(KeptRulesTest, TheSettingsOfNowAreReported) {
  folder_.write("one.txt", "a.example\n");
  read();
  source_.category = "ads";
  const PlainReading reading = read();
  EXPECT_EQ(reading.report.category, "ads");
  EXPECT_EQ(reading.report.source, folder_.file("one.txt"));
}

TEST_F(KeptRulesTest, DamagedOnesAreOfNoUseAndDoNoHarm) {
  folder_.write("one.txt", "a.example\n");
  for (const std::string& damaged : {std::string(), std::string("garbage"), std::string(5000, 'x')}) {
    read();
    state_.write("lists/one.rules", damaged);
    EXPECT_EQ(names_of(*read().rules), Names{"a.example"});
  }
  read();
  std::filesystem::remove(rules_path());
  EXPECT_EQ(names_of(*read().rules), Names{"a.example"});
  EXPECT_TRUE(std::filesystem::exists(rules_path()));
}

TEST_F(KeptRulesTest, WithoutTheCopyItIsReadAgain) {
  folder_.write("one.txt", "a.example\n");
  read();
  std::filesystem::remove(state_.file("lists/one"));
  read();
  EXPECT_EQ(base::read_file(state_.file("lists/one")).value_or("(none)"), "a.example\n");
}

// What a person has not looked at yet, or has refused, is told at every build.
TEST_F(KeptRulesTest, AnUpdateThatIsHeldBackIsToldAgain) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += fmt::format("n{}.example\n", i);
  folder_.write("one.txt", many);
  read();
  folder_.write("one.txt", "a.example\n");
  for (int build = 0; build < 3; ++build) {
    const PlainReading held = read();
    ASSERT_TRUE(held.report.held) << build;
    EXPECT_FALSE(held.report.held->refused);
    EXPECT_EQ(held.report.rules, 1000u);
    EXPECT_EQ(names_of(*held.rules).size(), 1000u);
  }
  ASSERT_TRUE(refuse_version(state_.path(), "one", std::nullopt, {"a person", "no", 1}));
  for (int build = 0; build < 3; ++build) {
    const PlainReading refused = read();
    ASSERT_TRUE(refused.report.held) << build;
    EXPECT_TRUE(refused.report.held->refused);
  }
  ASSERT_TRUE(accept_version(state_.path(), "one", 2, {"a person", "yes", 2}));
  for (int build = 0; build < 3; ++build) {
    const PlainReading accepted = read();
    EXPECT_FALSE(accepted.report.held);
    EXPECT_EQ(names_of(*accepted.rules), Names{"a.example"});
    EXPECT_EQ(accepted.report.version_number, 2u);
  }
  ASSERT_TRUE(roll_back(state_.path(), "one", std::nullopt, {"a person", "no after all", 3}));
  for (int build = 0; build < 3; ++build) EXPECT_EQ(names_of(*read().rules).size(), 1000u);
}

TEST_F(KeptRulesTest, OfAListThatHasBecomeOpaqueTheyAreRemoved) {
  folder_.write("one.txt", "a.example\n");
  read();
  KeptRules(source_, {no_guard(), state_.path()}).remove();
  EXPECT_FALSE(std::filesystem::exists(rules_path()));
}

TEST_F(KeptRulesTest, OfOtherListsTheyAreRemoved) {
  for (const char* name : {"one.rules", "two.rules", "two", "three.hashed"})
    state_.write(std::string("lists/") + name, "x");
  remove_kept_rules(state_.path(), {"one"});
  EXPECT_TRUE(std::filesystem::exists(state_.file("lists/one.rules")));
  EXPECT_FALSE(std::filesystem::exists(state_.file("lists/two.rules")));
  EXPECT_TRUE(std::filesystem::exists(state_.file("lists/two")));
  EXPECT_TRUE(std::filesystem::exists(state_.file("lists/three.hashed")));
}

}  // namespace
}  // namespace schoolgate::lists

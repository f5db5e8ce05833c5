#include "admin-cli/coverage.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

// A daemon whose policy blocks gambling, of which its one list has twelve names.
class CoverageTest : public testing::Test {
 protected:
  void SetUp() override {
    lists::ListReport few, feed;
    few.id = "ours";
    few.category = "gambling";
    few.rules = 12;
    feed.category = "child-abuse";
    feed.rules = 5'000;
    place_.service.built = lists::BuildOutcome{{few, feed}, "d", 12, 0};
    place_.service.set_policy("default_group = \"everyone\"\n[[group]]\nid = \"everyone\"\nblock = [\"gambling\"]\n");
    place_.start_daemon();
  }
  Workplace place_;
};

TEST_F(CoverageTest, StatusAndListsSayWhatIsNotCovered) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"status"}, {"lists", "ls"}}) {
    const Ran ran = place_.run(words);
    EXPECT_EQ(ran.exit, 0) << ran.err;
    EXPECT_EQ(ran.out.find("! gambling: 12 names of at least 1,000: blocked, and not covered\n"), 0u) << ran.out;
    EXPECT_NE(ran.out.find("schoolgate lists catalogue --category C"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.out.find("Nothing needs a person."), std::string::npos);
  }
}

TEST_F(CoverageTest, ProgramsGetNumbers) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"status", "--json"}, {"lists", "ls", "--json"}}) {
    const web::Json said = web::Json::parse(place_.run(words).out)["below_floor"];
    EXPECT_EQ(said.dump(), R"([{"category":"gambling","names":12,"floor":1000}])");
  }
}

TEST_F(CoverageTest, EnoughNamesAreQuiet) {
  place_.service.built->lists[0].rules = 1'000;
  EXPECT_EQ(place_.run({"status"}).out.find("Nothing needs a person.\n"), 0u);
  EXPECT_EQ(place_.run({"lists", "ls"}).out.find("not covered"), std::string::npos);
}

// A starter policy blocks thirty categories, each with a handful of names.
TEST(Coverage, ManyAreOneLine) {
  std::ostringstream out, err;
  web::Json answer;
  for (const char* category : {"a", "b", "c", "d", "e"}) {
    answer["below_floor"].push_back({{"category", category}, {"names", 1U}, {"floor", 10U}});
  }
  EXPECT_NE(below_floor_lines(answer, {out, err}).find("! e: 1 name of at least 10"), std::string::npos);
  answer["below_floor"].push_back({{"category", "f"}, {"names", 1U}, {"floor", 10U}});
  const std::string text = below_floor_lines(answer, {out, err});
  EXPECT_EQ(text.find("! 6 categories are blocked, and have too few names to be covered: a, b, c, d, e, f\n"), 0u)
      << text;
  EXPECT_NE(text.find("schoolgate lists add --set secondary"), std::string::npos);
}

TEST(Coverage, OneNameIsOneName) {
  std::ostringstream out, err;
  const auto answer = web::Json::parse(R"({"below_floor":[{"category":"a\u001bb","names":1,"floor":10}]})");
  EXPECT_EQ(below_floor_lines(answer, {out, err}).find("! a\\027b: 1 name of at least 10: blocked, and not covered\n"),
            0u);
  EXPECT_EQ(below_floor_lines(web::Json::object(), {out, err}), "");
}

}  // namespace
}  // namespace schoolgate::admin_cli

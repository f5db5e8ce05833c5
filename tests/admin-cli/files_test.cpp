#include "admin-cli/files.h"
#include "lists/formats/format.h"

#include <gtest/gtest.h>

#include <iostream>

#include <nlohmann/json.hpp>

#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using ::testing::Test;
using web::Json;

class FilesTest : public Test {
 protected:
  Ran check_many(const std::string& names) const {
    const Input input(names);
    return place_.run({"check", "--stdin"});
  }
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  Workplace place_;
};

TEST_F(FilesTest, BuildsTheImageFromThePolicysLists) {
  const Ran ran = place_.run({"lists", "build"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(ran.out, "our-gambling")) << ran.out;
  EXPECT_TRUE(has(ran.out, "Built ")) << ran.out;
  EXPECT_TRUE(std::filesystem::exists(place_.path("state/filter.image")));
  const Ran json = place_.run({"lists", "build", "--json"});
  EXPECT_EQ(Json::parse(json.out)["lists"][0]["rules"], 1);
}

TEST_F(FilesTest, ABuildThatCannotBeIsOneWithAReason) {
  std::filesystem::remove(place_.path("gambling.txt"));
  const Ran ran = place_.run({"lists", "build"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_TRUE(has(ran.err, "our-gambling")) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(place_.path("state/filter.image")));
}

// As the daemon builds: from what is in force, whatever the configuration says by now.
TEST_F(FilesTest, BuildsFromFilesNamedInFullWithoutAConfiguration) {
  std::filesystem::remove(place_.path("schoolgate.toml"));
  const std::string state = place_.path("elsewhere");
  const Ran ran = place_.run(
      {"lists", "build", "--state", state, "--policy", place_.path("policy.toml"), "--data", place_.path(".")});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(std::filesystem::exists(state + "/filter.image"));
  EXPECT_EQ(place_.run({"lists", "build", "--state", state}).exit, 2);
  EXPECT_EQ(place_.run({"lists", "build", "--data", state}).exit, 2);
}

TEST_F(FilesTest, ChecksWithoutADaemonAndSaysSo) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  const Ran pupils = place_.run({"check", "https://www.Bet365.com/x"});
  EXPECT_EQ(pupils.exit, 0);
  EXPECT_TRUE(has(pupils.err, "not running"));
  EXPECT_TRUE(has(pupils.out,
                  "www.bet365.com is BLOCKED for group pupils: category gambling (our-gambling, line 2: "
                  "bet365.com)"))
      << pupils.out;
  const Ran staff = place_.run({"check", "bet365.com", "--device", "10.0.0.7", "--json"});
  const Json report = Json::parse(staff.out);
  EXPECT_EQ(report["verdict"], "allowed");
  EXPECT_EQ(report["device"], "lab-pc-07");
  EXPECT_EQ(report["group"], "staff");
}

TEST_F(FilesTest, OfflineDoesNotAskTheDaemon) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  place_.service.report = base::Error(base::ErrorCode::kUnavailable, "must not be asked");
  place_.start_daemon();
  const Ran ran = place_.run({"check", "bet365.com", "--offline"});
  EXPECT_EQ(ran.exit, 0);
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(place_.run({"check", "bet365.com"}).exit, 1);
}

TEST_F(FilesTest, AnOpaqueListIsBuiltAndCheckedWithItsKey) {
  place_.write("policy.toml",
               "default_group = \"pupils\"\n[[list]]\nid = \"ours\"\ncategory = \"gambling\"\nsource = "
               "\"gambling.txt\"\nopaque = true\n[[group]]\nid = \"pupils\"\nparent = \"everyone\"\nblock = "
               "[\"gambling\"]\n");
  const Ran built = place_.run({"lists", "build"});
  ASSERT_EQ(built.exit, 0) << built.err;
  EXPECT_TRUE(has(built.out, "domains, opaque")) << built.out;
  EXPECT_FALSE(has(built.out, "script")) << "the rejected line is not shown: " << built.out;
  const Ran one = place_.run({"check", "www.bet365.com"});
  EXPECT_TRUE(has(one.out, "www.bet365.com is BLOCKED for group pupils: category gambling (ours)\n")) << one.out;
  EXPECT_FALSE(has(one.out, "line 2")) << one.out;
  EXPECT_EQ(check_many("www.bet365.com\nother.example\n").out,
            "www.bet365.com\tblocked\tgambling\tgambling\nother.example\tallowed\totherwise\t-\n");

  std::filesystem::remove(place_.path("state/opaque.key"));
  for (const Ran& ran : {place_.run({"check", "www.bet365.com"}), check_many("www.bet365.com\n")}) {
    EXPECT_EQ(ran.exit, 1);
    EXPECT_EQ(ran.out, "") << "never unfiltered";
    EXPECT_TRUE(has(ran.err, place_.path("state/opaque.key") + ": No such file")) << ran.err;
    EXPECT_TRUE(has(ran.err, "build the lists again")) << ran.err;
  }
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  EXPECT_EQ(place_.run({"check", "www.bet365.com"}).exit, 0);
}

TEST_F(FilesTest, LocalRulesCountWithoutADaemonToo) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  place_.write("state/local_rules.toml",
               "[[rule]]\nname = \"bet365.com\"\neffect = \"lift\"\ncategory = \"gambling\"\nreason = \"ours\"\n"
               "added_by = \"jane\"\nadded = \"2026-11-25T09:30:00Z\"\n[[rule]]\nname = \"=odd.example\"\n"
               "effect = \"give\"\ncategory = \"gambling\"\nreason = \"\"\nadded_by = \"jane\"\n"
               "added = \"2026-11-25T09:30:00Z\"\n");
  const Ran lifted = place_.run({"check", "bet365.com", "--offline"});
  EXPECT_EQ(lifted.err, "");
  EXPECT_TRUE(has(lifted.out, "bet365.com is ALLOWED")) << lifted.out;
  EXPECT_TRUE(has(lifted.out, "ours (jane, 2026-11-25)")) << lifted.out;
  EXPECT_TRUE(has(place_.run({"check", "odd.example", "--offline"}).out,
                  "is BLOCKED for group pupils: category gambling (local rules: no reason given (jane, 2026-11-25))"));
  const Ran many = check_many("bet365.com\nodd.example\nwww.odd.example\n");
  EXPECT_EQ(many.out,
            "bet365.com\tallowed\totherwise\t-\nodd.example\tblocked\tgambling\tgambling\n"
            "www.odd.example\tallowed\totherwise\t-\n");
}

TEST_F(FilesTest, DamagedLocalRulesAreSaidAndTheRestIsChecked) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  place_.write("state/local_rules.toml", "nonsense");
  const Ran ran = place_.run({"check", "bet365.com", "--offline"});
  EXPECT_EQ(ran.exit, 0);
  EXPECT_TRUE(has(ran.out, "is BLOCKED"));
  EXPECT_TRUE(has(ran.err, "local_rules.toml:1:")) << ran.err;
  EXPECT_TRUE(has(ran.err, "no local rule is in force")) << ran.err;
}

TEST_F(FilesTest, ExitCodesTellWhoseMistakeItIs) {
  EXPECT_EQ(place_.run({"check", "bet365.com", "--offline"}).exit, 1) << "no image yet";
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  EXPECT_EQ(place_.run({"check", "bet365.com", "--device", "nobody", "--offline"}).exit, 1);
  EXPECT_EQ(place_.run({"check", "bet365.com", "--group", "pupil", "--offline"}).exit, 1);
  EXPECT_EQ(place_.run({"check", "no name", "--offline"}).exit, 2);
  place_.write("policy.toml",
               "default_group = \"pupils\"\n[[group]]\nid = \"pupils\"\nparent = \"everyone\"\nblock = "
               "[\"gamblin\"]\n");
  const Ran ran = place_.run({"check", "bet365.com", "--offline"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_TRUE(has(ran.err, "policy.toml:5:")) << ran.err;
  EXPECT_TRUE(has(ran.err, "gambling")) << ran.err;
  EXPECT_EQ(place_.run({"lists", "build"}).exit, 2);
}

// The room of the policy stands below that of the lists, and has a table of its own.
TEST_F(FilesTest, ThePolicyTakesEveryFormatOfTheLists) {
  for (const lists::Format& format : lists::formats()) {
    place_.write("policy.toml", fmt::format("default_group = \"everyone\"\n[[list]]\nid = \"x\"\ncategory = "
                                            "\"gambling\"\nsource = \"gambling.txt\"\nformat = \"{}\"\n",
                                            format.name));
    const Ran ran = place_.run({"lists", "build"});
    EXPECT_FALSE(has(ran.err, "format")) << format.name << ": " << ran.err;
  }
}

}  // namespace
}  // namespace schoolgate::admin_cli

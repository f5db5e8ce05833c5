#include "resolver/daemon/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "lists/report/report.h"
#include "policy/policy_file.h"
#include "tests/resolver/daemon/run_until.h"
#include "tests/resolver/daemon/school.h"
#include "tests/support/message.h"

namespace schoolgate::daemon {
namespace {

using SnapshotPointer = std::shared_ptr<const resolver::Snapshot>;

// What the primary of the school's zone sends is taken.
bool is_taken(Rules& rules) {
  support::Message message;
  message.flags = 4 << 11;
  message.question = support::Message::Question{"rpz.example", "SOA", "IN"};
  const support::Octets octets = message.encode();
  dns::Query notify;
  if (dns::parse_query(octets, notify) != dns::QueryFault::kNotify) return false;
  const auto answer =
      support::Message::read(rules.notify_taker().take_notify(notify, octets, *base::IpAddress::parse("192.0.2.1")));
  return answer && answer->rcode == 0;
}

class RulesTest : public testing::Test {
 protected:
  ~RulesTest() override {
    if (rules_ != nullptr) rules_->stop();
  }
  base::Result<std::unique_ptr<Rules>> load() {
    return Rules::load({school_.configuration, clock_, problems_, school_.builder()});
  }
  void start() {
    auto loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().message();
    rules_ = std::move(*loaded);
    // One worker, which takes all that comes at once.
    rules_->start(
        loop_, {[this](const SnapshotPointer& posted) { newest_ = posted->generation; }, [this] { return newest_; }});
  }
  bool run_until_problem(const std::string& words) {
    return run_until(loop_, [&] {
      const auto texts = problems_.texts();
      return std::any_of(texts.begin(), texts.end(),
                         [&](const std::string& text) { return text.find(words) != std::string::npos; });
    });
  }
  bool run_until_digest(const std::string& digest) {
    return run_until(loop_, [&] {
      const auto& image = rules_->snapshot()->image;
      return image != nullptr && image->digest() == digest;
    });
  }
  // One NOTIFY of the school's zone is taken, and one only.
  bool run_until_notified() {
    bool is_notified = false;
    return run_until(loop_, [&] { return is_notified = is_notified || is_taken(*rules_); });
  }
  static std::string digest_of(const std::string& path) { return (*filter::Image::open(path))->digest(); }

  School school_;
  const base::SystemClock clock_;
  Problems problems_;
  std::uint64_t newest_ = 1;
  std::unique_ptr<Rules> rules_;
  resolver::uv::Loop loop_;  // the first to go, as in the daemon: it waits for what still reads a file
};

TEST_F(RulesTest, StartsWithTheImageOfTheLastRun) {
  const std::string image = school_.build_image("bets.example");
  school_.install(image);
  start();
  EXPECT_EQ(rules_->snapshot()->image->digest(), digest_of(image));
  EXPECT_TRUE(problems_.texts().empty());
}

TEST_F(RulesTest, StartsWithNoneAndTakesTheFirstThatIsBuilt) {
  const std::string image = school_.build_image("bets.example");
  school_.write_builder("cp " + image + " " + school_.image());
  start();
  EXPECT_EQ(rules_->snapshot()->image, nullptr);
  EXPECT_TRUE(problems_.texts().empty()) << "the first start is no problem";
  EXPECT_TRUE(run_until_digest(digest_of(image)));
}

// What was counted on the image in force is not forgotten when the lists are built again.
TEST_F(RulesTest, ABuildThatSaysTheSameLeavesTheImageWhereItIs) {
  const std::string image = school_.build_image("bets.example");
  school_.install(image);
  school_.write_builder("cp " + image + " " + school_.image() + ".new; mv -f " + school_.image() + ".new " +
                        school_.image());
  start();
  const auto before = rules_->snapshot();
  ASSERT_NE(before->image, nullptr);
  ASSERT_TRUE(run_until(loop_, [&] { return rules_->snapshot()->generation > before->generation; }));
  EXPECT_EQ(rules_->snapshot()->image, before->image);
}

// They may be an earlier version's: the image is good, and its lines have another format.
TEST_F(RulesTest, ABuildThatSaysTheSameBringsTheLinesThatWereMissing) {
  const std::string image = school_.build_image("bets.example");
  school_.install(image);
  school_.folder.write("state/filter.image.lines", "no lines");
  school_.write_builder("cp " + image + ".lines " + school_.image() + ".lines; cp " + image + " " + school_.image() +
                        ".new; mv -f " + school_.image() + ".new " + school_.image());
  start();
  ASSERT_NE(rules_->snapshot()->image, nullptr);
  EXPECT_FALSE(rules_->snapshot()->image->has_lines());
  EXPECT_TRUE(run_until(loop_, [&] { return rules_->snapshot()->image->has_lines(); }));
  EXPECT_EQ(rules_->snapshot()->image->digest(), digest_of(image));
}

TEST_F(RulesTest, ADamagedImageIsRefusedAndSaidAndReplacedByTheNextBuild) {
  const std::string image = school_.build_image("bets.example");
  school_.folder.write("state/filter.image", "no image");
  school_.write_builder("sleep 0.2; cp " + image + " " + school_.image() + ".new; mv " + school_.image() + ".new " +
                        school_.image());
  start();
  EXPECT_EQ(rules_->snapshot()->image, nullptr);
  ASSERT_EQ(problems_.texts().size(), 1u);
  EXPECT_NE(problems_.texts()[0].find("names get SERVFAIL until one is built"), std::string::npos);
  EXPECT_TRUE(run_until_digest(digest_of(image)));
  EXPECT_TRUE(problems_.texts().empty());
}

TEST_F(RulesTest, ABuildThatWritesGarbageLeavesTheImageInForce) {
  const std::string image = school_.build_image("bets.example");
  school_.install(image);
  school_.write_builder("rm " + school_.image() + "; echo garbage >" + school_.image());
  start();
  EXPECT_TRUE(run_until_problem("the one before stays in force"));
  EXPECT_EQ(rules_->snapshot()->image->digest(), digest_of(image));
}

TEST_F(RulesTest, ADamagedImageIsReplacedByTheOneBefore) {
  const std::string before = school_.build_image("bets.example");
  std::filesystem::copy(before, lists::previous_image_path(school_.configuration.state));
  school_.folder.write("state/filter.image", "no image");
  school_.write_builder("sleep 5");
  start();
  ASSERT_NE(rules_->snapshot()->image, nullptr);
  EXPECT_EQ(rules_->snapshot()->image->digest(), digest_of(before));
  ASSERT_EQ(problems_.texts().size(), 1u);
  EXPECT_NE(problems_.texts()[0].find("the one before stays in force"), std::string::npos);
}

// What `lists ls` shows is what a query meets, whoever built something meanwhile.
TEST_F(RulesTest, ABuildByHandIsNoticedAndShownWhenItIsInForce) {
  const std::string first = school_.build_image("bets.example");
  const std::string second = school_.build_image("poker.example");
  const auto install = [&](const std::string& image) {
    return "cp -f " + image + " " + school_.image() + ".new; mv -f " + school_.image() + ".new " + school_.image() +
           "; cp -f $(dirname " + image + ")/filter.report.json " + school_.configuration.state;
  };
  school_.write_builder(install(first));
  start();
  ASSERT_TRUE(run_until_digest(digest_of(first)));
  EXPECT_FALSE(rules_->has_unused_build());
  ASSERT_EQ(std::system(install(second).c_str()), 0);
  EXPECT_TRUE(rules_->has_unused_build());
  EXPECT_EQ(rules_->report()->image_digest, digest_of(first));
  school_.write_builder("exit 0");
  rules_->reload();
  ASSERT_TRUE(run_until_digest(digest_of(second)));
  EXPECT_FALSE(rules_->has_unused_build());
  EXPECT_EQ(rules_->report()->image_digest, digest_of(second));
}

TEST_F(RulesTest, ABuildByHandIsInForceWhenItIsTaken) {
  school_.install(school_.build_image("bets.example"));
  const std::string second = school_.build_image("poker.example");
  school_.write_builder("exit 0");
  start();
  ASSERT_TRUE(run_until(loop_, [this] { return !rules_->has_unused_build() && rules_->snapshot()->image != nullptr; }));
  const std::string before = rules_->snapshot()->image->digest();
  run_for(loop_, 100);  // the build at the start is over
  ASSERT_EQ(std::system(("cp -f " + second + " " + school_.image() + ".new; mv -f " + school_.image() + ".new " +
                         school_.image())
                            .c_str()),
            0);
  std::thread([this] { rules_->take_built(); }).join();
  EXPECT_TRUE(run_until_digest(digest_of(second)));
  EXPECT_NE(before, digest_of(second));
  rules_->stop();
  rules_->take_built();  // nobody is there any more, and nothing happens
}

TEST_F(RulesTest, AListOfWhichMuchCouldNotBeTakenIsAProblem) {
  const auto report_of = [](std::uint64_t rules, std::uint64_t rejected) {
    lists::BuildOutcome outcome;
    outcome.lists.emplace_back();
    outcome.lists[0].id = "mine";
    outcome.lists[0].rules = rules;
    outcome.lists[0].rejected_count = rejected;
    return lists::encode_report(outcome);
  };
  school_.install(school_.build_image("bets.example"));
  school_.folder.write("state/filter.report.json", report_of(100, 10));
  ASSERT_TRUE(load());
  EXPECT_TRUE(problems_.texts().empty());
  school_.folder.write("state/filter.report.json", report_of(3, 3));
  ASSERT_TRUE(load());
  ASSERT_EQ(problems_.texts().size(), 1u);
  EXPECT_EQ(problems_.texts()[0], "list mine: rules that could not be taken: 3, see `schoolgate lists ls`");
}

// The shipped data folder with a guard of one name, or with none.
void write_guard(School& school, const std::string& guard) {
  school.configuration.data = school.folder.file("data");
  std::filesystem::copy(SCHOOLGATE_SOURCE_DIR "/lists/data", school.configuration.data,
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::skip_existing);
  if (guard.empty()) {
    std::filesystem::remove(lists::guard_path(school.configuration.data));
  } else {
    school.folder.write("data/guard.toml",
                        "[[guard]]\nid = \"one\"\nwhy = \"a helpline\"\nnames = [\"" + guard + "\"]\n");
  }
}

std::string protected_by(const Rules& rules) { return rules.guard()->names().at(0).name.to_text(); }

TEST_F(RulesTest, TheGuardIsReadWithThePolicyAndAgainWithIt) {
  write_guard(school_, "help.example");
  start();
  EXPECT_EQ(protected_by(*rules_), "help.example");
  write_guard(school_, "other.example");
  EXPECT_EQ(protected_by(*rules_), "help.example");
  rules_->reload();
  EXPECT_TRUE(run_until(loop_, [&] { return protected_by(*rules_) == "other.example"; }));
  write_guard(school_, "");
  rules_->reload();
  EXPECT_TRUE(run_until_problem("the guard could not be read, the one before stays: cannot open"));
  EXPECT_EQ(protected_by(*rules_), "other.example");
}

TEST_F(RulesTest, WithoutAGuardItStartsAndSaysSo) {
  school_.install(school_.build_image("bets.example"));
  write_guard(school_, "");
  start();
  ASSERT_EQ(problems_.texts().size(), 1u);
  EXPECT_EQ(problems_.texts()[0].find("the guard could not be read, nobody blocks by hand but with --even-protected: "),
            0u)
      << problems_.texts()[0];
  EXPECT_EQ(rules_->guard(), nullptr);
  write_guard(school_, "help.example");
  rules_->reload();
  EXPECT_TRUE(run_until(loop_, [&] { return rules_->guard() != nullptr && problems_.texts().empty(); }));
}

// What was asked of another thread, while a worker takes all at once.
TEST_F(RulesTest, WhoAsksForAReloadIsToldWhenItIsInForce) {
  school_.install(school_.build_image("bets.example"));
  const std::string poker = school_.build_image("poker.example");
  start();
  ASSERT_TRUE(run_until(loop_, [&] { return !rules_->is_building(); }));
  school_.write_policy("games");
  school_.write_builder("sleep 0.2; cp -f " + poker + " " + school_.image() + ".new; mv -f " + school_.image() +
                        ".new " + school_.image());
  const auto before = rules_->snapshot();
  const base::Status reloaded = run_while(loop_, [this] { return rules_->reload_policy(); });
  EXPECT_TRUE(reloaded) << reloaded.error().message();
  EXPECT_NE(rules_->snapshot()->policy->settings().digest, before->policy->settings().digest);
  EXPECT_EQ(rules_->snapshot()->image, before->image);
  EXPECT_TRUE(rules_->is_building()) << "its lists come later";
  ASSERT_TRUE(run_until(loop_, [&] { return !rules_->is_building(); }));
  EXPECT_EQ(rules_->snapshot()->image->digest(), digest_of(poker));
}

TEST_F(RulesTest, WhoAsksForAReloadIsToldWhyItIsRefused) {
  school_.install(school_.build_image("bets.example"));
  start();
  const std::string before = rules_->snapshot()->policy->settings().digest;
  school_.folder.write("policy.toml", "default_group = \"pupil\"\n");
  const base::Status reloaded = run_while(loop_, [this] { return rules_->reload_policy(); });
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().message().find("the new policy is not in force, the old one stays: " +
                                            school_.configuration.policy_file + ":1:17: unknown group 'pupil'"),
            0u)
      << reloaded.error().message();
  EXPECT_EQ(rules_->snapshot()->policy->settings().digest, before);
  school_.write_policy("games");
  EXPECT_TRUE(run_while(loop_, [this] { return rules_->reload_policy(); }));
  EXPECT_TRUE(problems_.texts().empty());
}

// The first of two builds is over, and what it built in force: the second has the new policy.
TEST_F(RulesTest, ABuildThatFollowsAnotherIsStillABuild) {
  const std::string counted = school_.folder.file("count");
  const std::string gate = school_.folder.file("gate");
  school_.install(school_.build_image("bets.example"));
  // Each build says that it has begun, and ends when its gate, with its number, is open.
  school_.write_builder("echo >>" + counted + "; while [ ! -e " + gate + "$(wc -l <" + counted +
                        ") ]; do sleep 0.01; done");
  start();
  ASSERT_TRUE(run_until(loop_, [&] { return school_.folder.read("count") == "\n"; }));
  ASSERT_TRUE(run_while(loop_, [this] { return rules_->reload_policy(); }));
  school_.folder.write("gate1", "");
  bool was_always_building = true;
  ASSERT_TRUE(run_until(loop_, [&] {
    was_always_building = was_always_building && rules_->is_building();
    return school_.folder.read("count") == "\n\n";
  }));
  EXPECT_TRUE(was_always_building);
  EXPECT_TRUE(rules_->is_building());
  school_.folder.write("gate2", "");
  ASSERT_TRUE(run_until(loop_, [&] { return !rules_->is_building(); }));
  EXPECT_EQ(school_.folder.read("count"), "\n\n");
}

TEST_F(RulesTest, ABuildThatFailsLeavesTheImageInForce) {
  const std::string image = school_.build_image("bets.example");
  school_.install(image);
  school_.write_builder("echo 'disk full' >&2; exit 1");
  start();
  EXPECT_TRUE(run_until_problem("the lists could not be built, the image in force stays: disk full"));
  EXPECT_FALSE(rules_->is_building());
  EXPECT_EQ(rules_->snapshot()->image->digest(), digest_of(image));
}

TEST_F(RulesTest, TheBuilderGetsTheFoldersAndFilesInForce) {
  school_.write_builder("echo \"$@\" >" + school_.folder.file("arguments"));
  start();
  const std::string wanted = "lists build --background --state " + school_.configuration.state + " --policy " +
                             school_.configuration.policy_file + " --data " + school_.configuration.data + "\n";
  EXPECT_TRUE(run_until(loop_, [&] { return school_.folder.read("arguments") == wanted; }))
      << school_.folder.read("arguments");
}

TEST_F(RulesTest, AListWhosePrimarySaysThatItHasChangedIsFetchedAtOnce) {
  school_.write_policy_with_zone();
  school_.configuration.upstream.servers = {*base::Endpoint::parse("192.0.2.8", 53)};
  school_.write_builder("case \"$*\" in *' -- '*) echo \"$@\" >>" + school_.folder.file("arguments") + ";; esac");
  start();
  ASSERT_TRUE(run_until_notified());
  const std::string wanted = "lists update --background --state " + school_.configuration.state + " --policy " +
                             school_.configuration.policy_file + " --data " + school_.configuration.data +
                             " --server 192.0.2.8:53 -- zone-list\n";
  EXPECT_TRUE(run_until(loop_, [&] { return school_.folder.read("arguments") == wanted; }))
      << school_.folder.read("arguments");
}

TEST_F(RulesTest, AnUpdateUnderWayIsNotWaitedForAndTheListFetchedAgainAfterIt) {
  school_.write_policy_with_zone();
  school_.write_builder("case \"$*\" in *' -- '*) echo x >>" + school_.folder.file("notified") +
                        ";; *' update '*) echo x >" + school_.folder.file("updating") + "; while [ ! -e " +
                        school_.folder.file("end") + " ]; do sleep 0.02; done;; esac");
  start();
  rules_->reload();
  ASSERT_TRUE(run_until(loop_, [this] { return !school_.folder.read("updating").empty(); }));
  ASSERT_TRUE(run_until_notified());
  ASSERT_TRUE(run_until(loop_, [this] { return school_.folder.read("notified") == "x\n"; }));
  run_for(loop_, 100);
  EXPECT_EQ(school_.folder.read("notified"), "x\n") << "once while the other is at work";
  school_.folder.write("end", "");
  EXPECT_TRUE(run_until(loop_, [this] { return school_.folder.read("notified") == "x\nx\n"; }));
}

TEST_F(RulesTest, WhatItBuiltIsInForceAfterAnotherBuildThatFails) {
  const std::string image = school_.build_image("bets.example");
  const std::string notified = school_.folder.file("notified"), end = school_.folder.file("end");
  school_.write_policy_with_zone();
  school_.write_builder("case \"$*\" in *' -- '*) cp " + image + " " + school_.image() + "; cp $(dirname " + image +
                        ")/filter.report.json " + school_.configuration.state + "; echo x >" + notified +
                        ";; *' build '*) while [ ! -e " + end + " ]; do sleep 0.02; done; exit 1;; *) sleep 30;; esac");
  start();
  ASSERT_TRUE(run_until_notified());
  ASSERT_TRUE(run_until(loop_, [this] { return !school_.folder.read("notified").empty(); }));
  run_for(loop_, 100);
  EXPECT_EQ(rules_->snapshot()->image, nullptr) << "the other may put it into force";
  school_.folder.write("end", "");
  EXPECT_TRUE(run_until_digest(digest_of(image)));
}

TEST_F(RulesTest, OpaqueListsAreInForceWithTheirKey) {
  school_.build_opaque("bets.example");
  start();
  ASSERT_NE(rules_->snapshot()->image, nullptr);
  EXPECT_TRUE(rules_->snapshot()->image->lists()[0].opaque);
  EXPECT_TRUE(problems_.texts().empty()) << problems_.texts()[0];
}

// Neither unfiltered nor in silence: names get SERVFAIL until the lists are built again.
TEST_F(RulesTest, WithoutTheKeyOfItsOpaqueListsAnImageIsRefusedAndSaid) {
  school_.build_opaque("bets.example");
  const std::string key = school_.configuration.state + "/opaque.key";
  std::filesystem::remove(key);
  const auto expect_refused = [&](const std::string& why) {
    const auto rules = load();
    ASSERT_TRUE(rules) << rules.error().message();
    EXPECT_EQ((*rules)->snapshot()->image, nullptr);
    ASSERT_EQ(problems_.texts().size(), 1u);
    for (const std::string& words :
         {why, std::string("build the lists again"), std::string("; names get SERVFAIL until one is built")}) {
      EXPECT_NE(problems_.texts()[0].find(words), std::string::npos) << problems_.texts()[0];
    }
  };
  expect_refused("cannot open " + key + ": No such file or directory");
  school_.folder.write("state/opaque.key", std::string(16, 'x'));
  expect_refused("its opaque lists were made with another key (" + key + " is not the one)");
  school_.folder.write("state/opaque.key", "short");
  expect_refused(key + ": is 5 octets long");
}

TEST_F(RulesTest, AKeyThatGoesLeavesTheImageInForce) {
  school_.build_opaque("bets.example");
  start();
  const auto before = rules_->snapshot()->image;
  ASSERT_NE(before, nullptr);
  std::filesystem::remove(school_.configuration.state + "/opaque.key");
  rules_->reload();
  EXPECT_TRUE(run_until_problem("opaque.key: No such file or directory): put the key back"));
  EXPECT_TRUE(run_until_problem("; the one before stays in force"));
  EXPECT_EQ(rules_->snapshot()->image, before);
}

TEST_F(RulesTest, AReloadTakesTheNewPolicyBeforeTheListsAreBuilt) {
  start();
  const std::string before = rules_->snapshot()->policy->settings().digest;
  school_.write_builder("sleep 5");
  school_.write_policy("games");
  rules_->reload();
  EXPECT_TRUE(run_until(loop_, [&] { return rules_->snapshot()->policy->settings().digest != before; }));
  EXPECT_TRUE(problems_.texts().empty());
}

TEST_F(RulesTest, ABrokenPolicyLeavesTheOldInForceUntilItIsMended) {
  start();
  const auto before = rules_->snapshot()->policy;
  school_.write_policy("gamblign");
  rules_->reload();
  ASSERT_TRUE(run_until_problem("the new policy is not in force, the old one stays: "));
  EXPECT_NE(problems_.texts()[0].find("policy.toml:4:"), std::string::npos) << problems_.texts()[0];
  EXPECT_EQ(rules_->snapshot()->policy, before);
  school_.write_policy("games");
  rules_->reload();
  EXPECT_TRUE(run_until(loop_, [&] { return problems_.texts().empty() && rules_->snapshot()->policy != before; }));
}

TEST_F(RulesTest, ReloadedManyTimesInARowTheLastOneStands) {
  start();
  for (const char* category : {"games", "music", "nonsense", "gambling", "games"}) {
    school_.write_policy(category);
    rules_->reload();
  }
  const auto games = policy::read_policy(school_.configuration.policy_file, rules_->taxonomy().tags());
  ASSERT_TRUE(games);
  EXPECT_TRUE(run_until(loop_, [&] {
    return problems_.texts().empty() && rules_->snapshot()->policy->settings().digest == games->digest;
  }));
  run_for(loop_, 50);
  EXPECT_EQ(rules_->snapshot()->policy->settings().digest, games->digest);
}

TEST_F(RulesTest, AChangedConfigurationIsSaid) {
  start();
  school_.folder.write("schoolgate.toml", "[server]\nworkers = 4\n");
  rules_->reload();
  EXPECT_TRUE(run_until_problem("schoolgate.toml has changed since the start"));
}

TEST_F(RulesTest, ALocalRuleStaysInForceWhateverElseIsNew) {
  const std::string first = school_.build_image("bets.example");
  const std::string second = school_.build_image("poker.example");
  school_.install(first);
  school_.write_builder("sleep 5");
  start();
  const auto tags_of = [this](const char* name) {
    const auto now = rules_->snapshot();
    auto scratch = now->image->make_scratch().value();
    return now->image->tags().ids(now->names().classify(*dns::Name::parse(name), scratch));
  };
  lists::LocalChange change;
  change.put.resize(2);
  ASSERT_TRUE(lists::read_written_name("bets.example", change.put[0]));
  ASSERT_TRUE(lists::read_written_name("new.example", change.put[1]));
  change.put[0].effect = filter::Effect::kLift;
  for (lists::LocalRule& rule : change.put) rule.category = "gambling";
  const auto status = run_while(loop_, [&] { return rules_->local_rules().change(change); });
  ASSERT_TRUE(status) << status.error().message();
  const auto holds = [&] {
    return tags_of("bets.example").empty() && tags_of("new.example") == std::vector<std::string>{"gambling"};
  };
  EXPECT_TRUE(holds()) << "at once";
  const auto before = rules_->snapshot()->policy;
  school_.write_policy("games");
  school_.write_builder("cp -f " + second + " " + school_.image() + ".new; mv " + school_.image() + ".new " +
                        school_.image());
  rules_->reload();
  ASSERT_TRUE(run_until(loop_, [&] { return rules_->snapshot()->policy != before; }));
  EXPECT_TRUE(holds()) << "after a new policy";
  rules_->stop();
  rules_.reset();
  school_.write_builder("cp -f " + second + " " + school_.image() + ".new; mv " + school_.image() + ".new " +
                        school_.image());
  newest_ = 1;
  start();
  EXPECT_TRUE(holds()) << "after a restart";
  ASSERT_TRUE(run_until_digest(digest_of(second)));
  EXPECT_TRUE(holds()) << "with a new image";
  EXPECT_EQ(tags_of("poker.example"), std::vector<std::string>{"gambling"});
}

TEST_F(RulesTest, DamagedLocalRulesDoNotKeepItFromStarting) {
  school_.install(school_.build_image("bets.example"));
  school_.folder.write("state/local_rules.toml", "[[rule]]\nname = 7\n");
  ASSERT_TRUE(load());
  ASSERT_EQ(problems_.texts().size(), 1u);
  EXPECT_NE(problems_.texts()[0].find("local_rules.toml:1:1: "), std::string::npos) << problems_.texts()[0];
  EXPECT_NE(problems_.texts()[0].find("no local rule is in force"), std::string::npos);
}

TEST_F(RulesTest, WithoutAPolicyThereIsNoStart) {
  school_.configuration.policy_file = "";
  EXPECT_EQ(load().error().code(), base::ErrorCode::kInvalid);
  school_.configuration.policy_file = school_.folder.file("absent.toml");
  EXPECT_FALSE(load());
}

TEST_F(RulesTest, StoppedInTheMiddleOfEverythingItLeavesTheLoopInOrder) {
  school_.write_builder("sleep 5");
  start();
  rules_->reload();
  const auto began = std::chrono::steady_clock::now();
  rules_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

}  // namespace
}  // namespace schoolgate::daemon

#include "resolver/daemon/service.h"

#include <gtest/gtest.h>

#include "lists/report/report.h"
#include "tests/resolver/daemon/run_until.h"
#include "tests/resolver/daemon/school.h"
#include "tests/support/fake_clock.h"

namespace schoolgate::daemon {
namespace {

using history::LookupVerdict;

class ServiceTest : public testing::Test {
 protected:
  void open(bool with_image = true) {
    if (with_image) school_.install(school_.build_image("bets.example"));
    rules_ = std::move(*Rules::load({school_.configuration, clock_, problems_, school_.builder()}));
    history::Settings settings;
    settings.folder = school_.configuration.history_folder();
    settings.ring_slots = 64;
    history_ = std::move(*history::History::start(settings, rules_->taxonomy().tags(), clock_));
    ring_ = *history_->add_ring(0);
  }

  void record(const std::string& name, LookupVerdict verdict, std::uint16_t type = 1, const char* from = "10.0.0.7") {
    history::LookupRecord record;
    record.time_us = clock_.wall_us();
    record.qtype = type;
    record.verdict = verdict;
    record.put_name(dns::Name::parse(name)->wire());
    const base::IpAddress client = *base::IpAddress::parse(from);
    std::copy(client.bytes().begin(), client.bytes().end(), record.client.begin());
    if (verdict == LookupVerdict::kBlocked) history::LookupRecord::put(record.category, "gambling");
    ring_->publish(record);
    clock_.advance_us(1);
  }
  // "verdict device", or why not.
  std::string check(const std::string& name, const std::string& device) {
    policy::CheckRequest request;
    request.name = name;
    request.device = device;
    const auto report = service_.check(request);
    return report ? report->verdict + " " + report->device : report.error().message();
  }
  base::Result<web::LocalOutcome> change(web::LocalRequest::Kind kind, const std::string& name,
                                         std::optional<std::string> category);
  std::optional<std::string> late_block(const std::string& name, const char* client = "10.0.0.7") {
    return service_.find_late_block(*base::IpAddress::parse(client), name);
  }

  School school_;
  support::FakeClock clock_;
  Problems problems_;
  std::unique_ptr<Rules> rules_;
  std::unique_ptr<history::History> history_;
  history::JournalRing* ring_ = nullptr;
  std::vector<std::unique_ptr<resolver::Worker>> workers_;
  DaemonService service_{{school_.configuration, clock_, rules_, problems_, history_, workers_}};
};

TEST_F(ServiceTest, TheStateNamesWhatIsInForceAndWhatIsWrong) {
  open();
  school_.configuration.listen = {*base::Endpoint::parse("127.0.0.1:53")};
  problems_.set("lists", "unreadable");
  const web::ServerState state = service_.state();
  EXPECT_EQ(state.listen, std::vector<std::string>{"127.0.0.1:53"});
  EXPECT_EQ(state.rules, 1u);
  EXPECT_EQ(state.image_digest, rules_->snapshot()->image->digest());
  EXPECT_EQ(state.policy_digest, rules_->snapshot()->policy->settings().digest);
  EXPECT_EQ(
      state.problems,
      (std::vector<std::string>{
          "unreadable", "no upstream is configured: blocked and cached names are answered, all others get SERVFAIL"}));
}

// Malware waits for nobody.
TEST_F(ServiceTest, ASecurityListThatIsLongHeldBackComesFirst) {
  school_.install(school_.build_image("bets.example"));
  lists::BuildOutcome outcome;
  for (const char* category : {"malware", "gambling"}) {
    lists::ListReport list;
    list.id = std::string("my-") + category;
    list.category = category;
    list.held = lists::HeldUpdate{2, "shrinks", clock_.wall_us(), false};
    list.problem = "an update is held back";
    outcome.lists.push_back(list);
  }
  school_.folder.write("state/filter.report.json", lists::encode_report(outcome));
  open(false);
  const auto first = [this] { return service_.state().problems.front(); };
  clock_.advance_us(std::int64_t{47} * 3'600'000'000);
  EXPECT_EQ(first().find("URGENT"), std::string::npos) << first();
  clock_.advance_us(std::int64_t{2} * 3'600'000'000);
  EXPECT_EQ(first(),
            "URGENT: list my-malware (malware) has had no update for 49 hours, since each is held back: decide, see "
            "`schoolgate lists diff my-malware`");
  EXPECT_EQ(service_.state().problems[1].find("URGENT"), std::string::npos);
}

// Looked at by a worker as long as a name can make it.
void run_out_of_steps(const filter::Image& image, const std::string& name, int times) {
  auto scratch = image.make_scratch();
  ASSERT_TRUE(scratch);
  for (int i = 0; i < times; ++i) image.classify(*dns::Name::parse(name), *scratch);
}

TEST_F(ServiceTest, PatternsThatRanOutOfStepsAreTold) {
  std::string list = "plain\n";
  for (int i = 0; i < 7; ++i) list += "^(?!((a|aa)+)+c" + std::to_string(i) + ")((a|aa)+b|" + std::to_string(i) + ")\n";
  school_.install(school_.build_image_of("slow", list, "regex"));
  open(false);
  EXPECT_EQ(service_.state().problems.size(), 1u) << "no upstream; and that is all";
  run_out_of_steps(*rules_->snapshot()->image, std::string(60, 'a') + "b." + std::string(60, 'a'), 3);
  const auto problems = service_.state().problems;
  ASSERT_EQ(problems.size(), 7u);
  EXPECT_EQ(problems[0],
            "list bets, line 2: its pattern was too slow to decide, and counted as matched (times: 3): simplify or "
            "remove it");
  EXPECT_EQ(problems[4].find("list bets, line 6: "), 0u) << problems[4];
  EXPECT_EQ(problems[5], "more patterns that were too slow to decide: 2");
}

TEST_F(ServiceTest, ChecksANameForADevice) {
  open();
  EXPECT_EQ(check("bets.example", "lab-pc-07"), "blocked lab-pc-07");
  EXPECT_EQ(check("good.example", "10.0.0.7"), "allowed lab-pc-07");
}

// The control thread and a worker that takes all at once, for as long as a change takes.
base::Result<web::LocalOutcome> ServiceTest::change(web::LocalRequest::Kind kind, const std::string& name,
                                                    std::optional<std::string> category) {
  resolver::uv::Loop loop;
  std::uint64_t newest = rules_->snapshot()->generation;
  rules_->start(loop, {[&](const auto& posted) { newest = posted->generation; }, [&] { return newest; }});
  auto outcome = run_while(loop, [&] { return service_.change_local_rules({kind, name, category, "odd", "jane"}); });
  rules_->stop();
  return outcome;
}

TEST_F(ServiceTest, TheShippedGuardIsAskedBeforeALocalBlock) {
  open();
  const auto outcome = change(web::LocalRequest::Kind::kBlock, "ask.childline.org.uk", "gambling");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message(),
            "'ask.childline.org.uk' would block 'childline.org.uk', which is a helpline: if that is meant, say "
            "--even-protected");
  EXPECT_EQ(service_.local_rules().size(), 0u);
}

TEST_F(ServiceTest, ALocalBlockSaysWhatBecomesOfTheName) {
  open();
  const auto outcome = change(web::LocalRequest::Kind::kBlock, "good.example", "gambling");
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->name, "good.example");
  EXPECT_EQ(outcome->checked, "good.example");
  ASSERT_EQ(outcome->put.size(), 1u);
  EXPECT_EQ(outcome->put[0].added_us, clock_.wall_us());
  ASSERT_EQ(outcome->groups.size(), 2u);
  EXPECT_FALSE(outcome->groups[0].blocked) << "everyone may have it";
  EXPECT_EQ(outcome->groups[1].group, "pupils");
  EXPECT_TRUE(outcome->groups[1].blocked);
  EXPECT_EQ(check("www.good.example", "lab-pc-07"), "blocked lab-pc-07");
  ASSERT_EQ(service_.local_rules().size(), 1u);
  EXPECT_EQ(service_.local_rules()[0].problem, "");
  EXPECT_EQ(lists::written_name(service_.local_rules()[0].rule), "good.example");
}

TEST_F(ServiceTest, ALocalAllowSaysWhatBecomesOfTheName) {
  open();
  const auto outcome = change(web::LocalRequest::Kind::kAllow, "bets.example", std::nullopt);
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_FALSE(outcome->groups[1].blocked);
  EXPECT_EQ(check("bets.example", "lab-pc-07"), "allowed lab-pc-07");
}

TEST_F(ServiceTest, ARuleForNamesBelowIsCheckedAtOneOfThem) {
  open();
  const auto outcome = change(web::LocalRequest::Kind::kBlock, "*.good.example", "gambling");
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->checked, "any.good.example");
  EXPECT_TRUE(outcome->groups[1].blocked);
  EXPECT_EQ(check("good.example", "lab-pc-07"), "allowed lab-pc-07");
}

TEST_F(ServiceTest, AChangeThatMustNotBeIsRefusedBeforeAnybodyWaits) {
  open();
  EXPECT_EQ(service_.change_local_rules({web::LocalRequest::Kind::kAllow, "good.example", std::nullopt, "", "jane"})
                .error()
                .code(),
            base::ErrorCode::kNotFound);
  EXPECT_TRUE(service_.local_rules().empty());
}

TEST_F(ServiceTest, WithoutAnImageThereIsNothingToChange) {
  open(false);
  EXPECT_EQ(service_.change_local_rules({web::LocalRequest::Kind::kBlock, "x.example", "gambling", "", "jane"})
                .error()
                .code(),
            base::ErrorCode::kUnavailable);
}

TEST_F(ServiceTest, WithoutAnImageACheckSaysWhatEveryNameGets) {
  open(false);
  EXPECT_EQ(check("bets.example", "lab-pc-07"), "no image of the lists is in force yet: every name gets SERVFAIL");
}

TEST_F(ServiceTest, AnAddressIsCheckedAsTheDeviceBehindItsMac) {
  school_.folder.write("policy.toml",
                       "default_group = \"pupils\"\n[[group]]\nid = \"pupils\"\nblock = [\"gambling\"]\n"
                       "[[group]]\nid = \"staff\"\n[[device]]\nid = \"head\"\n"
                       "match = { mac = \"02:00:00:00:00:07\" }\ngroup = \"staff\"\n");
  open();
  EXPECT_EQ(check("bets.example", "10.0.0.9").find("blocked "), 0u) << "nobody knows its MAC";
  auto neighbours = std::make_shared<resolver::NeighbourTable>();
  (*neighbours)[*base::IpAddress::parse("10.0.0.9")] = *base::MacAddress::parse("02:00:00:00:00:07");
  service_.take(neighbours);
  EXPECT_EQ(check("bets.example", "10.0.0.9"), "allowed head");
}

TEST_F(ServiceTest, ALateBlockIsTheClientsLastWordOnThatName) {
  open();
  EXPECT_EQ(late_block("bets.example"), std::nullopt);
  record("bets.example", LookupVerdict::kBlocked);
  EXPECT_EQ(late_block("bets.example"), "gambling");
  EXPECT_EQ(late_block("other.example"), std::nullopt);
  EXPECT_EQ(late_block("bets.example", "10.0.0.8"), std::nullopt) << "of another client";
  record("bets.example", LookupVerdict::kAllowed, 65);
  EXPECT_EQ(late_block("bets.example"), "gambling") << "an HTTPS record leads nowhere by itself";
  record("bets.example", LookupVerdict::kFailed);
  EXPECT_EQ(late_block("bets.example"), "gambling") << "no answer is no permission";
  record("bets.example", LookupVerdict::kAllowed);
  EXPECT_EQ(late_block("bets.example"), std::nullopt) << "it may have it now";
}

TEST_F(ServiceTest, ABlockOfLongAgoExplainsNothing) {
  open();
  record("bets.example", LookupVerdict::kBlocked);
  clock_.advance_seconds(599);
  EXPECT_EQ(late_block("bets.example"), "gambling");
  clock_.advance_seconds(2);
  EXPECT_EQ(late_block("bets.example"), std::nullopt);
}

TEST_F(ServiceTest, AnAsteriskInAHostNameIsNoPattern) {
  open();
  record("bets.example", LookupVerdict::kBlocked);
  EXPECT_EQ(late_block("*bets*"), std::nullopt);
  EXPECT_EQ(late_block("*.example"), std::nullopt);
}

TEST_F(ServiceTest, ASearchFindsWhatWasAskedAMomentAgo) {
  open();
  record("bets.example", LookupVerdict::kBlocked);
  const auto page = service_.search({});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->lookups.size(), 1u);
}

}  // namespace
}  // namespace schoolgate::daemon

#include "admin-cli/cli.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using ::testing::Test;
using web::Json;

class CliTest : public Test {
 protected:
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  void answer_with_two_pages() {
    place_.service.page->lookups.resize(2);
    auto& lookup = place_.service.page->lookups[0];
    lookup.time_us = 1'772'443'800'000'042;
    lookup.device = "lab-pc-07";
    lookup.name = "bet365.com";
    lookup.type = "A";
    lookup.verdict = history::LookupVerdict::kBlocked;
    lookup.category = "gambling";
    place_.service.page->lookups[1].name = "\x1b[2Jevil";
  }
  Workplace place_;
};

TEST_F(CliTest, HelpOffersWhatIsBuiltAndNothingElse) {
  const Ran ran = place_.run({"--help"});
  EXPECT_EQ(ran.exit, 0);
  for (const char* verb :
       {"status", "check", "history", "local", "policy", "lists", "--json", "--socket", "--config"}) {
    EXPECT_TRUE(has(ran.out, verb)) << verb;
  }
  for (const char* verb : {"devices", "requests", "incidents", "audit", "users", "backup", "report"}) {
    EXPECT_FALSE(has(ran.out, std::string("\n  ") + verb + " ")) << verb;
  }
  const Ran search = place_.run({"history", "search", "--help"});
  EXPECT_TRUE(has(search.out, "--verdict"));
  EXPECT_FALSE(has(search.out, "--visits"));
  EXPECT_FALSE(has(place_.run({"check", "--help"}).out, "--at"));
}

TEST_F(CliTest, BadUsageIsTwo) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"nonsense"},
      {"check"},
      {"check", "a", "b"},
      {"check", "a", "--device", "d", "--group", "g"},
      {"check", "a", "--at", "now"},
      {"check", "a", "--stdin"},
      {"check", "--stdin", "--type", "A"},
      {"check", "a", "--type", "NONSENSE"},
      {"history"},
      {"history", "search", "--limit", "0"},
      {"history", "search", "--limit", "many"},
      {"history", "search", "--from", "yesterday"},
      {"history", "search", "--device", ""},
      {"history", "search", "--name", ""},
      {"history", "search", "--category", ""},
      {"lists", "remove"},
      {"local"},
      {"local", "block", "x.example"},
      {"local", "block", "--category", "gambling"},
      {"local", "block", "x.example", "--category", ""},
      {"local", "allow", "x.example", "--exact", "--below"},
      {"local", "allow", "=x.example", "--exact"},
      {"local", "allow", "*.x.example", "--below"},
      {"local", "remove", "x.example", "--reason", "why"},
      {"local", "ls", "x.example"},
      {"status", "--nonsense"},
  };
  for (const auto& words : cases) {
    const Ran ran = place_.run(words);
    EXPECT_EQ(ran.exit, 2) << (words.empty() ? "" : words.back());
    EXPECT_NE(ran.err, "");
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(CliTest, BadConfigurationIsTwoWithAPlace) {
  place_.write("schoolgate.toml",
               "[server]\nlisten = [\"127.0.0.1:5399\"]\nwrokers = 2\n[block]\nipv4 = \"10.0.0.2\"\n");
  const Ran ran = place_.run({"status"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_TRUE(has(ran.err, "schoolgate.toml:3:")) << ran.err;
  EXPECT_EQ(place_.run({"--config", "/nonexistent.toml", "status"}).exit, 2);
}

TEST_F(CliTest, VersionIsPrinted) {
  const Ran ran = place_.run({"--version"});
  EXPECT_EQ(ran.exit, 0);
  EXPECT_TRUE(has(ran.out, "schoolgate 0."));
}

TEST_F(CliTest, WithoutADaemonItSaysSo) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"status"},
                                                                 {"history", "search"},
                                                                 {"policy", "show"},
                                                                 {"lists", "ls"},
                                                                 {"local", "ls"},
                                                                 {"local", "remove", "x.example"}}) {
    const Ran ran = place_.run(words);
    EXPECT_EQ(ran.exit, 1);
    EXPECT_EQ(ran.err,
              "schoolgated is not running (no socket at " + place_.socket() + "): start it, or give --socket\n");
  }
  EXPECT_TRUE(has(place_.run({"--socket", "/nonexistent.sock", "status"}).err, "/nonexistent.sock"));
}

TEST_F(CliTest, StatusSaysProblemsFirst) {
  auto& state = place_.service.server;
  state.version = "0.1.0";
  state.node = "dns-1";
  state.problems = {"list ut1 could not be read: \x1b[2J"};
  state.lookups = 2'000'000;
  state.blocked = 50'000;
  state.image_digest = "0123456789abcdef0123";
  state.rules = 5'012'345;
  state.upstreams = {{"udp://192.0.2.1:53", ".", "not answering", 1'500, 3, 12.34}};
  place_.service.set_policy("default_group = \"p\"\n[[group]]\nid = \"p\"\nblock = [\"self-harm\"]\n");
  place_.start_daemon();
  const Ran ran = place_.run({"status"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out.find("! list ut1 could not be read: \\027[2J\n"), 0u) << ran.out;
  for (const char* words :
       {"no list of more than a few names is loaded for child-abuse",
        "! groups block self-harm, and no list says which names that is", "validation: not built yet",
        "2,000,000, 50,000 stopped "
        "(2.5 %)",
        "5,012,345 rules in force, image 0123456789abcdef", "not answering", "12.3 ms"}) {
    EXPECT_TRUE(has(ran.out, words)) << words << "\n" << ran.out;
  }
  state.image_digest.clear();
  EXPECT_TRUE(has(place_.run({"status"}).out, "SERVFAIL"));
}

TEST_F(CliTest, StatusIsQuietWhenAllIsWell) {
  lists::ListReport feed;
  feed.category = "child-abuse";
  feed.rules = 5'000;
  place_.service.built = lists::BuildOutcome{{feed}, "", 0, 0};
  place_.start_daemon();
  EXPECT_EQ(place_.run({"status"}).out.find("Nothing needs a person.\n"), 0u);
}

TEST_F(CliTest, JsonIsWhatTheApiSays) {
  place_.start_daemon();
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"status", "--json"}, {"--json", "status"}, {"lists", "ls", "--json"}, {"check", "x", "--json"}}) {
    const Ran ran = place_.run(words);
    EXPECT_EQ(ran.exit, 0) << ran.err;
    EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 1);
    EXPECT_TRUE(Json::parse(ran.out, nullptr, false).is_object()) << ran.out;
  }
}

TEST_F(CliTest, CheckExplainsLikeAColleague) {
  place_.service.report = web::blocked_by_category("bet365.com", "gambling");
  place_.start_daemon();
  const Ran ran = place_.run({"check", "bet365.com", "--group", "pupils"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out.substr(0, ran.out.find('\n')),
            "bet365.com is BLOCKED for group pupils: category gambling (secret-list, line 12: bet365.com)");
  for (const char* words : {"locked-category", "no match", "blocks", "not reached", "Every rule that covers it"}) {
    EXPECT_TRUE(has(ran.out, words)) << words;
  }
  EXPECT_EQ(place_.service.asked_check.group, "pupils");
  place_.service.report->device = "lab-pc-07";
  EXPECT_TRUE(has(place_.run({"check", "bet365.com"}).out, "is BLOCKED for device lab-pc-07 in group pupils"));
}

TEST_F(CliTest, CheckSaysThatItDoesNotFollowTheName) {
  place_.service.report = web::blocked_by_category("bet365.com", "gambling");
  place_.start_daemon();
  EXPECT_FALSE(has(place_.run({"check", "bet365.com"}).out, "Targets:")) << "a blocked name leads nowhere";
  place_.service.report->verdict = "allowed";
  EXPECT_TRUE(has(place_.run({"check", "bet365.com"}).out, "Targets: not followed: names that the answer leads to"));
}

TEST_F(CliTest, CheckOfWhatIsNotThereIsOne) {
  place_.service.report = base::Error(base::ErrorCode::kNotFound, "no device 'lab'");
  place_.start_daemon();
  const Ran ran = place_.run({"check", "x", "--device", "lab"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_EQ(ran.err, "no device 'lab'\n");
  EXPECT_EQ(ran.out, "");
}

TEST_F(CliTest, HistoryIsHonestAndHarmless) {
  answer_with_two_pages();
  place_.start_daemon();
  const Ran ran = place_.run({"history", "search", "--device", "lab-pc-07", "--verdict", "blocked", "--from", "1d"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out.find("A device asked for these names. This does not show that a person opened a page, or who was "
                         "using the device.\n"),
            0u);
  EXPECT_TRUE(has(ran.out, "bet365.com"));
  EXPECT_TRUE(has(ran.out, "\\027[2Jevil"));
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(place_.service.asked_filter.device, "lab-pc-07");
  EXPECT_EQ(place_.service.asked_filter.verdict, history::LookupVerdict::kBlocked);
  EXPECT_TRUE(place_.service.asked_filter.from_us);
  EXPECT_FALSE(place_.service.asked_filter.to_us);
}

TEST_F(CliTest, HistoryShowsWhoseAddressAndWhatWasAllowed) {
  place_.service.page->lookups.resize(2);
  auto& whole_network = place_.service.page->lookups[0];
  whole_network.device = "wireless";
  whole_network.client = "10.0.0.9";
  whole_network.tags = {"self-harm", "test"};
  auto& unnamed = place_.service.page->lookups[1];
  unnamed.device = "ip:10.0.0.8";
  unnamed.client = "10.0.0.8";
  place_.start_daemon();
  const std::string out = place_.run({"history", "search"}).out;
  EXPECT_TRUE(has(out, "wireless     10.0.0.9")) << out;
  EXPECT_TRUE(has(out, "self-harm, test")) << out;
  EXPECT_EQ(out.find("10.0.0.8"), out.rfind("10.0.0.8")) << "said once";
}

TEST_F(CliTest, HistoryInJsonIsOneObjectALine) {
  answer_with_two_pages();
  place_.service.page->next_cursor =
      "c\x1b"
      "2";
  place_.start_daemon();
  const Ran ran = place_.run({"history", "search", "--json", "--limit", "2"});
  std::istringstream lines(ran.out);
  std::string first, second, third;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_FALSE(std::getline(lines, third));
  EXPECT_EQ(Json::parse(first)["name"], "bet365.com");
  EXPECT_EQ(Json::parse(first)["time"], "2026-03-02T09:30:00.000042Z");
  EXPECT_FALSE(has(ran.out, "A device asked"));
  EXPECT_EQ(ran.err, "There are more: --cursor c\\0272\n");
}

TEST_F(CliTest, HistoryTurnsPagesUntilTheLimit) {
  answer_with_two_pages();
  place_.service.page->next_cursor = "next";
  place_.start_daemon();
  const Ran ran = place_.run({"history", "search", "--json", "--limit", "5", "--cursor", "first"});
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 6) << "three pages of two";
  EXPECT_EQ(place_.service.asked_filter.cursor, "next");
  EXPECT_EQ(place_.service.asked_filter.limit, 1u);
}

TEST_F(CliTest, NothingFoundIsNotShownAlone) {
  place_.start_daemon();
  const Ran ran = place_.run({"history", "search"});
  EXPECT_EQ(ran.exit, 0);
  EXPECT_TRUE(has(ran.out, "not visible to DNS"));
}

TEST_F(CliTest, WhatCouldNotBeSearchedIsSaid) {
  place_.service.page->problems = {"cannot read \x1b", "the other day"};
  place_.start_daemon();
  const Ran nothing = place_.run({"history", "search"});
  EXPECT_EQ(nothing.err,
            "Not everything was searched: cannot read \\027\nNot everything was searched: the other day\n");
  EXPECT_FALSE(has(nothing.out, "No lookup fits.")) << "that is not known";
  EXPECT_TRUE(has(nothing.out, "that could be searched"));
  answer_with_two_pages();
  EXPECT_TRUE(has(place_.run({"history", "search", "--json"}).err, "the other day"));
}

TEST_F(CliTest, PolicyShowsGroupsAndDevices) {
  const auto taxonomy = web::test_taxonomy();
  auto settings = policy::read_policy(place_.path("policy.toml"), taxonomy.tags());
  ASSERT_TRUE(settings) << settings.error().message();
  place_.service.in_force = policy::Policy::compile(std::move(*settings), taxonomy.tags());
  place_.start_daemon();
  const Ran ran = place_.run({"policy", "show"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  for (const char* words : {"pupils (default)", "gambling", "lab-pc-07", "address 10.0.0.7", "No name rules."}) {
    EXPECT_TRUE(has(ran.out, words)) << words << "\n" << ran.out;
  }
}

TEST_F(CliTest, ListsAreShownProblemsFirst) {
  lists::ListReport good, bad;
  good.id = "ut1";
  good.category = "self-harm";
  good.rules = 1'234;
  good.rejected_count = 2'346;
  good.reasons = {{"empty label", 1, 7, "bad..\x1bname"}, {"has a path", 2'345, 9, "a.example/x"}};
  bad.id = "gone";
  bad.category = "gambling";
  bad.problem = "cannot open lists/gone: No such file or directory";
  place_.service.built = lists::BuildOutcome{{good, bad}, "d", 1'234, 0};
  place_.start_daemon();
  const Ran ran = place_.run({"lists", "ls"});
  EXPECT_EQ(ran.out.find("! gone: cannot open"), 0u) << ran.out;
  for (const char* words :
       {"self-harm (thin)", "1,234", "2,346", "bad..\\027name", "empty label", "2,345", "has a path"}) {
    EXPECT_TRUE(has(ran.out, words)) << words << "\n" << ran.out;
  }
}

TEST_F(CliTest, AnOpaqueListIsMarkedAndShowsNoLine) {
  lists::ListReport opaque, usual;
  opaque.id = "iwf";
  opaque.format = "domains";
  opaque.opaque = true;
  opaque.reasons = {{"has a path", 1, 7, ""}};
  usual.id = "ut1";
  usual.format = "hosts";
  place_.service.built = lists::BuildOutcome{{opaque, usual}, "d", 2, 0};
  place_.start_daemon();
  const Ran ran = place_.run({"lists", "ls"});
  for (const char* words : {"domains, opaque", "names not stored", "(not stored)", "has a path"}) {
    EXPECT_TRUE(has(ran.out, words)) << words << "\n" << ran.out;
  }
  EXPECT_FALSE(has(ran.out, "hosts, opaque")) << ran.out;
  place_.service.built->lists.erase(place_.service.built->lists.begin());
  EXPECT_FALSE(has(place_.run({"lists", "ls"}).out, "opaque"));
}

TEST_F(CliTest, CheckShowsOfAnOpaqueListItsIdAlone) {
  place_.service.report = web::blocked_by_category("x.example", "gambling");
  policy::CheckReport& report = *place_.service.report;
  report.chain[1].line.reset();
  report.chain[1].text.clear();
  report.hits[0].opaque = true;
  report.hits[0].line = 0;
  report.hits[0].text.clear();
  place_.start_daemon();
  const Ran ran = place_.run({"check", "x.example"});
  EXPECT_TRUE(has(ran.out, "x.example is BLOCKED for group pupils: category gambling (secret-list)\n")) << ran.out;
  EXPECT_TRUE(has(ran.out, "(opaque: names not stored)")) << ran.out;
  EXPECT_FALSE(has(ran.out, "12")) << ran.out;
}

lists::LocalRule local_rule(const char* name, filter::Effect effect) {
  lists::LocalRule rule;
  EXPECT_TRUE(lists::read_written_name(name, rule));
  rule.effect = effect;
  rule.category = "gambling";
  rule.reason = "found in a lesson";
  rule.added_by = "jane";
  return rule;
}

TEST_F(CliTest, LocalRulesAreShownWithWhoAndWhy) {
  place_.start_daemon();
  EXPECT_EQ(place_.run({"local", "ls"}).out, "No local rules: the lists alone say what a name is.\n");
  place_.service.local = {{local_rule("=x.example", filter::Effect::kGive), ""},
                          {local_rule("y.example", filter::Effect::kLift), "there is no category 'gambling' any more"}};
  const std::string out = place_.run({"local", "ls"}, 200).out;
  for (const char* words : {"block", "only x.example", "allow", "y.example and all names below it", "found in a lesson",
                            "jane", "there is no category 'gambling' any more"}) {
    EXPECT_TRUE(has(out, words)) << words << "\n" << out;
  }
  EXPECT_EQ(Json::parse(place_.run({"local", "ls", "--json"}).out)["rules"].size(), 2u);
}

TEST_F(CliTest, ALocalBlockSaysWhatIsInForceAndForWhom) {
  auto& outcome = *place_.service.outcome;
  outcome.put = {local_rule("x.example", filter::Effect::kGive)};
  outcome.checked = "x.example";
  outcome.groups = {{"pupils", true, "category gambling"}, {"staff", false, "otherwise allow"}};
  place_.start_daemon();
  const Ran ran =
      place_.run({"local", "block", "x.example", "--category", "gambling", "--reason", "found in a lesson"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out.find("In force, as gambling: x.example and all names below it\n"), 0u) << ran.out;
  EXPECT_TRUE(has(ran.out, "pupils  BLOCKED  category gambling\n")) << ran.out;
  EXPECT_TRUE(has(ran.out, "staff   ALLOWED  otherwise allow\n")) << ran.out;
  EXPECT_TRUE(has(ran.out, "may go by its old answer")) << ran.out;
  EXPECT_FALSE(has(ran.out, "Nobody is stopped"));
  ASSERT_TRUE(place_.service.asked_change);
  EXPECT_EQ(place_.service.asked_change->kind, web::LocalRequest::Kind::kBlock);
  EXPECT_EQ(place_.service.asked_change->name, "x.example");
  EXPECT_EQ(place_.service.asked_change->category, "gambling");
  EXPECT_EQ(place_.service.asked_change->reason, "found in a lesson");
  EXPECT_NE(place_.service.asked_change->by, "");
  outcome.groups[0].blocked = false;
  EXPECT_TRUE(has(place_.run({"local", "block", "x.example", "--category", "gambling"}).out,
                  "Nobody is stopped by this: no group blocks that category.\n"));
}

TEST_F(CliTest, OnlyABlockInsistsOnAProtectedName) {
  place_.start_daemon();
  place_.run({"local", "block", "x.example", "--category", "gambling"});
  EXPECT_FALSE(place_.service.asked_change->even_protected);
  place_.run({"local", "block", "x.example", "--category", "gambling", "--even-protected"});
  EXPECT_TRUE(place_.service.asked_change->even_protected);
  for (const char* verb : {"allow", "remove"}) {
    EXPECT_EQ(place_.run({"local", verb, "x.example", "--even-protected"}).exit, 2) << verb;
  }
}

TEST_F(CliTest, ALocalAllowSaysWhatStays) {
  auto& outcome = *place_.service.outcome;
  outcome.put = {local_rule("=x.example", filter::Effect::kLift)};
  outcome.locked = {"child-abuse"};
  outcome.groups = {{"pupils", false, "otherwise allow"}};
  place_.start_daemon();
  const Ran ran = place_.run({"local", "allow", "x.example", "--exact"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out.find("In force, no longer gambling, whatever lists say: only x.example\n"), 0u) << ran.out;
  EXPECT_TRUE(has(ran.out, "Not lifted: child-abuse. It is locked, and no local rule lifts it.\n")) << ran.out;
  EXPECT_FALSE(has(ran.out, "Nobody is stopped"));
  EXPECT_EQ(place_.service.asked_change->name, "=x.example");
  EXPECT_FALSE(place_.service.asked_change->category);
  place_.run({"local", "allow", "x.example", "--below", "--category", "gambling"});
  EXPECT_EQ(place_.service.asked_change->name, "*.x.example");
  EXPECT_EQ(place_.service.asked_change->category, "gambling");
}

TEST_F(CliTest, ALocalRemovalSaysWhatIsGone) {
  place_.service.outcome->removed = {local_rule("*.x.example", filter::Effect::kGive)};
  place_.start_daemon();
  const Ran ran = place_.run({"local", "remove", "*.x.example"});
  EXPECT_EQ(ran.out.find("Removed, blocked as gambling: all names below x.example\n"), 0u) << ran.out;
  EXPECT_EQ(place_.service.asked_change->kind, web::LocalRequest::Kind::kRemove);
  const Ran json = place_.run({"local", "remove", "*.x.example", "--json"});
  EXPECT_EQ(Json::parse(json.out)["removed"][0]["name"], "*.x.example");
}

TEST_F(CliTest, ALocalChangeThatIsRefusedChangesNothing) {
  place_.service.outcome = base::Error(base::ErrorCode::kForbidden, "'child-abuse' is locked");
  place_.start_daemon();
  const Ran locked = place_.run({"local", "allow", "x.example", "--category", "child-abuse"});
  EXPECT_EQ(locked.exit, 1);
  EXPECT_EQ(locked.err, "'child-abuse' is locked\n");
  EXPECT_EQ(locked.out, "");
  place_.service.outcome = base::Error(base::ErrorCode::kInvalid, "unknown category");
  EXPECT_EQ(place_.run({"local", "block", "x.example", "--category", "nonsense"}).exit, 2);
}

TEST_F(CliTest, WhoCalledSudoIsWhoAsks) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root is somebody else's";
  place_.start_daemon();
  ::setenv("SUDO_USER", "jane", 1);
  place_.run({"local", "remove", "x.example"});
  EXPECT_EQ(place_.service.asked_change->by, "jane");
  ::unsetenv("SUDO_USER");
  place_.run({"local", "remove", "x.example"});
  EXPECT_EQ(place_.service.asked_change->by, "root");
}

TEST_F(CliTest, CheckShowsLocalRules) {
  auto& report = *place_.service.report;
  report = web::blocked_by_category("bet365.com", "gambling");
  report.chain[1].list = "local rules";
  report.chain[1].line.reset();
  report.chain[1].text = "odd (jane, 2026-11-25)";
  report.hits[0].lifted_locally = true;
  report.hits[0].in_force = false;
  place_.start_daemon();
  const std::string out = place_.run({"check", "bet365.com"}).out;
  EXPECT_EQ(out.substr(0, out.find('\n')),
            "bet365.com is BLOCKED for group pupils: category gambling (local rules: odd (jane, 2026-11-25))");
  EXPECT_TRUE(has(out, "lifted by a local rule")) << out;
}

TEST_F(CliTest, EveryLineFitsTheTerminal) {
  place_.service.report = web::blocked_by_category("bet365.com", "gambling");
  place_.service.report->chain[1].text = std::string(300, 'x');
  answer_with_two_pages();
  place_.service.page->lookups[0].name = std::string(250, 'n');
  place_.start_daemon();
  std::istringstream lines(place_.run({"history", "search"}, 60).out);
  std::string line;
  for (int i = 0; std::getline(lines, line); ++i) {
    if (i == 0) continue;  // the honest words are never cut
    EXPECT_LE(width_of(line), 60u) << line;
  }
}

TEST_F(CliTest, ColoursOnlyWhenWanted) {
  place_.start_daemon();
  EXPECT_EQ(place_.run({"status"}, 100, false).out.find('\x1b'), std::string::npos);
  EXPECT_NE(place_.run({"status"}, 100, true).out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace schoolgate::admin_cli

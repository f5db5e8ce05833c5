// The order of decision as a table: who asks for which name with which tags, and which step says what.
#include "policy/decision.h"

#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using namespace sample;  // NOLINT

constexpr std::string_view kPolicy = R"(
default_group = "pupils"

[[group]]
id = "everyone"
block = ["gambling", "malware"]
block_names = ["banned.example"]
locked = ["block_names"]

[[group]]
id = "school"
block = ["games", "social", "phishing"]
block_names = ["wide.example", "tie.example", "*.below.example", "=exact.example"]
allow_names = [
  "deep.wide.example", "tie.example", "nearer.example", "parent-ok.example",
  "casino.example",
  { name = "scanner.example", security = true, reason = "used in lessons" },
  { name = "parent-scanner.example", security = true },
]

[[group]]
id = "pupils"
parent = "school"
allow = ["games"]
block_names = ["nearer.example", "parent-scanner.example", "bad.parent-ok.example"]
allow_names = ["plain-malware.example", "www.wide.example", "chat.below.example"]

[[group]]
id = "strict"
parent = "school"
block = ["news"]
locked = ["block"]

[[group]]
id = "strict-club"
parent = "strict"
allow = ["games"]
allow_names = ["news-site.example", { name = "newsy-malware.example", security = true }]

[[group]]
id = "staff"
allow = ["gambling", "malware"]

[[group]]
id = "exam"
parent = "pupils"
otherwise = "block"
allow = ["education"]
allow_names = ["paper.example"]

[[group]]
id = "exam-room-1"
parent = "exam"

[[group]]
id = "exam-quiet"
parent = "exam"
block = ["games"]

[[group]]
id = "after-exam"
parent = "exam"
otherwise = "allow"
)";

struct Row {
  const char* why;
  const char* group;
  const char* name;
  filter::TagSet tags;
  Action action;
  Step step;
  std::string reason;  // the tag's number, or the rule as written
};

const std::vector<Row>& table() {
  constexpr Action kAllow = Action::kAllow, kBlock = Action::kBlock;
  static const std::vector<Row> rows = {
      {"nothing speaks of it", "pupils", "plain.example", {}, kAllow, Step::kOtherwise, ""},
      {"traits decide nothing", "pupils", "plain.example", set({kTest, kTiktok}), kAllow, Step::kOtherwise, ""},

      {"illegal content", "staff", "a.example", set({kChildAbuse}), kBlock, Step::kLockedCategory, "#1"},
      {"illegal before every other step", "strict", "banned.example", set({kTerrorism, kNews, kMalware}), kBlock,
       Step::kLockedCategory, "#2"},
      {"no allow lifts illegal content", "pupils", "scanner.example", set({kTerrorism}), kBlock, Step::kLockedCategory,
       "#2"},
      {"illegal content in an exam room", "exam", "paper.example", set({kChildAbuse}), kBlock, Step::kLockedCategory,
       "#1"},

      {"locked name rule", "staff", "www.banned.example", {}, kBlock, Step::kLockedRule, "banned.example"},
      {"locked name rule, of the group itself",
       "everyone",
       "banned.example",
       {},
       kBlock,
       Step::kLockedRule,
       "banned.example"},
      {"locked name rule before security", "pupils", "banned.example", set({kMalware}), kBlock, Step::kLockedRule,
       "banned.example"},
      {"locked category, of the group itself", "strict", "n.example", set({kNews}), kBlock, Step::kLockedRule, "#200"},
      {"locked category below", "strict-club", "n.example", set({kNews}), kBlock, Step::kLockedRule, "#200"},
      {"locked over an allowed name", "strict-club", "news-site.example", set({kNews}), kBlock, Step::kLockedRule,
       "#200"},
      {"locked over a security allow", "strict-club", "newsy-malware.example", set({kNews, kMalware}), kBlock,
       Step::kLockedRule, "#200"},
      {"a lock binds no other branch", "pupils", "n.example", set({kNews}), kAllow, Step::kOtherwise, ""},
      {"a lock covers its own group's block only", "strict-club", "g.example", set({kGames}), kAllow, Step::kCategory,
       "#7"},

      {"security category", "pupils", "m.example", set({kMalware}), kBlock, Step::kSecurityCategory, "#3"},
      {"security category of the parent", "pupils", "m.example", set({kPhishing}), kBlock, Step::kSecurityCategory,
       "#4"},
      {"security that the group does not block", "staff", "m.example", set({kPhishing}), kAllow, Step::kOtherwise, ""},
      {"a group may allow a security category", "staff", "m.example", set({kMalware}), kAllow, Step::kCategory, "#3"},
      {"an allow does not lift security", "pupils", "plain-malware.example", set({kMalware}), kBlock,
       Step::kSecurityCategory, "#3"},
      {"a parent's allow does not lift security", "pupils", "parent-ok.example", set({kPhishing}), kBlock,
       Step::kSecurityCategory, "#4"},
      {"security = true lifts it", "school", "scanner.example", set({kMalware}), kAllow, Step::kNameRule,
       "scanner.example"},
      {"security = true of the parent lifts it", "pupils", "scanner.example", set({kMalware, kPhishing}), kAllow,
       Step::kNameRule, "scanner.example"},
      {"security = true is for the exact name", "pupils", "www.scanner.example", set({kMalware}), kBlock,
       Step::kSecurityCategory, "#3"},
      {"a name below is allowed without security", "pupils", "www.scanner.example", set({kGambling}), kAllow,
       Step::kNameRule, "scanner.example"},
      {"security lifted, then blocked by a nearer name rule", "pupils", "parent-scanner.example", set({kMalware}),
       kBlock, Step::kNameRule, "parent-scanner.example"},

      {"name rule over category", "school", "casino.example", set({kGambling}), kAllow, Step::kNameRule,
       "casino.example"},
      {"parent's name rule over category", "pupils", "casino.example", set({kGambling}), kAllow, Step::kNameRule,
       "casino.example"},
      {"block by name", "school", "wide.example", {}, kBlock, Step::kNameRule, "wide.example"},
      {"block by name, below", "school", "a.b.wide.example", {}, kBlock, Step::kNameRule, "wide.example"},
      {"a label's edge", "school", "notwide.example", {}, kAllow, Step::kOtherwise, ""},
      {"longest name wins", "school", "x.deep.wide.example", {}, kAllow, Step::kNameRule, "deep.wide.example"},
      {"block wins a tie", "school", "tie.example", {}, kBlock, Step::kNameRule, "tie.example"},
      {"block wins a tie, below", "school", "x.tie.example", {}, kBlock, Step::kNameRule, "tie.example"},
      {"subdomains only: not itself", "school", "below.example", {}, kAllow, Step::kOtherwise, ""},
      {"subdomains only: below", "school", "chat.below.example", {}, kBlock, Step::kNameRule, "*.below.example"},
      {"exact: itself", "school", "exact.example", {}, kBlock, Step::kNameRule, "=exact.example"},
      {"exact: not below", "school", "www.exact.example", {}, kAllow, Step::kOtherwise, ""},
      {"nearest group first", "pupils", "nearer.example", {}, kBlock, Step::kNameRule, "nearer.example"},
      {"nearest group first, allowed above", "school", "nearer.example", {}, kAllow, Step::kNameRule, "nearer.example"},
      {"nearest group's shorter name before a longer one above",
       "pupils",
       "a.chat.below.example",
       {},
       kAllow,
       Step::kNameRule,
       "chat.below.example"},
      {"nearest group's longer name",
       "pupils",
       "bad.parent-ok.example",
       {},
       kBlock,
       Step::kNameRule,
       "bad.parent-ok.example"},
      {"else the parent's", "pupils", "parent-ok.example", {}, kAllow, Step::kNameRule, "parent-ok.example"},
      {"a name rule works in an exam room", "exam", "paper.example", {}, kAllow, Step::kNameRule, "paper.example"},
      {"a parent's name rule works in an exam room", "exam-room-1", "casino.example", set({kGambling}), kAllow,
       Step::kNameRule, "casino.example"},

      {"own category", "school", "g.example", set({kGames}), kBlock, Step::kCategory, "#7"},
      {"the root's category", "pupils", "g.example", set({kGambling}), kBlock, Step::kCategory, "#6"},
      {"the parent's category", "pupils", "g.example", set({kSocial}), kBlock, Step::kCategory, "#8"},
      {"a child unblocks a parent's category", "pupils", "g.example", set({kGames}), kAllow, Step::kCategory, "#7"},
      {"one allowed category does not lift another", "pupils", "g.example", set({kGames, kSocial}), kBlock,
       Step::kCategory, "#8"},
      {"a sibling is not touched", "staff", "g.example", set({kGames}), kAllow, Step::kOtherwise, ""},

      {"otherwise block", "exam", "plain.example", {}, kBlock, Step::kOtherwise, ""},
      {"otherwise block, inherited", "exam-room-1", "plain.example", {}, kBlock, Step::kOtherwise, ""},
      {"otherwise stated anew", "after-exam", "plain.example", {}, kAllow, Step::kOtherwise, ""},
      {"an allowed category works where otherwise blocks", "exam", "maths.example", set({kEducation}), kAllow,
       Step::kCategory, "#511"},
      {"an allowed category, inherited", "exam-room-1", "maths.example", set({kEducation}), kAllow, Step::kCategory,
       "#511"},
      {"an allowed category of a group above", "exam", "g.example", set({kGames}), kAllow, Step::kCategory, "#7"},
      {"until a group below blocks it again", "exam-quiet", "g.example", set({kGames}), kBlock, Step::kCategory, "#7"},
      {"a category that nobody allowed", "exam", "n.example", set({kNews}), kBlock, Step::kOtherwise, ""},
  };
  return rows;
}

std::string reason_of(const Policy& policy, const Verdict& verdict) {
  if (verdict.rule) return policy.rule(*verdict.rule).setting.text;
  return verdict.tag ? fmt::format("#{}", *verdict.tag) : "";
}

TEST(Decision, OrderOfDecision) {
  const auto policy = compile(kPolicy);
  for (const Row& row : table()) {
    SCOPED_TRACE(fmt::format("{}: {} for {}", row.why, row.name, row.group));
    const Verdict verdict = policy->decide(policy->find_group(row.group).value(), name(row.name), row.tags);
    EXPECT_EQ(verdict.action, row.action);
    EXPECT_EQ(to_text(verdict.step), to_text(row.step));
    EXPECT_EQ(reason_of(*policy, verdict), row.reason);
  }
}

TEST(Decision, TheDecidingRuleNamesItsGroupAndPlace) {
  const auto policy = compile(kPolicy);
  const Verdict verdict = policy->decide(policy->find_group("pupils").value(), name("scanner.example"), {});
  const NameRule& rule = policy->rule(verdict.rule.value());
  EXPECT_EQ(policy->group(rule.group).id, "school");
  EXPECT_EQ(rule.action, Action::kAllow);
  EXPECT_EQ(rule.setting.reason, "used in lessons");
  EXPECT_EQ(rule.setting.place.line, 17U);
}

TEST(Decision, ExplainTellsTheWholeOrder) {
  const auto policy = compile(kPolicy);
  const auto chain = policy->explain(policy->find_group("pupils").value(), name("casino.example"), set({kGambling}));
  const std::vector<std::vector<std::string>> wanted = {
      {"locked-category", "locked categories", "no match"},
      {"locked-rule", "locked rules", "no match"},
      {"security-category", "security categories", "no match"},
      {"grant", "grants", "no match"},
      {"name-rule", "allow casino.example in group school", "allows"},
      {"category", "category gambling", "not reached"},
      {"otherwise", "otherwise allow", "not reached"},
  };
  ASSERT_EQ(chain.size(), wanted.size());
  for (std::size_t i = 0; i < chain.size(); ++i) {
    SCOPED_TRACE(wanted[i][0]);
    EXPECT_EQ(to_text(chain[i].step), wanted[i][0]);
    EXPECT_EQ(chain[i].rule, wanted[i][1]);
    EXPECT_EQ(chain[i].outcome, wanted[i][2]);
    EXPECT_EQ(chain[i].decided, i == 4);
  }
  EXPECT_EQ(chain[5].tag, kGambling);
}

struct Words {
  const char* group;
  const char* name;
  filter::TagSet tags;
  std::size_t step;  // from 1
  const char* rule;
  const char* outcome;
};

TEST(Decision, ExplainInWords) {
  const auto policy = compile(kPolicy);
  const std::vector<Words> table = {
      {"pupils", "x.example", set({kChildAbuse, kTerrorism}), 1, "categories child-abuse, terrorism", "blocks"},
      {"pupils", "banned.example", {}, 2, "block banned.example in group everyone, locked", "blocks"},
      {"strict", "x.example", set({kNews, kGames}), 2, "category news, locked", "blocks"},
      {"pupils", "x.example", set({kMalware, kGambling}), 3, "category malware", "blocks"},
      {"pupils", "scanner.example", set({kMalware}), 3, "category malware",
       "lifted by allow scanner.example in group school"},
      {"school", "chat.below.example", {}, 5, "block *.below.example in group school", "blocks"},
      {"pupils", "x.example", set({kGames, kGambling, kSocial}), 6, "categories gambling, social", "blocks"},
      {"pupils", "x.example", set({kGames}), 6, "category games", "allows"},
      {"pupils", "x.example", set({kNews}), 6, "categories", "no match"},
      {"exam", "x.example", set({kNews}), 7, "otherwise block", "blocks"},
  };
  for (const Words& row : table) {
    SCOPED_TRACE(fmt::format("{} for {}, step {}", row.name, row.group, row.step));
    const auto chain = policy->explain(policy->find_group(row.group).value(), name(row.name), row.tags);
    EXPECT_EQ(chain.at(row.step - 1).rule, row.rule);
    EXPECT_EQ(chain.at(row.step - 1).outcome, row.outcome);
  }
}

struct TargetRow {
  const char* why;
  const char* group;
  const char* asked;
  filter::TagSet asked_tags;
  const char* target;
  filter::TagSet tags;
  Action action;
  Step step;
};

TEST(Decision, Targets) {
  constexpr Action kAllow = Action::kAllow, kBlock = Action::kBlock;
  const auto policy = compile(kPolicy);
  const std::vector<TargetRow> table = {
      {"a plain target", "pupils", "a.example", {}, "cdn.example", {}, kAllow, Step::kOtherwise},
      {"a blocked category", "pupils", "a.example", {}, "t.example", set({kSocial}), kBlock, Step::kCategory},
      {"a blocked name", "pupils", "a.example", {}, "wide.example", {}, kBlock, Step::kNameRule},
      {"an allowed name covers a blocked category",
       "pupils",
       "casino.example",
       {},
       "t.example",
       set({kGambling}),
       kAllow,
       Step::kNameRule},
      {"an allowed name covers a blocked name",
       "pupils",
       "casino.example",
       {},
       "wide.example",
       {},
       kAllow,
       Step::kNameRule},
      {"an allowed name never covers illegal content",
       "pupils",
       "casino.example",
       {},
       "t.example",
       set({kTerrorism}),
       kBlock,
       Step::kLockedCategory},
      {"an allowed name never covers a locked rule",
       "pupils",
       "casino.example",
       {},
       "banned.example",
       {},
       kBlock,
       Step::kLockedRule},
      {"an allowed name never covers security",
       "pupils",
       "casino.example",
       {},
       "t.example",
       set({kMalware}),
       kBlock,
       Step::kSecurityCategory},
      {"nor does one that says security = true: that is for itself", "pupils", "scanner.example", set({kMalware}),
       "t.example", set({kMalware}), kBlock, Step::kSecurityCategory},
      {"a target that says security = true for itself",
       "pupils",
       "a.example",
       {},
       "scanner.example",
       set({kMalware}),
       kAllow,
       Step::kNameRule},
      {"an allowed category is judged on", "exam", "maths.example", set({kEducation}), "t.example", set({kSocial}),
       kBlock, Step::kCategory},
      {"otherwise = block does not ask where an allowed name leads",
       "exam",
       "maths.example",
       set({kEducation}),
       "cdn.example",
       {},
       kAllow,
       Step::kCategory},
      {"likewise for a name rule", "exam", "paper.example", {}, "cdn.example", {}, kAllow, Step::kNameRule},
      {"what was blocked stays blocked",
       "exam",
       "plain.example",
       {},
       "maths.example",
       set({kEducation}),
       kBlock,
       Step::kOtherwise},
  };
  for (const TargetRow& row : table) {
    SCOPED_TRACE(row.why);
    const GroupNumber group = policy->find_group(row.group).value();
    const Verdict asked = policy->decide(group, name(row.asked), row.asked_tags);
    const Verdict verdict = policy->decide_target(group, asked, name(row.target), row.tags);
    EXPECT_EQ(verdict.action, row.action);
    EXPECT_EQ(to_text(verdict.step), to_text(row.step));
  }
}

}  // namespace
}  // namespace schoolgate::policy

#include "policy/by_group.h"

#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

constexpr std::string_view kPolicy = R"(default_group = "pupils"
[[group]]
id = "pupils"
block = ["gambling"]
allow_names = ["odds.example"]
[[group]]
id = "exam"
parent = "pupils"
otherwise = "block"
[[group]]
id = "staff"
)";

// "group: verdict by what", a line each.
std::string told(const char* at, const filter::TagSet& tags) {
  const auto policy = sample::compile(kPolicy);
  std::string text;
  for (const GroupVerdict& each : verdicts_by_group(*policy, sample::name(at), tags)) {
    text += each.group + ": " + (each.blocked ? "blocked" : "allowed") + " by " + each.decided_by + "\n";
  }
  return text;
}

TEST(ByGroup, SaysForEachGroupWhatDecides) {
  EXPECT_EQ(told("bets.example", sample::set({sample::kGambling})),
            "everyone: allowed by otherwise allow\n"
            "pupils: blocked by category gambling\n"
            "exam: blocked by category gambling\n"
            "staff: allowed by otherwise allow\n");
}

TEST(ByGroup, ANameRuleAndOtherwiseHaveTheirSay) {
  EXPECT_EQ(told("odds.example", sample::set({sample::kGambling})),
            "everyone: allowed by otherwise allow\n"
            "pupils: allowed by allow odds.example in group pupils\n"
            "exam: allowed by allow odds.example in group pupils\n"
            "staff: allowed by otherwise allow\n");
  EXPECT_NE(told("plain.example", {}).find("exam: blocked by otherwise block\n"), std::string::npos);
}

TEST(ByGroup, AgreesWithTheDecision) {
  const auto policy = sample::compile(kPolicy);
  for (const filter::TagNumber tag : {sample::kChildAbuse, sample::kMalware, sample::kGambling, sample::kGames}) {
    for (const char* at : {"odds.example", "plain.example"}) {
      for (const GroupVerdict& each : verdicts_by_group(*policy, sample::name(at), sample::set({tag}))) {
        const auto verdict = policy->decide(*policy->find_group(each.group), sample::name(at), sample::set({tag}));
        EXPECT_EQ(each.blocked, verdict.blocks()) << each.group << " " << at << " " << tag;
      }
    }
  }
}

}  // namespace
}  // namespace schoolgate::policy

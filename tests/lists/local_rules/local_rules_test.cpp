#include "lists/local_rules/local_rules.h"

#include <gtest/gtest.h>

#include "base/timestamp.h"

namespace schoolgate::lists {
namespace {

using filter::Effect;
using filter::Reach;

constexpr filter::TagNumber kIllegal = 1, kGambling = 6, kGames = 7;

filter::TagTable tags() {
  filter::TagTable table;
  EXPECT_TRUE(table.add({kIllegal, "illegal", filter::TagKind::kCategory, true, false}));
  EXPECT_TRUE(table.add({kGambling, "gambling", filter::TagKind::kCategory, false, false}));
  EXPECT_TRUE(table.add({kGames, "games", filter::TagKind::kCategory, false, false}));
  return table;
}

LocalRule rule(std::string_view name, Effect effect = Effect::kGive, std::string category = "gambling") {
  LocalRule rule;
  EXPECT_TRUE(read_written_name(name, rule)) << name;
  rule.effect = effect;
  rule.category = std::move(category);
  rule.added_by = "jane";
  rule.added_us = *base::parse_timestamp("2026-11-25T09:30:00.000042Z");
  return rule;
}

std::string refusal(std::string_view text) {
  const auto rules = parse_local_rules(text, "f.toml");
  return rules ? "" : rules.error().message();
}

// "name effect category" of each.
std::vector<std::string> told(const std::vector<LocalRule>& rules) {
  std::vector<std::string> texts;
  for (const LocalRule& one : rules) {
    texts.push_back((one.effect == Effect::kLift ? "lift " : "give ") + one.category + " " + written_name(one));
  }
  return texts;
}
using Told = std::vector<std::string>;

TEST(LocalRules, NamesAreWrittenAsInThePolicyFile) {
  struct Row {
    const char* written;
    const char* again;
    Reach reach;
  };
  for (const Row& row : {Row{"Casino.Example.", "casino.example", Reach::kBoth},
                         Row{"*.casino.example", "*.casino.example", Reach::kSubdomains},
                         Row{"=casino.example", "=casino.example", Reach::kExact}}) {
    LocalRule read = rule("x");
    ASSERT_TRUE(read_written_name(row.written, read)) << row.written;
    EXPECT_EQ(read.reach, row.reach);
    EXPECT_EQ(written_name(read), row.again);
  }
}

TEST(LocalRules, WhatIsNoNameIsExplained) {
  const auto why = [](const char* written) {
    LocalRule read;
    return read_written_name(written, read).error().message();
  };
  EXPECT_EQ(why("https://x.example/a"), "'https://x.example/a': not enforceable by DNS: has a path");
  EXPECT_EQ(why("10.0.0.1"), "'10.0.0.1': an address, not a name: that is a firewall's work");
  EXPECT_EQ(why("a.*.example"), "'a.*.example': a wildcard is understood only as a leading '*.'");
  EXPECT_EQ(why("."), "'.': covers every name there is");
  EXPECT_NE(why("*."), "");
  EXPECT_NE(why("="), "");
  EXPECT_NE(why("*.=x.example"), "");
  EXPECT_NE(why(""), "");
}

TEST(LocalRules, ReadsWhatItWrites) {
  std::vector<LocalRule> rules = {rule("casino.example"), rule("*.news.example", Effect::kLift, "games"),
                                  rule("=x.example")};
  rules[0].reason = "\"found\" in a \\ lesson, naïve 🎲";
  rules[1].added_by = "O'Brien";
  const auto read = parse_local_rules(encode_local_rules(rules), "f.toml");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, rules);
  EXPECT_EQ(parse_local_rules(encode_local_rules({}), "f.toml"), std::vector<LocalRule>());
}

TEST(LocalRules, EveryMistakeInTheFileHasAPlace) {
  const std::string good =
      "[[rule]]\nname = \"x.example\"\neffect = \"give\"\ncategory = \"games\"\nreason = \"\"\nadded_by = \"jane\"\n"
      "added = \"2026-11-25T09:30:00Z\"\n";
  EXPECT_EQ(refusal(good), "");
  const auto with = [&good](const std::string& before, const std::string& after) {
    std::string text = good;
    return refusal(text.replace(text.find(before), before.size(), after));
  };
  EXPECT_EQ(with("give", "giev"), "f.toml:3:10: 'effect' is 'giev', and should be 'give' or 'lift'");
  EXPECT_EQ(with("x.example", "http://x"),
            "f.toml:2:8: 'http://x': not enforceable by DNS: is a URL; write the bare name if the whole site is meant");
  EXPECT_EQ(with("2026-11-25T09:30:00Z", "today"),
            "f.toml:7:9: 'added' is 'today', and should be a time like '2026-03-02T09:30:00Z'");
  EXPECT_EQ(with("category = \"games\"\n", ""), "f.toml:1:1: 'category' is missing");
  EXPECT_EQ(with("name = \"x.example\"\n", ""), "f.toml:1:1: 'name' is missing");
  EXPECT_EQ(with("effect = \"give\"\n", ""), "f.toml:1:1: 'effect' is missing");
  EXPECT_EQ(with("added = \"2026-11-25T09:30:00Z\"\n", ""), "f.toml:1:1: 'added' is missing");
  EXPECT_EQ(with("reason = \"\"", "reason = 7"), "f.toml:5:10: 'reason' is a whole number, and should be a string");
  EXPECT_EQ(with("reason = \"\"", "reason = \"" + std::string(201, 'x') + "\""),
            "f.toml:1:1: the reason has 201 bytes, and at most 200 may be");
  EXPECT_EQ(with("reason", "raeson").find("f.toml:"), 0u);
  EXPECT_EQ(refusal(good + "[[rules]]\n"), "f.toml:8:3: unknown key 'rules' (did you mean 'rule'?)");
  EXPECT_EQ(refusal(good + good), "f.toml:8:1: another [[rule]] speaks of 'games' at the same name");
  EXPECT_EQ(refusal("[[rule]").find("f.toml:1:"), 0u);
}

TEST(LocalRules, AreBounded) {
  const auto most = filter::Overlay::kMostRules;
  std::vector<LocalRule> rules;
  for (std::size_t i = 0; i <= most; ++i) rules.push_back(rule("n" + std::to_string(i) + ".example"));
  EXPECT_EQ(refusal(encode_local_rules(rules)),
            "f.toml:1:1: there are 20001 rules, and at most 20000 may be: make a list of them");
  EXPECT_FALSE(build_overlay(rules, tags(), {}));
  rules.pop_back();
  EXPECT_EQ(refusal(encode_local_rules(rules)), "");
}

TEST(LocalRules, TextsAreOneLineOfPlainText) {
  LocalRule one = rule("x.example");
  one.reason = std::string(200, 'x');
  EXPECT_TRUE(check_texts(one));
  for (const std::string& text : {std::string("two\nlines"), std::string("\x1b[2J"), std::string("del\x7f"),
                                  std::string("no utf-8 \xff"), std::string("cut \xc3")}) {
    one.reason = text;
    EXPECT_EQ(check_texts(one).error().message(), "the reason should be one line of plain text");
  }
  one.reason = "";
  one.added_by = std::string(65, 'x');
  EXPECT_EQ(check_texts(one).error().message(), "the name of who adds the rule has 65 bytes, and at most 64 may be");
}

TEST(LocalRules, ANewOneReplacesThoseThatItCovers) {
  const std::vector<LocalRule> before = {rule("x.example", Effect::kLift), rule("=x.example", Effect::kLift),
                                         rule("x.example", Effect::kLift, "games"), rule("y.example")};
  EXPECT_EQ(told(with_change(before, {{rule("x.example")}, {}, ""})),
            (Told{"lift games x.example", "give gambling y.example", "give gambling x.example"}));
  EXPECT_EQ(
      told(with_change(before, {{rule("=x.example")}, {}, ""})),
      (Told{"lift gambling x.example", "lift games x.example", "give gambling y.example", "give gambling =x.example"}))
      << "it covers less than the one that stays";
}

TEST(LocalRules, OneIsRemovedByNameReachAndCategory) {
  const std::vector<LocalRule> before = {rule("x.example"), rule("=x.example"),
                                         rule("x.example", Effect::kLift, "games")};
  EXPECT_EQ(told(with_change(before, {{}, {rule("x.example", Effect::kLift)}, ""})),
            (Told{"give gambling =x.example", "lift games x.example"}));
  EXPECT_EQ(with_change(before, {{}, {rule("z.example")}, ""}), before);
}

TEST(LocalRules, BecomeAnOverlay) {
  std::vector<LocalRule> rules = {rule("x.example"), rule("*.y.example", Effect::kLift, "games")};
  rules[0].reason = "found in a lesson";
  const auto built = build_overlay(rules, tags(), {});
  ASSERT_TRUE(built);
  filter::TagSet games, gambling;
  games.set(kGames);
  gambling.set(kGambling);
  EXPECT_EQ(built->overlay->apply(rules[0].name, {}), gambling);
  EXPECT_EQ(built->overlay->apply(rules[1].name, games), games) << "only what is below";
  EXPECT_EQ(built->overlay->apply(*dns::Name::parse("a.y.example"), games), filter::TagSet());
  EXPECT_EQ(built->overlay->explain(rules[0].name)[0].rule.reason, "found in a lesson (jane, 2026-11-25)");
  EXPECT_EQ(in_words(rules[1]), "no reason given (jane, 2026-11-25)");
  EXPECT_EQ(set_aside(rules, *built), "");
}

TEST(LocalRules, OneThatCannotBeHonouredIsSetAsideAlone) {
  const std::vector<LocalRule> rules = {rule("a.example", Effect::kGive, "gone"),
                                        rule("b.example", Effect::kLift, "illegal"), rule("c.example"),
                                        rule("d.example", Effect::kGive, "illegal")};
  const auto built = build_overlay(rules, tags(), {});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->problems,
            (Told{"there is no category 'gone' any more", "'illegal' is locked, and nothing lifts it", "", ""}));
  EXPECT_EQ(set_aside(rules, *built),
            "local rules set aside, see `schoolgate local ls`: give gone at a.example: there is no category 'gone' any "
            "more; lift illegal at b.example: 'illegal' is locked, and nothing lifts it");
  EXPECT_FALSE(built->overlay->apply(rules[2].name, {}).empty());
  EXPECT_FALSE(built->overlay->apply(rules[3].name, {}).empty()) << "giving is no lifting";
}

TEST(LocalRules, WhatTheTaxonomyLocksIsLockedWhateverTheImageSays) {
  filter::TagSet locked;
  locked.set(kGambling);
  const auto built = build_overlay({rule("x.example", Effect::kLift)}, tags(), locked);
  ASSERT_TRUE(built);
  EXPECT_EQ(built->problems, Told{"'gambling' is locked, and nothing lifts it"});
}

TEST(LocalRules, ManyThatAreSetAsideAreCounted) {
  std::vector<LocalRule> rules;
  for (int i = 0; i < 8; ++i) rules.push_back(rule("n" + std::to_string(i) + ".example", Effect::kGive, "gone"));
  const std::string text = set_aside(rules, build_overlay(rules, tags(), {}).value());
  EXPECT_NE(text.find("n4.example"), std::string::npos);
  EXPECT_EQ(text.find("n5.example"), std::string::npos);
  EXPECT_TRUE(text.ends_with("; and 3 more")) << text;
}

}  // namespace
}  // namespace schoolgate::lists

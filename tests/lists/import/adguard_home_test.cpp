// AdGuard Home's configuration, and YAML that means harm.
#include <gtest/gtest.h>

#include <chrono>

#include "lists/import/foreign_setup.h"
#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

std::string left_out(const ForeignSetup& setup) {
  std::string text;
  for (const LeftOut& one : setup.left_out) text += one.what + ": " + one.reason + '\n';
  return text;
}

TEST(AdguardHome, TakesFiltersAndRules) {
  const auto setup = parse_adguard_home(R"yaml(http:
  address: 0.0.0.0:80
filters:
  - enabled: true
    url: https://lists.example/filter_1.txt
    name: AdGuard DNS filter
    id: 1
  - enabled: false
    url: https://lists.example/filter_2.txt
    name: Off
  - enabled: true
    url: /opt/AdGuardHome/own.txt
    name: Ours
  - enabled: true
    name: no address
whitelist_filters:
  - enabled: true
    url: https://lists.example/allow.txt
    name: Allowed
user_rules:
  - '||bad.example^$important'
  - ""
  - '! a remark'
  - '@@||good.example^'
dhcp:
  enabled: false
)yaml",
                                        "AdGuardHome.yaml");
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_EQ(setup->product, "adguard");
  ASSERT_EQ(setup->lists.size(), 1u);
  EXPECT_EQ(setup->lists[0].name + " " + setup->lists[0].address,
            "AdGuard DNS filter https://lists.example/filter_1.txt");
  EXPECT_EQ(setup->rules, (std::vector<std::string>{"||bad.example^$important", "! a remark", "@@||good.example^"}));
  EXPECT_EQ(
      left_out(*setup),
      "list https://lists.example/filter_2.txt: is switched off there\n"
      "list /opt/AdGuardHome/own.txt: a file of that machine: copy it here, then schoolgate lists add --id … "
      "--category … --source FILE\n"
      "a list: line 14 has no 'url' of one line\n"
      "list https://lists.example/allow.txt: is a list of allowed names: here a list lifts only its own rules\n"
      "@@||good.example^: lifts only what the imported rules block; for all lists: schoolgate local allow NAME\n");
}

TEST(AdguardHome, PartsMayBeMissingOrEmpty) {
  for (const char* text :
       {"filters: []\n", "filters:\nuser_rules: []\nwhitelist_filters: null\n", "user_rules: []\n"}) {
    const auto setup = parse_adguard_home(text, "a.yaml");
    ASSERT_TRUE(setup) << setup.error().message();
    EXPECT_TRUE(setup->lists.empty() && setup->rules.empty() && setup->left_out.empty());
  }
}

TEST(AdguardHome, WhatIsNoneSaysSo) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "a.yaml: is neither Pi-hole's gravity.db nor AdGuard Home's AdGuardHome.yaml with its 'filters'"},
      {"- a\n", "a.yaml: is neither"},
      {"dns:\n  port: 53\n", "a.yaml: is neither"},
      {"filters: yes\n", "a.yaml:1: 'filters' should be a list"},
      {"a: b\nfilters: [\n", "a.yaml:3:1: not YAML: "},
      {"a: b: c\n", "a.yaml:1:5: not YAML: "},
      {std::string("filters: \x01\x02\xff\n"), "a.yaml:1: 'filters' should be a list"},
  };
  for (const auto& [text, said] : cases) {
    const auto setup = parse_adguard_home(text, "a.yaml");
    ASSERT_FALSE(setup) << text;
    EXPECT_EQ(setup.error().code(), base::ErrorCode::kInvalid);
    EXPECT_EQ(setup.error().message().find(said), 0u) << text << setup.error().message();
  }
}

TEST(AdguardHome, RulesThatFitNoLineAreLeftOut) {
  const auto setup = parse_adguard_home(
      "user_rules:\n  - \"a\\n||evil^\"\n  - [x]\n  - {a: b}\n  - |\n    two\n    lines\n", "a.yaml");
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_TRUE(setup->rules.empty());
  EXPECT_EQ(setup->left_out.size(), 4u);
}

// Nine times nine times nine … of the same: it is never unfolded.
TEST(AdguardHome, ABombOfAliasesIsNeverUnfolded) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 30; ++i) {
    std::string line;
    for (int times = 0; times < 9; ++times) line += fmt::format("{}*a{}", times == 0 ? "" : ",", i - 1);
    text += fmt::format("a{}: &a{} [{}]\n", i, i, line);
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto setup = parse_adguard_home(text + "user_rules: *a29\nfilters: *a29\n", "a.yaml");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  ASSERT_TRUE(setup) << setup.error().message();
  EXPECT_EQ(setup->left_out.size(), 18u);
}

TEST(AdguardHome, DeepNestingEndsInAnError) {
  for (const char* open : {"[", "{a: ", "- ", "? "}) {
    std::string text = "filters: []\nx:\n  ";
    for (int i = 0; i < 20'000; ++i) text += open;
    const auto setup = parse_adguard_home(text, "a.yaml");
    ASSERT_FALSE(setup) << open;
    EXPECT_NE(setup.error().message().find("not YAML"), std::string::npos) << setup.error().message();
  }
}

TEST(AdguardHome, TooManyEntriesAreRefused) {
  std::string text = "user_rules:\n";
  for (int i = 0; i < 100'001; ++i) text += "- a\n";
  const auto setup = parse_adguard_home(text, "a.yaml");
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().message(), "a.yaml:2: 'user_rules' has more than 100000 entries");
}

TEST(AdguardHome, NoOctetsThrow) {
  std::string text =
      "filters:\n- {enabled: true, url: 'https://lists.example/a.txt', name: &n \"A\"}\nuser_rules: [*n, '||b^']\n";
  std::uint64_t state = 1;
  for (int round = 0; round < 5'000; ++round) {
    std::string bad = text;
    for (int changes = 0; changes < 3; ++changes) {
      state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
      bad[(state >> 33) % bad.size()] = static_cast<char>(state >> 25);
    }
    (void)parse_adguard_home(bad, "a.yaml");
  }
}

}  // namespace
}  // namespace schoolgate::lists

#include "filter/rules/rule_store.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

TEST(RuleStore, TheRootWithoutAText) {
  RuleStore store;
  store.add({}, dns::Name(), "");
  ASSERT_EQ(store.sorted().size(), 1u);
  EXPECT_EQ(store.sorted()[0].key(), "");
}

// What is sorted already is not sorted again, but for the rules of each name.
TEST(RuleStore, AnyOrderGivesTheSame) {
  std::vector<std::pair<const char*, std::uint32_t>> rules = {
      {"org", 1}, {"org", 2}, {"example.org", 3}, {"example.org", 4}, {"www.example.org", 5}};
  do {
    RuleStore store;
    for (const auto& [at, line] : rules) {
      NameRule rule;
      rule.line = line;
      store.add(rule, name(at), at);
    }
    std::uint32_t line = 0;
    for (const NameRule& rule : store.sorted()) ASSERT_EQ(rule.line, ++line);
  } while (std::next_permutation(rules.begin(), rules.end()));
}

TEST(RuleStore, SeesWhetherTheLineIsTheName) {
  const std::tuple<const char*, const char*, bool> cases[] = {
      {"www.example.org", "www.example.org", true},
      {"www.example.org", "www.example.org.", false},
      {"www.example.org", "www.example.or", false},
      {"www.example.org", "www.example", false},
      {"www.example.org", "www-example.org", false},
      {"www.example.org", "", false},
      {"a\\.b.org", "a.b.org", false},
      {"a\\.b.org", "a\\.b.org", true},
      {"\\007.org", "\\007.org", true},
      {".", "", false},
      {".", ".", true},
  };
  for (const auto& [at, text, is_name] : cases) {
    RuleStore store;
    store.add({}, name(at), text);
    EXPECT_EQ(store.sorted()[0].text_is_name, is_name) << at << " " << text;
    EXPECT_EQ(store.sorted()[0].text(), is_name ? "" : text);
  }
}

TEST(RuleStore, SortsAndDropsRulesThatAreThereTwice) {
  RuleStore store;
  const auto add = [&store](const char* at, std::uint32_t line, std::string_view text) {
    NameRule rule;
    rule.line = line;
    store.add(rule, name(at), text);
  };
  add("www.example.org", 3, "www.example.org");
  add("org", 9, "0.0.0.0 org");
  add("example.org", 2, "example.org");
  add("example.org", 1, "example.org");
  add("example.org", 2, "example.org");
  add("notexample.org", 5, std::string(5000, 'x'));
  const auto sorted = store.sorted();
  ASSERT_EQ(sorted.size(), 5u);
  EXPECT_EQ(sorted[0].text(), "0.0.0.0 org");
  EXPECT_EQ(sorted[1].line, 1u);
  EXPECT_EQ(sorted[2].line, 2u);
  EXPECT_TRUE(sorted[2].text_is_name);
  EXPECT_EQ(sorted[3].key(), "\3org\7example\3www");
  EXPECT_EQ(sorted[4].text().size(), RuleStore::kMaxTextOctets);
}

}  // namespace
}  // namespace schoolgate::filter

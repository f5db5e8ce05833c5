#include "filter/rules/rule_store.h"

#include <map>
#include <random>
#include <set>

#include "tests/filter/filter_fixture.h"
#include "tests/filter/written_line.h"

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
    const NameRule rule = store.sorted()[0];
    EXPECT_EQ(RuleLine(rule).frame == kNameAlone, is_name) << at << " " << text;
    EXPECT_EQ(written_line(rule, store), text);
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
  EXPECT_EQ(written_line(sorted[0], store), "0.0.0.0 org");
  EXPECT_EQ(sorted[1].line, 1u);
  EXPECT_EQ(sorted[2].line, 2u);
  EXPECT_EQ(RuleLine(sorted[2]).frame, kNameAlone);
  EXPECT_EQ(sorted[3].key(), "\3org\7example\3www");
  EXPECT_EQ(written_line(sorted[4], store).size(), RuleStore::kMaxTextOctets);
}

// Whatever stands around the name, and wherever it stood in the line before.
TEST(RuleStore, GivesEachLineBackAsWritten) {
  const std::string www = "www.example.org";
  const std::vector<std::string> lines = {"0.0.0.0 " + www,
                                          "||" + www + "^",
                                          www + " # " + www,
                                          "x" + www.substr(1),
                                          "WWW.example.org",
                                          "0.0.0.0 www.example.or",
                                          "",
                                          "w",
                                          www + ".",
                                          std::string(254, 'x') + www,
                                          std::string(255, 'x') + www,
                                          std::string(990, 'x') + www,
                                          "local-zone: \"" + www + ".\" always_null"};
  RuleStore store;
  NameRule rule;
  for (const std::string& line : lines) {
    ++rule.line;
    store.add(rule, name(www), line);
  }
  const auto sorted = store.sorted();
  ASSERT_EQ(sorted.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(written_line(sorted[i], store), lines[i].substr(0, RuleStore::kMaxTextOctets));
    EXPECT_EQ(sorted[i].key(), "\3org\7example\3www");
  }
}

TEST(RuleStore, ANameWithOddOctetsIsGivenBackAsWrittenToo) {
  for (const char* odd : {"a\\.b.org", "\\007.org", "*.org", "a!b.org", "."}) {
    RuleStore store;
    const std::string line = "0.0.0.0 " + std::string(odd) + " #";
    store.add({}, name(odd), line);
    EXPECT_EQ(written_line(store.sorted()[0], store), line);
    EXPECT_NE(RuleLine(store.sorted()[0]).frame, kWrittenOut);
  }
}

// What a rule is, in the order of the store.
using Told = std::tuple<std::string, ListNumber, Exception, Reach, std::uint32_t, FrameNumber, std::string_view>;

Told told(const NameRule& rule) {
  const RuleLine line = rule;
  return {std::string(rule.key()), line.list, line.exception, line.reach, line.line, line.frame, line.text};
}

// Each once, and of those that say the same of a name the first few.
std::vector<Told> naively_sorted(const std::vector<Told>& rules) {
  std::vector<Told> kept;
  std::map<std::tuple<std::string, ListNumber, Exception, Reach>, std::size_t> alike;
  for (const Told& rule : std::set<Told>(rules.begin(), rules.end())) {
    const auto& [key, list, exception, reach, line, frame, text] = rule;
    if (++alike[{key, list, exception, reach}] <= kMostAlike) kept.push_back(rule);
  }
  return kept;
}

// Names whose keys end anywhere in the eight octets that are compared at a time, and share any number of them.
std::string some_name(std::mt19937& random) {
  std::string text;
  for (std::size_t label = 0, labels = 1 + random() % 4; label < labels; ++label) {
    text += (label > 0 ? "." : "") + std::string(1 + random() % 9, "ab"[random() % 2]);
  }
  return text;
}

TEST(RuleStore, SortsAsASetWould) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    RuleStore store;
    std::vector<Told> expected;
    for (int i = 0; i < 2'000; ++i) {
      const std::string at = some_name(random);
      NameRule rule;
      rule.list = static_cast<ListNumber>(random() % 2);
      rule.reach = static_cast<Reach>(random() % 3);
      rule.exception = static_cast<Exception>(random() % 2);
      rule.line = static_cast<std::uint32_t>(random() % 20);
      // Numbered as they are sorted: "" and "", "" and ".", "||" and "".
      const FrameNumber frame = random() % 4 == 0 ? kWrittenOut : static_cast<FrameNumber>(random() % 3);
      const std::string line = frame == 0 ? at : frame == 1 ? at + "." : frame == 2 ? "||" + at : "?";
      store.add(rule, name(at), line);
      expected.emplace_back(std::string(DomainKey(name(at)).text()), rule.list, rule.exception, rule.reach, rule.line,
                            frame, frame == kWrittenOut ? "?" : "");
    }
    std::vector<Told> sorted;
    for (const NameRule& rule : store.sorted()) sorted.push_back(told(rule));
    ASSERT_EQ(sorted, naively_sorted(expected));
    std::vector<Told> again;
    for (const NameRule& rule : store.sorted()) again.push_back(told(rule));
    ASSERT_EQ(again, sorted);
  }
}

// Each line its own: a list may have a comment behind every name.
TEST(RuleStore, LinesThatThereIsNoRoomForAFrameOfAreWrittenOut) {
  RuleStore store;
  const std::string comment(100, '#');
  constexpr std::uint32_t kLines = 20'000;
  NameRule rule;
  for (rule.line = 0; rule.line < kLines; ++rule.line) {
    store.add(rule, name(fmt::format("n{}.example", rule.line)),
              fmt::format("n{}.example {}{}", rule.line, comment, rule.line));
  }
  std::size_t written_out = 0;
  for (const NameRule& one : store.sorted()) {
    EXPECT_EQ(written_line(one, store), fmt::format("n{}.example {}{}", one.line, comment, one.line));
    if (RuleLine(one).frame == kWrittenOut) ++written_out;
  }
  EXPECT_GT(written_out, 0u);
  EXPECT_LT(written_out, kLines);
}

TEST(RuleStore, OfRulesThatSayTheSameTheFirstFewStay) {
  RuleStore store;
  NameRule rule;
  for (rule.line = 3 * kMostAlike; rule.line > 0; --rule.line) store.add(rule, name("a.example"), "x");
  const auto sorted = store.sorted();
  ASSERT_EQ(sorted.size(), kMostAlike);
  EXPECT_EQ(sorted.back().line, kMostAlike);
}

}  // namespace
}  // namespace schoolgate::filter

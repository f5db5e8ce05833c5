// Every small set of rules against every small name: the image and the naive filter must agree on all of them.
#include <array>

#include "filter/rules/effective_rules.h"
#include "filter/rules/rule_store.h"
#include "filter/trie/domain_trie.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

using test_support::NaiveFilter;
using test_support::NaiveHit;
using test_support::NaiveRule;

const std::vector<TagNumber> kTagOfList = {3, 511};

// The root and all names of up to `labels` labels, each "a" or "b".
std::vector<dns::Name> all_names(unsigned labels) {
  std::vector<dns::Name> names = {dns::Name()};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].label_count() == labels) continue;
    for (const char* label : {"a", "b"}) names.push_back(names[i].with_prefix(label).value());
  }
  return names;
}

std::vector<NaiveRule> all_rules(const std::vector<dns::Name>& names) {
  std::vector<NaiveRule> rules;
  for (const dns::Name& at : names) {
    for (const Reach reach : {Reach::kExact, Reach::kSubdomains, Reach::kBoth}) {
      for (const Exception exception : {Exception::kNo, Exception::kYes}) {
        for (const ListNumber list : {ListNumber{0}, ListNumber{1}}) {
          rules.push_back({list, exception, reach, at, "", static_cast<std::uint32_t>(rules.size() + 1)});
        }
      }
    }
  }
  return rules;
}

std::vector<NaiveHit> hits_of(const Image& image, const dns::Name& at) {
  std::vector<NaiveHit> hits;
  const auto explained = image.explain(at).value();
  for (const RuleHit& hit : explained) {
    hits.emplace_back(hit.list == "first" ? 0 : 1, hit.line, hit.exception == Exception::kYes, hit.in_force);
  }
  std::sort(hits.begin(), hits.end());
  return hits;
}

std::string described(const std::vector<NaiveRule>& rules) {
  std::string text;
  for (const NaiveRule& rule : rules) {
    text += fmt::format("list {} {}{} reach {}; ", rule.list, rule.exception == Exception::kYes ? "@@" : "",
                        rule.expression.empty() ? rule.name.to_text() : "/" + rule.expression + "/",
                        static_cast<int>(rule.reach));
  }
  return text;
}

// True when all answers about all names agree.
bool agrees(const std::vector<NaiveRule>& rules, const std::vector<dns::Name>& names) {
  static const TagTable tags = some_tags();
  ImageBuilder builder(tags);
  builder.add_list({"first", kTagOfList[0], "v1", "first.txt"});
  builder.add_list({"second", kTagOfList[1], "v2", "second.txt"});
  add_rules(builder, rules);
  NaiveFilter naive(kTagOfList);
  for (const NaiveRule& rule : rules) naive.add(rule);
  const auto image = image_of(builder);
  auto scratch = image->make_scratch().value();
  EXPECT_EQ(classify_together(*image, names, scratch), classify_each(*image, names, scratch)) << described(rules);
  for (const dns::Name& at : names) {
    EXPECT_EQ(image->classify(at, scratch), naive.classify(at)) << at.to_text() << " with " << described(rules);
    for (const TagNumber tag : kTagOfList) {
      EXPECT_EQ(list_of(*image, at, tag, scratch), naive.list_of(at, tag)) << at.to_text() << " " << described(rules);
    }
    EXPECT_EQ(hits_of(*image, at), naive.explain(at)) << at.to_text() << " with " << described(rules);
  }
  return !testing::Test::HasFailure();
}

TEST(Exhaustive, EverySetOfTwoRulesOnNamesOfThreeLabels) {
  const auto names = all_names(3);
  ASSERT_EQ(names.size(), 15u);
  const auto rules = all_rules(names);
  ASSERT_TRUE(agrees({}, names));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    ASSERT_TRUE(agrees({rules[i]}, names));
    for (std::size_t j = i + 1; j < rules.size(); ++j) ASSERT_TRUE(agrees({rules[i], rules[j]}, names));
  }
}

// Three rules that meet on one way down are what two cannot show: rule, exception, rule again. Names that only branch
// off are covered above, so here all rules lie on the way to one name.
TEST(Exhaustive, EverySetOfThreeRulesOnOneWayDown) {
  const std::vector<dns::Name> way = {dns::Name(), name("a"), name("b.a"), name("a.b.a")};
  const std::vector<dns::Name> asked = {name("a.b.a"), name("b.a"), name("a"), dns::Name(), name("b.b.a")};
  const auto rules = all_rules(way);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (std::size_t j = i + 1; j < rules.size(); ++j) {
      for (std::size_t k = j + 1; k < rules.size(); ++k) ASSERT_TRUE(agrees({rules[i], rules[j], rules[k]}, asked));
    }
  }
}

// What a rule says of a name, worked out once: none of it depends on the other rules.
struct Coverage {
  std::size_t depth = 0;
  bool is_exception = false;
  std::vector<bool> covers;  // by asked name
};

std::vector<Coverage> coverages(const std::vector<NaiveRule>& rules, const std::vector<dns::Name>& asked) {
  std::vector<Coverage> known;
  for (const NaiveRule& rule : rules) {
    NaiveFilter alone(kTagOfList);
    alone.add(rule);
    Coverage coverage{rule.name.label_count(), rule.exception == Exception::kYes, {}};
    for (const dns::Name& at : asked) coverage.covers.push_back(!alone.explain(at).empty());
    known.push_back(std::move(coverage));
  }
  return known;
}

// Of four rules of one list: the deepest that covers the name has the last word, at equal depth the exception.
bool is_in_force(const std::array<const Coverage*, 4>& rules, std::size_t asked) {
  const auto order = [&](const Coverage* rule) {
    return rule->covers[asked] ? 2 * rule->depth + (rule->is_exception ? 2 : 1) : 0;
  };
  std::size_t last = 0;
  for (const Coverage* rule : rules) last = std::max(last, order(rule));
  return last % 2 == 1;
}

// The trie alone, without an image around it: a hundred thousand sets are much.
TEST(Exhaustive, EverySetOfFourRulesOfAList) {
  const auto asked = all_names(3);
  std::vector<NaiveRule> rules;
  for (const NaiveRule& rule : all_rules(all_names(2))) {
    if (rule.list == 0) rules.push_back(rule);
  }
  ASSERT_EQ(rules.size(), 42u);
  const auto known = coverages(rules, asked);
  const auto pointers = pointers_to(asked);
  const std::vector<ListEntry> lists = {{"first", kTagOfList[0], "", ""}};
  const auto agree = [&](const std::array<std::size_t, 4>& chosen) {
    RuleStore store;
    std::array<const Coverage*, 4> said{};
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      NameRule rule;
      rule.reach = rules[chosen[i]].reach;
      rule.exception = rules[chosen[i]].exception;
      store.add(rule, rules[chosen[i]].name, "");
      said[i] = &known[chosen[i]];
    }
    StandingInterner standings(lists);
    AnswerInterner no_answers;
    std::string block;
    EffectiveRules effective(standings, no_answers);
    for (SortedNames names(store.sorted()); names.next();) effective.add(names.key(), names.rules());
    if (!encode_trie(effective.entries(), block)) return false;
    const StandingTable table(octets_of(standings.tag_sets()), octets_of(standings.standings()),
                              octets_of(standings.lists()));
    const DomainTrie trie(octets_of(block));
    std::vector<StandingNumber> together(asked.size());
    trie.find(pointers, together);
    for (std::size_t at = 0; at < asked.size(); ++at) {
      const StandingNumber number = trie.find(asked[at]);
      const bool found = table.tags(number).test(kTagOfList[0]);
      if (found != is_in_force(said, at) || together[at] != number) return false;
    }
    return true;
  };
  std::size_t sets = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (std::size_t j = i + 1; j < rules.size(); ++j) {
      for (std::size_t k = j + 1; k < rules.size(); ++k) {
        for (std::size_t l = k + 1; l < rules.size(); ++l) {
          ASSERT_TRUE(agree({i, j, k, l})) << described({rules[i], rules[j], rules[k], rules[l]});
          ++sets;
        }
      }
    }
  }
  EXPECT_EQ(sets, 111930u);
}

TEST(Exhaustive, EveryPairOfPatternsWithEveryRuleOnASmallTree) {
  const auto names = all_names(2);
  const std::vector<NaiveRule> patterns = {
      {0, Exception::kNo, Reach::kBoth, {}, "^a", 901},    {0, Exception::kYes, Reach::kBoth, {}, "b$", 902},
      {1, Exception::kNo, Reach::kBoth, {}, "a\\.b", 903}, {1, Exception::kYes, Reach::kBoth, {}, "^b\\.", 904},
      {0, Exception::kNo, Reach::kBoth, {}, "..", 905},    {0, Exception::kYes, Reach::kBoth, {}, "(^|\\.)b\\.a$", 906},
      {1, Exception::kNo, Reach::kBoth, {}, "\\.a$", 907},
  };
  const auto rules = all_rules({dns::Name(), name("a"), name("b.a")});
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    for (std::size_t j = i; j < patterns.size(); ++j) {
      std::vector<NaiveRule> some = {patterns[i]};
      if (j != i) some.push_back(patterns[j]);
      ASSERT_TRUE(agrees(some, names));
      for (const NaiveRule& rule : rules) {
        auto with_name = some;
        with_name.push_back(rule);
        ASSERT_TRUE(agrees(with_name, names));
      }
    }
  }
}

}  // namespace
}  // namespace schoolgate::filter

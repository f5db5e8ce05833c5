// Random policies against the naive one, every small name,
// seeded: decide(), explain(), decide_target() and blocked().
#include <algorithm>
#include <random>

#include "policy/decision.h"
#include "tests/policy/naive_policy.h"
#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using namespace sample;  // NOLINT

constexpr std::array<const char*, 7> kCategories = {"child-abuse", "terrorism", "malware", "phishing",
                                                    "gambling",    "games",     "social"};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  std::string name(std::size_t most_labels) {
    std::string text;
    for (std::size_t labels = 1 + below(most_labels); labels > 0; --labels) text += one_in(2) ? "a." : "b.";
    return text;
  }
  std::vector<std::string> categories() {
    std::vector<std::string> some;
    while (!one_in(3)) some.emplace_back(kCategories[below(kCategories.size())]);
    return some;
  }
  std::vector<NameSetting> names(bool may_lift_security) {
    std::vector<NameSetting> some;
    while (!one_in(4)) {
      NameSetting setting;
      setting.name = sample::name(name(3));
      setting.reach = static_cast<NameReach>(below(3));
      setting.security = may_lift_security && setting.reach != NameReach::kSubdomains && one_in(3);
      setting.text = setting.name.to_text();
      some.push_back(setting);
    }
    return some;
  }
  // Locks and allows may contradict each other, as parse_policy
  // would refuse: the locks must hold all the same.
  PolicySettings settings() {
    PolicySettings settings;
    settings.default_group = "everyone";
    const std::size_t count = 1 + below(6);
    for (std::size_t i = 0; i < count; ++i) {
      GroupSetting group;
      group.id = i == 0 ? "everyone" : "g" + std::to_string(i);
      if (i > 0) group.parent = settings.groups[below(i)].id;
      if (one_in(3)) group.otherwise = one_in(2) ? Otherwise::kBlock : Otherwise::kAllow;
      group.block = categories();
      group.allow = categories();
      group.block_names = names(false);
      group.allow_names = names(true);
      if (one_in(4)) group.locked.emplace_back("block");
      if (one_in(4)) group.locked.emplace_back("block_names");
      settings.groups.push_back(group);
    }
    // A parent may stand after its child in the file.
    std::shuffle(settings.groups.begin() + 1, settings.groups.end(), engine_);
    return settings;
  }
  filter::TagSet tags(const filter::TagTable& table) {
    filter::TagSet tags;
    while (!one_in(3)) tags.set(table.tags()[below(table.tags().size())].number);
    return tags;
  }

 private:
  std::mt19937 engine_;
};

std::vector<dns::Name> every_small_name() {
  std::vector<dns::Name> names = {dns::Name()};
  for (std::size_t from = 0, labels = 0; labels < 4; ++labels) {
    const std::size_t to = names.size();
    for (; from < to; ++from) {
      for (const char* label : {"a", "b"}) names.push_back(names[from].with_prefix(label).value());
    }
  }
  return names;
}

// One decision of `policy` against the naive one and against its own explanation.
void expect_right(const Policy& policy, const NaivePolicy& naive, GroupNumber group, const dns::Name& name,
                  const filter::TagSet& tags) {
  const Verdict verdict = policy.decide(group, name, tags);
  const NaiveVerdict wanted = naive.decide(policy.group(group).id, name, tags);
  ASSERT_EQ(verdict.blocks(), wanted.blocks);
  ASSERT_EQ(verdict.step, wanted.step);
  ASSERT_EQ(verdict.rule.has_value(), wanted.rule != nullptr);
  ASSERT_TRUE(wanted.rule == nullptr || policy.rule(*verdict.rule).setting.name == wanted.rule->name);
  ASSERT_TRUE(!verdict.tag || tags.test(*verdict.tag));

  const auto chain = policy.explain(group, name, tags);
  ASSERT_EQ(chain.size(), 7U);
  ASSERT_EQ(std::ranges::count(chain, true, &ChainStep::decided), 1);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    ASSERT_EQ(chain[i].step, static_cast<Step>(i + 1));
    ASSERT_FALSE(chain[i].rule.empty());
    ASSERT_EQ(chain[i].decided, chain[i].step == verdict.step);
    ASSERT_EQ(chain[i].outcome == "not reached", chain[i].step > verdict.step);
  }
  const ChainStep& decisive = chain[static_cast<std::size_t>(verdict.step) - 1];
  ASSERT_EQ(decisive.outcome, verdict.blocks() ? "blocks" : "allows");
  ASSERT_EQ(decisive.tag, verdict.tag);
  ASSERT_EQ(decisive.verdict->rule, verdict.rule);
}

// What policy.h says of targets, said again in terms of decide().
void expect_right_target(const Policy& policy, GroupNumber group, const Verdict& asked, const dns::Name& target,
                         const filter::TagSet& tags) {
  const Verdict alone = policy.decide(group, target, tags);
  const Verdict verdict = policy.decide_target(group, asked, target, tags);
  const bool by_name = asked.step == Step::kNameRule;
  bool blocks = alone.blocks();
  if (asked.blocks()) {
    blocks = true;
  } else if (alone.step == Step::kOtherwise || (by_name && alone.step > Step::kSecurityCategory)) {
    blocks = false;
  }
  ASSERT_EQ(verdict.blocks(), blocks);
}

TEST(DecisionRandom, AgreesWithTheNaivePolicy) {
  const filter::TagTable table = tags();
  const std::vector<dns::Name> names = every_small_name();
  for (unsigned seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const PolicySettings settings = random.settings();
    const NaivePolicy naive(settings, table);
    const auto policy = Policy::compile(settings, table);
    for (GroupNumber group = 0; group < policy->group_count(); ++group) {
      for (const dns::Name& name : names) {
        const filter::TagSet carried = random.tags(table);
        expect_right(*policy, naive, group, name, carried);
        expect_right_target(*policy, group, policy->decide(group, name, carried), names[random.below(names.size())],
                            random.tags(table));
        if (::testing::Test::HasFatalFailure()) {
          FAIL() << fmt::format("seed {}, group {}, name {}", seed, policy->group(group).id, name.to_text());
        }
      }
    }
  }
}

TEST(DecisionRandom, BlockedMasksAreTheNaiveSets) {
  const filter::TagTable table = tags();
  for (unsigned seed = 1; seed <= 200; ++seed) {
    const PolicySettings settings = Random(seed).settings();
    const NaivePolicy naive(settings, table);
    const auto policy = Policy::compile(settings, table);
    for (GroupNumber group = 0; group < policy->group_count(); ++group) {
      const auto ids = table.ids(policy->blocked(group));
      ASSERT_EQ(std::set<std::string>(ids.begin(), ids.end()), naive.blocked(policy->group(group).id))
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace schoolgate::policy

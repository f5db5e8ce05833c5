// Many random rules and names, odd octets among them, against the naive filter. Seeded: a failure comes again.
#include <random>

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

using test_support::NaiveFilter;
using test_support::NaiveHit;
using test_support::NaiveRule;

class RandomNames {
 public:
  explicit RandomNames(unsigned seed) : random_(seed) {}

  unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }

  std::string label() {
    static const std::vector<std::string> kCommon = {"a",      "b",  "www",     "bad", "notbad",
                                                     "badder", "ba", "example", "com"};
    switch (below(12)) {
      case 0:
        return std::string(1, static_cast<char>(below(256)));
      case 1:
        return std::string(1, '\0') + "." + kCommon[below(3)];
      case 2:
        return std::string(63, static_cast<char>('a' + below(2)));
      case 3:
        return std::string("\3com");
      default:
        return kCommon[below(static_cast<unsigned>(kCommon.size()))];
    }
  }

  dns::Name name() {
    dns::Name made;
    for (unsigned labels = below(6); labels > 0; --labels) made = made.with_prefix(label()).value_or(made);
    return made.lowered();
  }

 private:
  std::mt19937 random_;
};

NaiveRule random_rule(RandomNames& names, ListNumber lists, std::uint32_t line) {
  static const std::vector<std::string> kPatterns = {"bad",      "^www\\.", "\\.com$", "a[a-c]?b",
                                                     "^.{20,}$", "\\\\000", "[0-9]{3}"};
  NaiveRule rule;
  rule.list = static_cast<ListNumber>(names.below(lists));
  rule.exception = names.below(4) == 0 ? Exception::kYes : Exception::kNo;
  rule.reach = static_cast<Reach>(names.below(3));
  rule.line = line;
  if (names.below(40) == 0) {
    rule.expression = kPatterns[names.below(static_cast<unsigned>(kPatterns.size()))];
  } else {
    rule.name = names.name();
  }
  return rule;
}

std::vector<NaiveHit> hits_of(const Image& image, const dns::Name& at) {
  std::vector<NaiveHit> hits;
  const auto explained = image.explain(at).value();
  for (const RuleHit& hit : explained) {
    hits.emplace_back(static_cast<ListNumber>(std::stoi(hit.list)), hit.line, hit.exception == Exception::kYes,
                      hit.in_force);
  }
  std::sort(hits.begin(), hits.end());
  return hits;
}

// A name by chance, or one at, just below or just beside a rule.
dns::Name asked_name(RandomNames& names, const std::vector<NaiveRule>& rules) {
  const dns::Name& at = rules[names.below(static_cast<unsigned>(rules.size()))].name;
  switch (names.below(4)) {
    case 0:
      return names.name();
    case 1:
      return at;
    case 2:
      return at.with_prefix(names.label()).value_or(at).lowered();
    default:
      return at.parent();
  }
}

void compare(unsigned seed, unsigned rules, unsigned names_asked) {
  RandomNames names(seed);
  const std::vector<TagNumber> tags = {3, 64, 3, 200, 511};
  ImageBuilder builder(some_tags());
  NaiveFilter naive(tags);
  for (std::size_t list = 0; list < tags.size(); ++list) builder.add_list({std::to_string(list), tags[list], "", ""});
  for (unsigned i = 0; i < rules; ++i) naive.add(random_rule(names, static_cast<ListNumber>(tags.size()), i + 1));
  add_rules(builder, naive.rules());
  const auto image = image_of(builder);
  auto scratch = image->make_scratch().value();
  std::vector<dns::Name> all;
  for (unsigned i = 0; i < names_asked; ++i) {
    const dns::Name at = asked_name(names, naive.rules());
    all.push_back(at);
    ASSERT_EQ(image->classify(at, scratch), naive.classify(at)) << at.to_text() << ", seed " << seed;
    ASSERT_EQ(hits_of(*image, at), naive.explain(at)) << at.to_text() << ", seed " << seed;
    const TagNumber tag = tags[names.below(5)];
    ASSERT_EQ(list_of(*image, at, tag, scratch), naive.list_of(at, tag)) << at.to_text() << ", seed " << seed;
  }
  ASSERT_EQ(classify_together(*image, all, scratch), classify_each(*image, all, scratch)) << "seed " << seed;
}

TEST(Differential, FewRulesManyTimes) {
  for (unsigned seed = 1; seed <= 150; ++seed) ASSERT_NO_FATAL_FAILURE(compare(seed, 12, 25));
}

TEST(Differential, ManyRules) { compare(1000, 600, 100); }

}  // namespace
}  // namespace schoolgate::filter

// Rules and names of any octets: the trie says of each name what the deepest rule that covers it says. The input is a
// sequence of steps, an octet and a name each: a rule with its reach, an exception or not, or a question. A name is the
// number of its labels, then each with its size in front, from the right.
#include <algorithm>
#include <string>
#include <vector>

#include "filter/rules/effective_rules.h"
#include "filter/rules/rule_store.h"
#include "filter/trie/domain_trie.h"
#include "tests/fuzz/expect.h"

using namespace schoolgate;

namespace {

constexpr std::size_t kMostRules = 60;
constexpr std::size_t kMostQuestions = 60;

class Steps {
 public:
  explicit Steps(filter::Octets input) : reader_(input) {}
  bool is_at_end() const { return !reader_.is_good() || reader_.is_at_end(); }
  unsigned octet() { return reader_.number<std::uint8_t>(); }
  dns::Name name() {
    dns::Name name;
    for (unsigned labels = octet() % 8; labels > 0; --labels) {
      const filter::Octets label = reader_.take(octet() % 64);
      if (label.empty()) break;
      name = name.with_prefix(filter::text_of(label)).value_or(name);
    }
    return name;
  }

 private:
  filter::OctetReader reader_;
};

struct Rule {
  dns::Name name;
  filter::Reach reach;
  bool is_exception;
};

bool covers(const Rule& rule, const dns::Name& asked) {
  if (rule.name == asked) return rule.reach != filter::Reach::kSubdomains;
  return rule.reach != filter::Reach::kExact && asked.is_at_or_below(rule.name);
}

bool is_in_force(const std::vector<Rule>& rules, const dns::Name& asked) {
  std::size_t last = 0;
  for (const Rule& rule : rules) {
    if (covers(rule, asked)) last = std::max(last, 2 * rule.name.label_count() + (rule.is_exception ? 2 : 1));
  }
  return last % 2 == 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  static const std::vector<filter::ListEntry> kLists = {{"list", 3, "", ""}};
  std::vector<Rule> rules;
  std::vector<dns::Name> asked;
  filter::RuleStore store;
  for (Steps steps({octets, size}); !steps.is_at_end();) {
    const unsigned kind = steps.octet();
    const dns::Name name = steps.name();
    if (kind % 2 == 0) {
      if (asked.size() < kMostQuestions) asked.push_back(name);
      continue;
    }
    if (rules.size() == kMostRules) break;
    rules.push_back({name.lowered(), static_cast<filter::Reach>(kind / 2 % 3), kind / 8 % 4 == 3});
    filter::NameRule rule;
    rule.reach = rules.back().reach;
    rule.exception = rules.back().is_exception ? filter::Exception::kYes : filter::Exception::kNo;
    store.add(rule, rules.back().name, "");
    asked.push_back(name);
    asked.push_back(name.parent());
    asked.push_back(name.with_prefix("a").value_or(name));
  }
  filter::StandingInterner standings(kLists);
  filter::AnswerInterner no_answers;
  std::string block;
  filter::EffectiveRules effective(standings, no_answers);
  for (filter::SortedNames names(store.sorted()); names.next();) effective.add(names.key(), names.rules());
  EXPECT_ALWAYS(filter::encode_trie(effective.entries(), block));
  const filter::StandingTable table(filter::octets_of(standings.tag_sets()), filter::octets_of(standings.standings()),
                                    filter::octets_of(standings.lists()));
  const filter::DomainTrie trie(filter::octets_of(block));
  std::vector<const dns::Name*> pointers;
  for (const dns::Name& name : asked) pointers.push_back(&name);
  std::vector<filter::StandingNumber> together(asked.size());
  trie.find(pointers, together);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const filter::StandingNumber number = trie.find(asked[i]);
    EXPECT_ALWAYS(number == together[i]);
    EXPECT_ALWAYS(table.tags(number).test(3) == is_in_force(rules, asked[i].lowered()));
  }
  return 0;
}

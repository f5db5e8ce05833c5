#include "filter/patterns/broad_patterns.h"

#include <fmt/format.h>

#include <cstdint>
#include <unordered_map>

#include "filter/patterns/name_text.h"

namespace schoolgate::filter {
namespace {

constexpr std::size_t kLeastSample = 100;
constexpr std::size_t kOneIn = 10;

// How many names each rule matches, by its names or by what else is in it, each name once.
class Counter {
 public:
  explicit Counter(std::size_t rules) : counts_(rules), counted_in_(rules) {}
  void begin_name() { ++name_; }
  void add(std::uint32_t rule) {
    if (counted_in_[rule] == name_) return;
    counted_in_[rule] = name_;
    ++counts_[rule];
  }
  std::size_t count(std::size_t rule) const { return counts_[rule]; }

 private:
  std::vector<std::size_t> counts_;
  std::vector<std::size_t> counted_in_;
  std::size_t name_ = 0;
};

struct NameUse {
  std::uint32_t rule = 0;
  Reach reach = Reach::kBoth;
};
using NameUses = std::unordered_map<dns::Name, std::vector<NameUse>>;

NameUses name_uses(const std::vector<PatternRule>& rules) {
  NameUses uses;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    for (const NamePart& part : take_apart(rules[i].expression).names) uses[part.name].push_back({i, part.reach});
  }
  return uses;
}

void count_names(const NameUses& uses, const dns::Name& name, Counter& counter) {
  for (dns::Name at = name; !at.is_root(); at = at.parent()) {
    const auto found = uses.find(at);
    if (found == uses.end()) continue;
    const Reach not_covering = at == name ? Reach::kSubdomains : Reach::kExact;
    for (const NameUse& use : found->second) {
      if (use.reach != not_covering) counter.add(use.rule);
    }
  }
}

}  // namespace

base::Result<std::vector<PatternSet::Refusal>> find_broad(const std::vector<PatternRule>& rules, const PatternSet& set,
                                                          const std::vector<dns::Name>& popular) {
  std::vector<PatternSet::Refusal> broad;
  if (popular.size() < kLeastSample) return broad;
  auto scratch = set.make_scratch();
  if (!scratch) return scratch.error();
  const NameUses uses = name_uses(rules);
  Counter counter(rules.size());
  for (const dns::Name& name : popular) {
    counter.begin_name();
    count_names(uses, name, counter);
    const auto visit = [](std::uint32_t rule, PatternSet::Match, void* into) {
      static_cast<Counter*>(into)->add(rule);
    };
    set.scan(NameText(name).view(), *scratch, visit, &counter);
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].exception == Exception::kYes || counter.count(i) * kOneIn <= popular.size()) continue;
    broad.push_back({i, fmt::format("too broad: it matches {} of the {} popular names",
                                    fmt::group_digits(counter.count(i)), fmt::group_digits(popular.size()))});
  }
  return broad;
}

}  // namespace schoolgate::filter

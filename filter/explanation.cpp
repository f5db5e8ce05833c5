#include "filter/explanation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "filter/patterns/name_text.h"
#include "filter/trie/domain_key.h"

namespace schoolgate::filter {
namespace {

struct NameHit {
  LineRecord rule;
  std::size_t depth = 0;  // octets of the rule's key: more is deeper, on one name's way
};

base::Result<std::vector<NameHit>> find_names(std::string_view key, const LineIndex& lines, std::size_t lists) {
  std::vector<NameHit> hits;
  for (std::optional<std::string_view> at = key; at; at = DomainKey::above(*at)) {
    const Reach not_covering = at->size() == key.size() ? Reach::kSubdomains : Reach::kExact;
    auto found = lines.find(*at);
    if (!found) return found.error();
    for (LineRecord& rule : *found) {
      if (rule.reach != not_covering && rule.list < lists) hits.push_back({std::move(rule), at->size()});
    }
  }
  return hits;
}

base::Result<std::set<std::uint32_t>> find_patterns(const dns::Name& lower_name, const PatternRules& patterns) {
  auto scratch = patterns.set().make_scratch();
  if (!scratch) return scratch.error();
  struct Context {
    const std::vector<PatternRule>& rules;
    std::set<std::uint32_t> matching;
  } context{patterns.rules(), {}};
  const auto visit = [](std::uint32_t pattern, PatternSet::Match match, void* opaque) {
    auto& [rules, matching] = *static_cast<Context*>(opaque);
    if (counts(rules[pattern], match)) matching.insert(pattern);
  };
  patterns.set().scan(NameText(lower_name).view(), *scratch, visit, &context);
  return std::move(context.matching);
}

// What may lift a rule of one list.
class Exceptions {
 public:
  void add(const NameHit& hit) {
    Deepest& deepest = by_name_[hit.rule.list];
    std::size_t& depth = hit.rule.exception == Exception::kYes ? deepest.exception : deepest.rule;
    depth = std::max(depth, hit.depth + 1);
  }
  void add(const PatternRule& rule) {
    if (rule.exception == Exception::kYes) by_pattern_.insert(rule.list);
  }
  bool lifts(const NameHit& hit) const {
    return by_pattern_.contains(hit.rule.list) || by_name_.at(hit.rule.list).exception > hit.depth;
  }
  bool lifts(const PatternRule& rule) const {
    if (by_pattern_.contains(rule.list)) return true;
    const auto deepest = by_name_.find(rule.list);
    return deepest != by_name_.end() && deepest->second.exception != 0 &&
           deepest->second.exception >= deepest->second.rule;
  }

 private:
  struct Deepest {  // depth + 1; 0: there is none
    std::size_t rule = 0;
    std::size_t exception = 0;
  };
  std::map<ListNumber, Deepest> by_name_;
  std::set<ListNumber> by_pattern_;
};

template <class Rule>
RuleHit hit_of(const Rule& rule, const ListEntry& list, bool is_lifted, Match match) {
  const bool in_force = rule.exception == Exception::kNo && !is_lifted;
  return {list.id, list.tag, rule.line, rule.text, list.version, rule.exception, in_force, list.opaque, false, match};
}

// A pattern may have matched by several of its parts, names among them: it is one rule, in force if one of them is.
class Hits {
 public:
  void add(RuleHit hit) {
    const auto [place, is_new] = places_.try_emplace({hit.list, hit.line, hit.exception, hit.text}, hits_.size());
    if (is_new) {
      hits_.push_back(std::move(hit));
    } else {
      hits_[place->second].in_force = hits_[place->second].in_force || hit.in_force;
    }
  }
  std::vector<RuleHit> take() { return std::move(hits_); }

 private:
  std::vector<RuleHit> hits_;
  std::map<std::tuple<std::string, std::uint32_t, Exception, std::string>, std::size_t> places_;
};

// Their text is not stored. They come from the root down: a later exception of a list lifts its rules.
std::vector<RuleHit> find_opaque(const dns::Name& lower_name, const std::vector<ListEntry>& lists,
                                 const OpaqueRules& opaque) {
  std::vector<RuleHit> hits;
  if (opaque.empty()) return hits;
  opaque.for_each_covering(lower_name, [&](const OpaqueRule& rule) {
    if (rule.list >= lists.size()) return;
    const ListEntry& list = lists[rule.list];
    const bool is_exception = rule.exception == Exception::kYes;
    for (RuleHit& hit : hits) {
      if (is_exception && hit.list == list.id) hit.in_force = false;
    }
    hits.push_back({list.id, list.tag, rule.line, "", list.version, rule.exception, !is_exception, true});
  });
  std::reverse(hits.begin(), hits.end());
  return hits;
}

}  // namespace

base::Result<std::vector<RuleHit>> explain(const dns::Name& lower_name, const std::vector<ListEntry>& lists,
                                           const LineIndex& lines, const PatternRules& patterns,
                                           const OpaqueRules& opaque) {
  const DomainKey key(lower_name);
  const auto names = find_names(key.text(), lines, lists.size());
  if (!names) return names.error();
  const auto matching = find_patterns(lower_name, patterns);
  if (!matching) return matching.error();
  Exceptions exceptions;
  for (const NameHit& hit : *names) exceptions.add(hit);
  for (const std::uint32_t pattern : *matching) exceptions.add(patterns.rules()[pattern]);
  Hits found;
  for (const NameHit& hit : *names) {
    const Match match = hit.depth == key.text().size() ? Match::kName : Match::kAbove;
    found.add(hit_of(hit.rule, lists[hit.rule.list], exceptions.lifts(hit), match));
  }
  for (const std::uint32_t pattern : *matching) {
    const PatternRule& rule = patterns.rules()[pattern];
    found.add(hit_of(rule, lists[rule.list], exceptions.lifts(rule), Match::kPattern));
  }
  std::vector<RuleHit> hits = found.take();
  for (RuleHit& hit : find_opaque(lower_name, lists, opaque)) hits.push_back(std::move(hit));
  return hits;
}

std::vector<RuleHit> explain(const base::IpAddress& address, const std::vector<ListEntry>& lists,
                             const AddressRules& addresses) {
  std::vector<RuleHit> hits;
  for (const Trigger trigger : {Trigger::kClientIp, Trigger::kResponseIp}) {
    AddressWords words(lists.size());
    words.collect(addresses, trigger, address);
    addresses.for_each_covering(trigger, address, [&](std::size_t index) {
      const AddressRule rule = addresses[index];
      if (rule.list >= lists.size()) return;
      const ListEntry& list = lists[rule.list];
      const bool in_force = rule.exception == Exception::kNo && !words.lifts(rule.list);
      hits.push_back(
          {list.id, list.tag, rule.line, std::string(addresses.text(index)), list.version, rule.exception, in_force});
    });
  }
  return hits;
}

}  // namespace schoolgate::filter

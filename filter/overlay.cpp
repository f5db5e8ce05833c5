#include "filter/overlay.h"

#include <algorithm>
#include <limits>
#include <map>

#include "filter/rules/effective_rules.h"
#include "filter/rules/rule_store.h"

namespace schoolgate::filter {
namespace {

using base::Error;
using base::ErrorCode;

base::Status check(const TagTable& tags, const std::vector<OverlayRule>& rules) {
  if (rules.size() > Overlay::kMostRules) {
    return Error(ErrorCode::kInvalid, "there are " + std::to_string(rules.size()) + " local rules, and at most " +
                                          std::to_string(Overlay::kMostRules) + " may be: make a list of them");
  }
  for (const OverlayRule& rule : rules) {
    const Tag* tag = tags.find(rule.tag);
    const std::string subject = "local rule for '" + rule.name.to_text() + "': ";
    if (tag == nullptr)
      return Error(ErrorCode::kInvalid, subject + "no tag has the number " + std::to_string(rule.tag));
    if (tag->locked && rule.effect == Effect::kLift) {
      return Error(ErrorCode::kForbidden, subject + "'" + tag->id + "' is locked, and nothing lifts it");
    }
  }
  return {};
}

bool covers(const OverlayRule& rule, const dns::Name& lower_name) {
  if (rule.name == lower_name) return rule.reach != Reach::kSubdomains;
  return rule.reach != Reach::kExact && lower_name.is_at_or_below(rule.name);
}

}  // namespace

base::Result<std::shared_ptr<const Overlay>> Overlay::build(const TagTable& tags, std::vector<OverlayRule> rules) {
  if (const base::Status status = check(tags, rules); !status) return status.error();
  const auto overlay = std::make_shared<Overlay>();
  for (OverlayRule& rule : rules) rule.name = rule.name.lowered();
  const auto is_deeper = [](const OverlayRule& left, const OverlayRule& right) {
    return left.name.label_count() > right.name.label_count();
  };
  std::stable_sort(rules.begin(), rules.end(), is_deeper);
  overlay->rules_ = std::move(rules);

  // Each tag is a list, and lifting it that list's exception: the same words make the same standings as in an image.
  std::map<TagNumber, ListNumber> list_of;
  for (const OverlayRule& rule : overlay->rules_) list_of.try_emplace(rule.tag);
  for (auto& [tag, list] : list_of) {
    list = static_cast<ListNumber>(overlay->lists_.size());
    overlay->lists_.push_back({"", tag, "", ""});
  }
  RuleStore store;
  store.expect(overlay->rules_.size());
  for (const OverlayRule& rule : overlay->rules_) {
    NameRule word;
    word.list = list_of[rule.tag];
    word.reach = rule.reach;
    word.exception = rule.effect == Effect::kLift ? Exception::kYes : Exception::kNo;
    store.add(word, rule.name, "");
  }
  StandingInterner standings(overlay->lists_);
  AnswerInterner no_answers;
  EffectiveRules effective(standings, no_answers);
  for (SortedNames names(store.sorted()); names.next();) effective.add(names.key(), names.rules());
  if (auto status = encode_trie(effective.entries(), overlay->trie_octets_); !status) return status.error();
  overlay->tag_sets_ = standings.tag_sets();
  overlay->standings_ = standings.standings();
  overlay->list_numbers_ = standings.lists();
  overlay->trie_ = DomainTrie(octets_of(overlay->trie_octets_));
  overlay->table_ =
      StandingTable(octets_of(overlay->tag_sets_), octets_of(overlay->standings_), octets_of(overlay->list_numbers_));
  return std::shared_ptr<const Overlay>(overlay);
}

TagSet Overlay::apply(const dns::Name& name, const TagSet& tags) const noexcept {
  if (empty()) return tags;
  const StandingNumber number = trie_.find(name);
  const StandingTable::Standing standing = table_.find(number);
  TagSet changed = tags | table_.tags(number);
  for (std::size_t i = 0; i < standing.lifted.size(); ++i) changed.clear(lists_[standing.lifted[i]].tag);
  return changed;
}

std::vector<OverlayHit> Overlay::explain(const dns::Name& name) const {
  const dns::Name lower_name = name.lowered();
  std::vector<OverlayHit> hits;
  for (const OverlayRule& rule : rules_) {
    if (covers(rule, lower_name)) hits.push_back({rule, false});
  }
  const TagSet given = apply(name, TagSet());
  for (OverlayHit& hit : hits) {
    const OverlayRule& rule = hit.rule;
    const auto first =
        std::find_if(hits.begin(), hits.end(), [&](const OverlayHit& h) { return h.rule.tag == rule.tag; });
    const bool is_deepest = first->rule.name == rule.name;
    hit.in_force = is_deepest && (rule.effect == Effect::kGive) == given.test(rule.tag);
  }
  return hits;
}

}  // namespace schoolgate::filter

#include "filter/rules/effective_rules.h"

#include <algorithm>

namespace schoolgate::filter {
namespace {

using Word = StandingInterner::Word;

// The last words of the lists, of those of one name's rules that `covers` picks. The rules come sorted by list, with a
// list's exceptions after its rules: the last one picked stands, with the answers of all before it.
void collect(std::span<const RuleLine> rules, bool (RuleLine::*covers)() const, AnswerInterner& answers,
             std::vector<Word>& words) {
  words.clear();
  std::vector<AnswerNumber> several;  // seldom more than one
  const auto finish = [&] {
    if (!words.empty() && !several.empty()) words.back().answer = answers.combine(std::move(several));
    several.clear();
  };
  for (const RuleLine& rule : rules) {
    if (!(rule.*covers)()) continue;
    if (words.empty() || words.back().list != rule.list) {
      finish();
      words.push_back({rule.list, rule.exception, rule.answer});
    }
    words.back().exception = rule.exception;
    if (rule.exception == Exception::kNo && (rule.answer != words.back().answer || !several.empty())) {
      if (several.empty()) several.push_back(words.back().answer);
      several.push_back(rule.answer);
    }
  }
  finish();
}

bool covers_both(const RuleLine& rule) { return rule.covers_itself() && rule.covers_below(); }

}  // namespace

void EffectiveRules::add(std::string_view key, std::span<const RuleLine> rules) {
  while (!ancestors_.empty() && !key.starts_with(ancestors_.back().key)) ancestors_.pop_back();
  const StandingNumber above = ancestors_.empty() ? kNoStanding : ancestors_.back().standings.below;
  TrieEntry entry{key, {above, above}};
  collect(rules, &RuleLine::covers_itself, answers_, words_);
  if (!words_.empty()) entry.standings.at = standings_.derive(above, words_);
  if (std::ranges::all_of(rules, covers_both)) {  // nearly always
    entry.standings.below = entry.standings.at;
  } else {
    collect(rules, &RuleLine::covers_below, answers_, words_);
    if (!words_.empty()) entry.standings.below = standings_.derive(above, words_);
  }
  if (entry.standings == StandingPair{above, above}) return;
  char* octets = keys_.allocate(key.size());
  entry.key = {octets, key.copy(octets, key.size())};
  entries_.push_back(entry);
  ancestors_.push_back(entry);
}

}  // namespace schoolgate::filter

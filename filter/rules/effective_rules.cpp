#include "filter/rules/effective_rules.h"

#include <algorithm>

namespace schoolgate::filter {
namespace {

using Word = StandingInterner::Word;

// The last words of the lists, of those of one name's rules that `covers` picks. The rules come sorted by list, with a
// list's exceptions after its rules: the last one picked stands, with the answers of all before it.
void collect(std::span<const NameRule> rules, bool (NameRule::*covers)() const, AnswerInterner& answers,
             std::vector<Word>& words) {
  words.clear();
  std::vector<AnswerNumber> several;  // seldom more than one
  const auto finish = [&] {
    if (!words.empty() && !several.empty()) words.back().answer = answers.combine(std::move(several));
    several.clear();
  };
  for (const NameRule& rule : rules) {
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

bool covers_both(const NameRule& rule) { return rule.covers_itself() && rule.covers_below(); }

std::span<const NameRule> take_name(std::span<const NameRule>& rules) {
  const std::string_view key = rules.front().key();
  const auto end = std::find_if(rules.begin(), rules.end(), [key](const NameRule& rule) { return rule.key() != key; });
  const auto taken = rules.first(static_cast<std::size_t>(end - rules.begin()));
  rules = rules.subspan(taken.size());
  return taken;
}

}  // namespace

std::vector<TrieEntry> effective_entries(std::span<const NameRule> rules, StandingInterner& standings,
                                         AnswerInterner& answers) {
  std::vector<TrieEntry> entries;
  entries.reserve(rules.size());
  std::vector<TrieEntry> ancestors;  // of the name at hand, nearest last
  std::vector<Word> words;
  while (!rules.empty()) {
    const std::span<const NameRule> here = take_name(rules);
    const std::string_view key = here.front().key();
    while (!ancestors.empty() && !key.starts_with(ancestors.back().key)) ancestors.pop_back();
    const StandingNumber above = ancestors.empty() ? kNoStanding : ancestors.back().standings.below;
    TrieEntry entry{key, {above, above}};
    collect(here, &NameRule::covers_itself, answers, words);
    if (!words.empty()) entry.standings.at = standings.derive(above, words);
    if (std::all_of(here.begin(), here.end(), covers_both)) {  // nearly always
      entry.standings.below = entry.standings.at;
    } else {
      collect(here, &NameRule::covers_below, answers, words);
      if (!words.empty()) entry.standings.below = standings.derive(above, words);
    }
    if (entry.standings == StandingPair{above, above}) continue;
    entries.push_back(entry);
    ancestors.push_back(entry);
  }
  return entries;
}

}  // namespace schoolgate::filter

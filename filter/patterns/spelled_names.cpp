#include "filter/patterns/spelled_names.h"

#include <algorithm>
#include <utility>

#include "filter/patterns/name_text.h"

namespace schoolgate::filter {

using Elements = ExpressionAutomaton::Elements;

namespace {

// A label of two letters stands in every other expression.
constexpr std::size_t kLeastSpelled = 4;

}  // namespace

SpelledNames::SpelledNames(const std::vector<dns::Name>& names) {
  for (std::size_t place = 0; place < names.size(); ++place) {
    const std::string text(NameText(names[place]).view());
    names_.push_back({text, std::min(std::max(text.find('.'), kLeastSpelled), text.size()), place});
  }
  std::ranges::sort(names_, {}, &Spelled::text);
}

std::optional<std::size_t> SpelledNames::find_aimed_at(std::string_view expression) const {
  auto automaton = ExpressionAutomaton::of(expression);
  if (!automaton || names_.empty()) return std::nullopt;
  return find(*automaton, {0, names_.size()}, 0, automaton->after_dot());
}

// Walks the names as a trie, as far as the expression spells them.
std::optional<std::size_t> SpelledNames::find(ExpressionAutomaton& automaton, Range range, std::size_t depth,
                                              const ExpressionAutomaton::States& states) const {
  std::size_t at = range.first;
  while (at < range.second && automaton.work() < kMostWork) {
    const Spelled& name = names_[at];
    if (name.size == depth) {
      if (goes_on(automaton, std::string_view(name.text).substr(depth), states)) return name.place;
      ++at;
      continue;
    }
    const char octet = name.text[depth];
    const auto is_another = [depth, octet](const Spelled& other) { return other.text[depth] != octet; };
    const auto end = std::find_if(names_.begin() + static_cast<std::ptrdiff_t>(at),
                                  names_.begin() + static_cast<std::ptrdiff_t>(range.second), is_another);
    const auto next = automaton.step(states, octet, Elements::kSpelling);
    const Range same = {at, static_cast<std::size_t>(end - names_.begin())};
    if (!next.empty()) {
      if (const auto found = find(automaton, same, depth + 1, next)) return found;
    }
    at = same.second;
  }
  return std::nullopt;
}

// Is there a match from `states` on, when the rest of the name follows?
bool SpelledNames::goes_on(ExpressionAutomaton& automaton, std::string_view rest, ExpressionAutomaton::States states) {
  for (const char octet : rest) {
    if (automaton.has_matched(states)) return true;
    states = automaton.step(states, octet, Elements::kAll);
  }
  return automaton.has_matched(states) || automaton.matches_at_end(states);
}

}  // namespace schoolgate::filter

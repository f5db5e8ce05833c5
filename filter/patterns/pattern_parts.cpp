// In three steps: the tree is expanded into sequences of text and of what is no text, each sequence is trimmed at its
// ends, and what is covered by another is dropped. Where a repeat or a class is too large to write out, it stands in the
// sequence as kOther; most of these are at an end, where "anything or nothing" says nothing, and fall away:
//
//     (^|\.)ads\.([a-z]|[0-9])*      ^ "ads." other?      →      "ads." at the beginning
//                                    ".ads." other?       →      ".ads." anywhere
#include "filter/patterns/pattern_parts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "filter/patterns/expression_sequences.h"

namespace schoolgate::filter {
namespace {

constexpr std::size_t kMaxPartOctets = 255;
// A class with more octets is no alternative of so many literals. For triggers fewer: a digit more makes none rarer.
constexpr std::size_t kMaxClass = 10;
constexpr std::size_t kMaxTriggerClass = 4;
// Of a trigger, see rarity().
constexpr std::size_t kMinRarity = 2;

constexpr std::uint16_t kNoLimit = Distance::kNoLimit;

// A sequence with its anchors and ends made into distances. `middle` begins and ends with text, or is empty, or has
// something else at an end that stays.
struct Trimmed {
  Distance before;
  Sequence middle;
  Distance after;
};

enum class Outcome { kMatches, kNever, kUnknown };

// What stands outside of an anchor must be empty, and is dropped.
Outcome drop_outside(Sequence& sequence, Element::Kind anchor, Distance& distance) {
  const auto found = std::find_if(sequence.rbegin(), sequence.rend(),
                                  [anchor](const Element& element) { return element.kind == anchor; });
  if (found == sequence.rend()) return Outcome::kMatches;
  for (auto outside = found; outside != sequence.rend(); ++outside) {
    if (outside->may_be_empty() || outside->kind == anchor) continue;
    return outside->kind == Element::Kind::kOther ? Outcome::kUnknown : Outcome::kNever;
  }
  distance = {0, 0};
  sequence.erase(sequence.begin(), found.base());
  return Outcome::kMatches;
}

// What may be anything, at an end that is open to it, says only how many characters there are at least.
void trim(Sequence& sequence, Distance& distance) {
  while (!sequence.empty()) {
    const Element& first = sequence.front();
    const bool says_nothing = distance.max == kNoLimit && first.may_be_empty();
    if (first.kind == Element::Kind::kAny) {
      distance = distance + first.any;
    } else if (!says_nothing) {
      return;
    }
    sequence.erase(sequence.begin());
  }
}

Outcome trim(Sequence sequence, Trimmed& trimmed) {
  if (const Outcome outcome = drop_outside(sequence, Element::Kind::kBegin, trimmed.before);
      outcome != Outcome::kMatches) {
    return outcome;
  }
  trim(sequence, trimmed.before);
  std::reverse(sequence.begin(), sequence.end());
  if (const Outcome outcome = drop_outside(sequence, Element::Kind::kEnd, trimmed.after);
      outcome != Outcome::kMatches) {
    return outcome;
  }
  trim(sequence, trimmed.after);
  std::reverse(sequence.begin(), sequence.end());
  trimmed.middle = std::move(sequence);
  // No text begins or ends with a dot.
  const auto starts_with_dot = [](const Element& e) { return e.kind == Element::Kind::kText && e.text.front() == '.'; };
  const auto ends_with_dot = [](const Element& e) { return e.kind == Element::Kind::kText && e.text.back() == '.'; };
  const bool has_middle = !trimmed.middle.empty();
  if (has_middle && trimmed.before.min == 1 && starts_with_dot(trimmed.middle.front())) trimmed.before.min = 0;
  if (has_middle && trimmed.after.min == 1 && ends_with_dot(trimmed.middle.back())) trimmed.after.min = 0;
  return Outcome::kMatches;
}

// Every name that matches `trimmed` has `part`.
bool covers(const LiteralPart& part, const Trimmed& trimmed) {
  for (std::size_t i = 0; i < trimmed.middle.size(); ++i) {
    const Element& element = trimmed.middle[i];
    const bool is_first = i == 0, is_last = i + 1 == trimmed.middle.size();
    for (std::size_t at = element.text.find(part.text); at != std::string::npos;
         at = element.text.find(part.text, at + 1)) {
      const std::size_t rest = element.text.size() - at - part.text.size();
      const Distance here{saturated(static_cast<unsigned>(at)), saturated(static_cast<unsigned>(at))};
      const Distance there{saturated(static_cast<unsigned>(rest)), saturated(static_cast<unsigned>(rest))};
      if (part.before.holds((is_first ? trimmed.before : Distance()) + here) &&
          part.after.holds((is_last ? trimmed.after : Distance()) + there)) {
        return true;
      }
    }
  }
  return false;
}

bool is_literal(const Trimmed& trimmed) {
  return trimmed.middle.size() == 1 && trimmed.middle.front().kind == Element::Kind::kText &&
         trimmed.middle.front().text.size() <= kMaxPartOctets;
}

// What matches names by their length alone, or nearly so: all of them?
bool is_everything(const Trimmed& trimmed) {
  const Distance length = trimmed.before + trimmed.after;
  return trimmed.middle.empty() && length.min <= 1 && length.max == kNoLimit;
}

// Only the empty text, which no name has.
bool is_nothing(const Trimmed& trimmed) {
  return trimmed.middle.empty() && (trimmed.before + trimmed.after) == Distance{0, 0};
}

// The name that a literal at the end is; only of octets that mean themselves.
std::optional<NamePart> name_of(const LiteralPart& part) {
  if (part.after != Distance{0, 0} || part.text.find_first_of("\\\"") != std::string::npos) return std::nullopt;
  const bool is_whole = part.before == Distance{0, 0};
  if (!is_whole && (part.text.front() != '.' || part.before != Distance())) return std::nullopt;
  const std::string_view text = std::string_view(part.text).substr(is_whole ? 0 : 1);
  if (text.empty() || text.back() == '.') return std::nullopt;
  auto name = dns::Name::parse(text);
  if (!name) return std::nullopt;
  return NamePart{name->lowered(), is_whole ? Reach::kExact : Reach::kSubdomains};
}

PatternParts sort_out(const std::vector<LiteralPart>& parts) {
  PatternParts sorted;
  sorted.kind = PatternParts::Kind::kParts;
  for (const LiteralPart& part : parts) {
    const auto name = name_of(part);
    if (!name) {
      sorted.literals.push_back(part);
      continue;
    }
    const auto same = std::find_if(sorted.names.begin(), sorted.names.end(),
                                   [&name](const NamePart& other) { return other.name == name->name; });
    if (same == sorted.names.end()) {
      sorted.names.push_back(*name);
    } else if (same->reach != name->reach) {
      same->reach = Reach::kBoth;
    }
  }
  return sorted;
}

PatternParts without_parts(PatternParts::Kind kind) { return {kind, {}, {}, {}}; }

// How few names have it: by its length without what half of all names have, and an anchor is worth a character or two.
std::size_t rarity(const LiteralPart& part) {
  std::size_t length = part.text.size();
  for (const std::string_view common : {".com", ".net", ".org", "www."}) {
    if (part.text.find(common) != std::string::npos) length -= common.size();
  }
  const auto is_anchored = [](const Distance& distance) { return distance.max != kNoLimit; };
  return length == 0 ? 0 : length + (is_anchored(part.before) ? 2u : 0u) + (is_anchored(part.after) ? 1u : 0u);
}

// The rarest text of one sequence.
std::optional<LiteralPart> trigger_of(const Trimmed& trimmed) {
  std::optional<LiteralPart> rarest;
  for (std::size_t i = 0; i < trimmed.middle.size(); ++i) {
    const Element& element = trimmed.middle[i];
    if (element.kind != Element::Kind::kText) continue;
    LiteralPart part{element.text.substr(0, kMaxPartOctets), {}, {}};
    if (i == 0) part.before = trimmed.before;
    if (i + 1 == trimmed.middle.size() && element.text.size() <= kMaxPartOctets) part.after = trimmed.after;
    if (!rarest || rarity(part) > rarity(*rarest)) rarest = std::move(part);
  }
  if (!rarest || rarity(*rarest) < kMinRarity) return std::nullopt;
  return rarest;
}

// What every match must have: none when a sequence has nothing worth a look.
std::vector<LiteralPart> triggers_of(const ExpressionNode& tree) {
  std::vector<LiteralPart> triggers;
  for (Sequence& sequence : expand(tree, kMaxTriggerClass)) {
    Trimmed trimmed;
    const Outcome outcome = trim(std::move(sequence), trimmed);
    if (outcome == Outcome::kNever) continue;
    auto trigger = outcome == Outcome::kMatches ? trigger_of(trimmed) : std::nullopt;
    if (!trigger) return {};
    if (std::find(triggers.begin(), triggers.end(), *trigger) == triggers.end()) triggers.push_back(*trigger);
  }
  return triggers;
}

// nullopt when there is more in it than text.
std::optional<std::vector<LiteralPart>> literals_of(std::vector<Trimmed> all) {
  // Text first, the shortest first: it is the short ones that cover others.
  std::stable_sort(all.begin(), all.end(), [](const Trimmed& left, const Trimmed& right) {
    const bool left_first = is_literal(left), right_first = is_literal(right);
    if (!left_first || !right_first) return left_first && !right_first;
    return left.middle.front().text.size() < right.middle.front().text.size();
  });
  std::vector<LiteralPart> parts;
  for (const Trimmed& trimmed : all) {
    const auto covers_it = [&trimmed](const LiteralPart& part) { return covers(part, trimmed); };
    if (std::any_of(parts.begin(), parts.end(), covers_it)) continue;
    if (!is_literal(trimmed)) return std::nullopt;
    parts.push_back({trimmed.middle.front().text, trimmed.before, trimmed.after});
  }
  return parts;
}

}  // namespace

PatternParts take_apart(std::string_view expression) {
  const auto tree = parse_expression(expression);
  if (!tree) return without_parts(PatternParts::Kind::kNeedsEngine);
  std::vector<Trimmed> all;
  bool needs_engine = !tree->is_exact;
  for (Sequence& sequence : expand(tree->root, kMaxClass)) {
    Trimmed trimmed;
    const Outcome outcome = trim(std::move(sequence), trimmed);
    if (outcome == Outcome::kNever || (outcome == Outcome::kMatches && is_nothing(trimmed))) continue;
    if (tree->is_exact && outcome == Outcome::kMatches && is_everything(trimmed)) {
      return without_parts(PatternParts::Kind::kEverything);
    }
    needs_engine = needs_engine || outcome == Outcome::kUnknown;
    all.push_back(std::move(trimmed));
  }
  if (all.empty()) return without_parts(PatternParts::Kind::kNothing);
  if (!needs_engine) {
    if (const auto literals = literals_of(std::move(all))) return sort_out(*literals);
  }
  PatternParts parts = without_parts(PatternParts::Kind::kNeedsEngine);
  parts.triggers = triggers_of(tree->root);
  return parts;
}

}  // namespace schoolgate::filter

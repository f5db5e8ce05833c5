#include "filter/patterns/expression_automaton.h"

#include <algorithm>

namespace schoolgate::filter {
namespace {

using NodeKind = ExpressionNode::Kind;

constexpr std::size_t kMostSpelled = 4;

}  // namespace

std::optional<ExpressionAutomaton> ExpressionAutomaton::of(std::string_view expression) {
  const auto tree = parse_expression(expression);
  if (!tree) return std::nullopt;
  ExpressionAutomaton automaton;
  automaton.start_ = automaton.add(tree->root, automaton.add(State{}));
  if (automaton.states_.size() > kMostStates) return std::nullopt;
  automaton.seen_in_.assign(automaton.states_.size(), 0);
  return automaton;
}

// Beyond the limit nothing is added any more: copies of copies would be without end.
std::uint32_t ExpressionAutomaton::add(State state) {
  if (states_.size() <= kMostStates) states_.push_back(state);
  return static_cast<std::uint32_t>(states_.size() - 1);
}

// From behind: the state where `node` begins, when `next` is where it goes on after it.
std::uint32_t ExpressionAutomaton::add(const ExpressionNode& node, std::uint32_t next) {
  if (states_.size() > kMostStates) return next;
  switch (node.kind) {
    case NodeKind::kOctet:
      return add(State{State::Kind::kOctet, node.octets, next, 0});
    case NodeKind::kBegin:
      return add(State{State::Kind::kBegin, {}, next, 0});
    case NodeKind::kEnd:
      return add(State{State::Kind::kEnd, {}, next, 0});
    case NodeKind::kSequence:
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) next = add(*child, next);
      return next;
    case NodeKind::kChoice: {
      std::uint32_t entry = add(node.children.front(), next);
      for (std::size_t i = 1; i < node.children.size(); ++i) {
        entry = add(State{State::Kind::kEither, {}, entry, add(node.children[i], next)});
      }
      return entry;
    }
    case NodeKind::kRepeat:
      return add_repeat(node, next);
    case NodeKind::kBeside:
      break;
  }
  return next;
}

std::uint32_t ExpressionAutomaton::add_repeat(const ExpressionNode& node, std::uint32_t next) {
  const ExpressionNode& child = node.children.front();
  const unsigned min = std::min(node.min, kMostCopies);
  std::uint32_t entry = next;
  if (node.max > kMostCopies) {  // no limit, or as good as none
    entry = add(State{State::Kind::kEither, {}, next, next});
    const std::uint32_t round = add(child, entry);
    states_[entry].second = round;
  } else {
    for (unsigned i = min; i < node.max; ++i) entry = add(State{State::Kind::kEither, {}, add(child, entry), next});
  }
  for (unsigned i = 0; i < min && states_.size() <= kMostStates; ++i) entry = add(child, entry);
  return entry;
}

// Puts `state` into the set that was begun, or what stands behind it where it reads nothing.
void ExpressionAutomaton::close(std::uint32_t state, At at, States& into) {
  open_.assign(1, state);
  while (!open_.empty()) {
    const std::uint32_t number = open_.back();
    open_.pop_back();
    if (seen_in_[number] == set_) continue;
    seen_in_[number] = set_;
    ++work_;
    const State& seen = states_[number];
    const bool is_passed = (seen.kind == State::Kind::kBegin && at == At::kBegin) ||
                           (seen.kind == State::Kind::kEnd && at == At::kEnd) || seen.kind == State::Kind::kEither;
    if (is_passed) open_.push_back(seen.next);
    if (seen.kind == State::Kind::kEither) open_.push_back(seen.second);
    if (!is_passed && seen.kind != State::Kind::kBegin) into.push_back(number);
  }
}

// Where a match may stand in or behind some text.
ExpressionAutomaton::States ExpressionAutomaton::reach() {
  States reached;
  ++set_;
  close(start_, At::kBegin, reached);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const State& state = states_[reached[i]];
    if (state.kind == State::Kind::kOctet && state.octets.any()) close(state.next, At::kMiddle, reached);
  }
  return reached;
}

ExpressionAutomaton::States ExpressionAutomaton::after_dot() { return step(reach(), '.', Elements::kAll); }

ExpressionAutomaton::States ExpressionAutomaton::step(const States& states, char octet, Elements elements) {
  States after;
  ++set_;
  for (const std::uint32_t number : states) {
    ++work_;
    const State& state = states_[number];
    if (state.kind != State::Kind::kOctet || !state.octets[static_cast<unsigned char>(octet)]) continue;
    if (elements == Elements::kSpelling && state.octets.count() > kMostSpelled) continue;
    close(state.next, At::kMiddle, after);
  }
  return after;
}

bool ExpressionAutomaton::has_matched(const States& states) const {
  return std::any_of(states.begin(), states.end(),
                     [this](std::uint32_t number) { return states_[number].kind == State::Kind::kMatched; });
}

bool ExpressionAutomaton::matches_at_end(const States& states) {
  States ended;
  ++set_;
  for (const std::uint32_t number : states) close(number, At::kEnd, ended);
  return has_matched(ended);
}

}  // namespace schoolgate::filter

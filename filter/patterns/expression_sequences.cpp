#include "filter/patterns/expression_sequences.h"

#include <optional>
#include <utility>

namespace schoolgate::filter {
namespace {

using NodeKind = ExpressionNode::Kind;

// Of one node's sequences: what is beyond these is kOther. They bound the time too.
constexpr std::size_t kMaxSequences = 64;
constexpr std::size_t kMaxOctets = 8192;
constexpr unsigned kMaxRounds = 64;

Element text_element(std::string text) { return {Element::Kind::kText, std::move(text), {}, false}; }
Element any_element(Distance any) { return {Element::Kind::kAny, {}, any, false}; }
Element other_element(bool is_nullable) { return {Element::Kind::kOther, {}, {}, is_nullable}; }

void append(Sequence& to, const Element& element) {
  if (!to.empty() && to.back().kind == element.kind) {
    if (element.kind == Element::Kind::kText) {
      to.back().text += element.text;
      return;
    }
    if (element.kind == Element::Kind::kAny) {
      to.back().any = to.back().any + element.any;
      return;
    }
  }
  to.push_back(element);
}

bool is_too_much(const Sequences& sequences) {
  std::size_t octets = 0;
  for (const Sequence& sequence : sequences) {
    for (const Element& element : sequence) octets += element.text.size() + 1;
  }
  return sequences.size() > kMaxSequences || octets > kMaxOctets;
}

// nullopt when they are too many to write out.
using Written = std::optional<Sequences>;

Written concatenate(const Sequences& left, const Sequences& right) {
  if (left.size() * right.size() > kMaxSequences) return std::nullopt;
  Sequences both;
  for (const Sequence& first : left) {
    for (const Sequence& second : right) {
      both.push_back(first);
      for (const Element& element : second) append(both.back(), element);
    }
  }
  return is_too_much(both) ? std::nullopt : Written(std::move(both));
}

class Expander {
 public:
  explicit Expander(std::size_t max_class) : max_class_(max_class) {}
  Sequences expand(const ExpressionNode& node) const;

 private:
  Written expand_octet(const ExpressionNode& node) const;
  Written expand_repeat(const ExpressionNode& node) const;
  Written expand_choice(const ExpressionNode& node) const;
  Written expand_sequence(const ExpressionNode& node) const;
  Written expand_beside(const ExpressionNode& node) const;
  std::size_t max_class_;
};

Written Expander::expand_octet(const ExpressionNode& node) const {
  if (node.octets == all_text_octets()) return Sequences{{any_element({1, 1})}};
  if (node.octets.count() > max_class_) return std::nullopt;
  Sequences octets;
  for (std::size_t octet = 0; octet < node.octets.size(); ++octet) {
    if (node.octets[octet]) octets.push_back({text_element(std::string(1, static_cast<char>(octet)))});
  }
  return octets;
}

// Without a limit: "" c* · c, c c* c · c c c*. At an open end c* falls away, and what is between c and c is covered by the
// c alone.
Written endless(const Sequences& so_often, unsigned min) {
  const Sequences more = {{other_element(true)}};
  Written longer = concatenate(so_often, more);
  if (min != 1 || !longer) return longer;
  Written all = concatenate(*longer, so_often);
  if (!all) return longer;
  all->insert(all->begin(), so_often.begin(), so_often.end());
  return is_too_much(*all) ? longer : all;
}

Written Expander::expand_repeat(const ExpressionNode& node) const {
  const ExpressionNode& child = node.children.front();
  const bool has_limit = node.max != ExpressionNode::kNoLimit;
  if (child.kind == NodeKind::kOctet && child.octets == all_text_octets()) {
    return Sequences{{any_element({saturated(node.min), has_limit ? saturated(node.max) : Distance::kNoLimit})}};
  }
  if (node.min > kMaxRounds || (has_limit && node.max > kMaxRounds)) return std::nullopt;
  const Sequences once = expand(child);
  Written so_often = Sequences{{}};
  for (unsigned i = 0; i < node.min && so_often; ++i) so_often = concatenate(*so_often, once);
  if (!so_often) return std::nullopt;
  if (!has_limit) return endless(*so_often, node.min);
  Sequences all = *so_often;
  for (unsigned i = node.min; i < node.max; ++i) {
    so_often = concatenate(*so_often, once);
    if (!so_often) return std::nullopt;
    all.insert(all.end(), so_often->begin(), so_often->end());
    if (is_too_much(all)) return std::nullopt;
  }
  return all;
}

Written Expander::expand_choice(const ExpressionNode& node) const {
  Sequences all;
  for (const ExpressionNode& child : node.children) {
    const Sequences next = expand(child);
    all.insert(all.end(), next.begin(), next.end());
    if (is_too_much(all)) return std::nullopt;
  }
  return all;
}

// A child that makes too many of them becomes kOther, so that the text around it stays.
Written Expander::expand_sequence(const ExpressionNode& node) const {
  Sequences all = {{}};
  for (const ExpressionNode& child : node.children) {
    Written longer = concatenate(all, expand(child));
    if (!longer) longer = concatenate(all, {{other_element(child.is_nullable())}});
    if (!longer) return std::nullopt;
    all = std::move(*longer);
  }
  return all;
}

// What is beside may overlap with what comes before and after: no text joins it, and it stands at no end.
Written Expander::expand_beside(const ExpressionNode& node) const {
  const Sequences border = {{other_element(false)}};
  const Written started = concatenate(border, expand(node.children.front()));
  return started ? concatenate(*started, border) : std::nullopt;
}

Sequences Expander::expand(const ExpressionNode& node) const {
  Written written;
  switch (node.kind) {
    case NodeKind::kBegin:
      return {{{Element::Kind::kBegin, {}, {}, false}}};
    case NodeKind::kEnd:
      return {{{Element::Kind::kEnd, {}, {}, false}}};
    case NodeKind::kOctet:
      written = expand_octet(node);
      break;
    case NodeKind::kRepeat:
      written = expand_repeat(node);
      break;
    case NodeKind::kChoice:
      written = expand_choice(node);
      break;
    case NodeKind::kSequence:
      written = expand_sequence(node);
      break;
    case NodeKind::kBeside:
      written = expand_beside(node);
  }
  return written ? std::move(*written) : Sequences{{other_element(node.is_nullable())}};
}

}  // namespace

Sequences expand(const ExpressionNode& node, std::size_t max_class) { return Expander(max_class).expand(node); }

}  // namespace schoolgate::filter

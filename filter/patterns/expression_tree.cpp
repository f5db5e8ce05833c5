#include "filter/patterns/expression_tree.h"

#include <algorithm>
#include <string>
#include <utility>

namespace schoolgate::filter {
namespace {

using Kind = ExpressionNode::Kind;
using Octet = unsigned char;
using AnyOctets = std::bitset<256>;

constexpr std::size_t kMaxExpressionOctets = 2000;
constexpr int kMaxDepth = 40;
constexpr unsigned kMaxCount = 65535;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

AnyOctets range(Octet first, Octet last) {
  AnyOctets octets;
  for (unsigned octet = first; octet <= last; ++octet) octets.set(octet);
  return octets;
}

AnyOctets fold_case(AnyOctets octets) {
  for (unsigned octet = 'a'; octet <= 'z'; ++octet) {
    if (octets[octet] || octets[octet - 32]) octets.set(octet).set(octet - 32);
  }
  return octets;
}

// \d \w \s; nullopt for a letter that means something else.
std::optional<AnyOctets> named_class(char letter) {
  const AnyOctets digits = range('0', '9');
  switch (letter) {
    case 'd':
      return digits;
    case 'D':
      return ~digits;
    case 'w':
    case 'W': {
      const AnyOctets word = digits | range('a', 'z') | range('A', 'Z') | range('_', '_');
      return letter == 'w' ? word : ~word;
    }
    case 's':
    case 'S': {
      const AnyOctets space = range('\t', '\r') | range(' ', ' ');
      return letter == 's' ? space : ~space;
    }
    default:
      return std::nullopt;
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<ExpressionTree> parse() {
    ExpressionTree tree{choice(0), true};
    if (failed_ || at_ != text_.size()) return std::nullopt;
    tree.is_exact = is_exact_;
    return tree;
  }

 private:
  bool is_at_end() const { return at_ >= text_.size(); }
  bool sees(char c) const { return !is_at_end() && text_[at_] == c; }
  bool take(char c) {
    if (!sees(c)) return false;
    ++at_;
    return true;
  }
  ExpressionNode fail() {
    failed_ = true;
    at_ = text_.size();
    return {};
  }

  static ExpressionNode octet_of(const AnyOctets& octets) {
    ExpressionNode node;
    node.kind = Kind::kOctet;
    for (std::size_t octet = 0; octet < node.octets.size(); ++octet) node.octets[octet] = octets[octet];
    node.octets &= all_text_octets();
    return node;
  }

  ExpressionNode choice(int depth) {
    if (depth > kMaxDepth) return fail();
    ExpressionNode node;
    node.kind = Kind::kChoice;
    do {
      node.children.push_back(sequence(depth));
    } while (take('|'));
    return node.children.size() == 1 ? std::move(node.children.front()) : std::move(node);
  }

  ExpressionNode sequence(int depth) {
    ExpressionNode node;
    while (!is_at_end() && !sees('|') && !sees(')')) node.children.push_back(repeat(depth));
    return node;
  }

  ExpressionNode repeat(int depth) {
    ExpressionNode item = atom(depth);
    ExpressionNode node;
    node.kind = Kind::kRepeat;
    if (!take_quantifier(node)) return item;
    const bool is_anchor = item.kind == Kind::kBegin || item.kind == Kind::kEnd;
    take('?');  // lazy: the same names
    if (is_anchor || sees('+') || sees('*') || sees('?') || sees('{')) return fail();
    node.children.push_back(std::move(item));
    return node;
  }

  bool take_quantifier(ExpressionNode& node) {
    const auto is = [&node](unsigned min, unsigned max) {
      node.min = min;
      node.max = max;
      return true;
    };
    if (take('*')) return is(0, ExpressionNode::kNoLimit);
    if (take('+')) return is(1, ExpressionNode::kNoLimit);
    if (take('?')) return is(0, 1);
    if (!take('{')) return false;
    const unsigned min = number();
    const unsigned max = !take(',') ? min : sees('}') ? ExpressionNode::kNoLimit : number();
    if (!take('}') || max < min) fail();
    return is(min, max);
  }

  unsigned number() {
    const std::size_t start = at_;
    unsigned value = 0;
    while (!is_at_end() && is_digit(text_[at_]) && value <= kMaxCount) {
      value = value * 10 + static_cast<unsigned>(text_[at_++] - '0');
    }
    if (at_ == start || value > kMaxCount) fail();
    return value;
  }

  ExpressionNode atom(int depth) {
    const char c = text_[at_++];
    ExpressionNode node;
    switch (c) {
      case '^':
        node.kind = Kind::kBegin;
        return node;
      case '$':
        node.kind = Kind::kEnd;
        return node;
      case '.':
        return octet_of(~range('\n', '\n'));
      case '(':
        return group(depth);
      case '[':
        return octet_class();
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
      case '{':
        return fail();
      default:
        return octet_of(fold_case(range(static_cast<Octet>(c), static_cast<Octet>(c))));
    }
  }

  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  ExpressionNode group(int depth) {
    if (sees('*')) return fail();  // a verb
    const bool is_beside = take("?=") || take("?<=");
    const bool is_absent = !is_beside && (take("?!") || take("?<!"));
    if (is_beside || is_absent) {
      is_exact_ = false;
    } else if (sees('?') && !take("?:")) {
      return fail();  // options, names, …
    }
    ExpressionNode inner = choice(depth + 1);
    if (!take(')')) return fail();
    ExpressionNode node;  // an empty sequence
    if (is_absent) return node;
    if (!is_beside) return inner;
    node.kind = Kind::kBeside;
    node.children.push_back(std::move(inner));
    return node;
  }

  ExpressionNode escape() {
    if (is_at_end()) return fail();
    const char c = text_[at_++];
    if (const auto octets = named_class(c)) return octet_of(*octets);
    if (c >= '1' && c <= '9' && (is_at_end() || !is_digit(text_[at_]))) return back_reference();
    if (!is_plain_escape(c)) return fail();
    return octet_of(range(static_cast<Octet>(c), static_cast<Octet>(c)));
  }

  ExpressionNode back_reference() {
    is_exact_ = false;
    ExpressionNode node;
    node.kind = Kind::kRepeat;
    node.max = ExpressionNode::kNoLimit;
    node.children.push_back(octet_of(~AnyOctets()));
    return node;
  }

  static bool is_plain_escape(char c) {
    return static_cast<Octet>(c) > 0x20 && static_cast<Octet>(c) < 0x7f && !is_letter(c) && !is_digit(c);
  }

  // One item of a class: an octet, or a named class (then `is_octet` is false).
  struct Item {
    AnyOctets octets;
    Octet octet = 0;
    bool is_octet = true;
  };

  Item class_item() {
    Item item;
    char c = text_[at_++];
    if (c == '[' && sees(':')) return {posix_class(), 0, false};
    if (c == '[' && (sees('.') || sees('='))) fail();
    if (c == '\\' && !is_at_end()) {
      c = text_[at_++];
      if (const auto octets = named_class(c)) return {*octets, 0, false};
      if (!is_plain_escape(c)) fail();
    }
    item.octet = static_cast<Octet>(c);
    item.octets = range(item.octet, item.octet);
    return item;
  }

  AnyOctets posix_class() {
    if (take(":digit:]")) return range('0', '9');
    if (take(":alpha:]")) return range('a', 'z') | range('A', 'Z');
    if (take(":alnum:]")) return range('0', '9') | range('a', 'z') | range('A', 'Z');
    if (take(":space:]")) return range('\t', '\r') | range(' ', ' ');
    if (take(":punct:]")) return range('!', '/') | range(':', '@') | range('[', '`') | range('{', '~');
    fail();
    return {};
  }

  // [.x.], [:x:] and [=x=] mean something else, or nothing, to PCRE.
  bool looks_like_posix() const {
    const std::size_t end = text_.find(']', at_);
    return end != std::string_view::npos && end > at_ + 1 && text_[at_] == text_[end - 1] &&
           std::string_view(":.=").find(text_[at_]) != std::string_view::npos;
  }

  ExpressionNode octet_class() {
    if (looks_like_posix()) return fail();
    const bool is_negated = take('^');
    if (sees(']')) return fail();
    AnyOctets octets;
    while (!is_at_end() && !sees(']')) {
      Item first = class_item();
      if (failed_) return {};
      octets |= first.octets;
      if (!sees('-') || at_ + 1 >= text_.size() || text_[at_ + 1] == ']') continue;
      ++at_;
      const Item last = class_item();
      const bool is_range = first.is_octet && last.is_octet && first.octet <= last.octet;
      if (failed_ || !is_range) return fail();
      octets |= range(first.octet, last.octet);
      if (sees('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') return fail();
    }
    if (!take(']')) return fail();
    octets = fold_case(octets);
    return octet_of(is_negated ? ~octets : octets);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
  bool is_exact_ = true;
};

}  // namespace

const TextOctets& all_text_octets() {
  static const TextOctets kAll = [] {
    TextOctets octets;
    for (std::size_t octet = 0x21; octet <= 0x7e; ++octet) octets[octet] = octet < 'A' || octet > 'Z';
    return octets;
  }();
  return kAll;
}

bool ExpressionNode::is_nullable() const {
  const auto nullable = [](const ExpressionNode& child) { return child.is_nullable(); };
  switch (kind) {
    case Kind::kSequence:
      return std::all_of(children.begin(), children.end(), nullable);
    case Kind::kChoice:
      return std::any_of(children.begin(), children.end(), nullable);
    case Kind::kRepeat:
      return min == 0 || children.front().is_nullable();
    default:
      return false;
  }
}

std::optional<ExpressionTree> parse_expression(std::string_view expression) {
  if (expression.size() > kMaxExpressionOctets) return std::nullopt;
  return Parser(expression).parse();
}

}  // namespace schoolgate::filter

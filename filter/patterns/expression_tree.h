// The regular expressions that lists really use, as a tree: what pattern_parts.h takes apart.
//
// A subset on purpose: characters, escaped punctuation, \d \w \s and their opposites, classes, groups, alternatives,
// counted and uncounted repeats, ^ and $, look-around and back-references. Whatever else PCRE means something by is not
// parsed (nullopt), and nothing is parsed that PCRE would read otherwise. Classes hold only octets that the text of a
// lower-case name can hold (name_text.h), case folded: one that holds none of them is empty, one that holds them all "any".
#pragma once

#include <bitset>
#include <optional>
#include <string_view>
#include <vector>

namespace schoolgate::filter {

using TextOctets = std::bitset<128>;
// 0x21 to 0x7e without A to Z.
const TextOctets& all_text_octets();

struct ExpressionNode {
  enum class Kind { kOctet, kBegin, kEnd, kSequence, kChoice, kRepeat, kBeside };
  static constexpr unsigned kNoLimit = ~0u;

  Kind kind = Kind::kSequence;
  TextOctets octets;                     // of kOctet: one of these
  std::vector<ExpressionNode> children;  // of kRepeat and kBeside: one
  unsigned min = 0;                      // of kRepeat
  unsigned max = 0;                      // of kRepeat

  // Matches the empty text wherever it stands.
  bool is_nullable() const;
};

struct ExpressionTree {
  ExpressionNode root;
  // False when the tree matches more than the expression: a look-around for what is there is kBeside, which says that its
  // child is somewhere in the text; one for what is not there says nothing; a back-reference is any text.
  bool is_exact = true;
};

std::optional<ExpressionTree> parse_expression(std::string_view expression);

}  // namespace schoolgate::filter

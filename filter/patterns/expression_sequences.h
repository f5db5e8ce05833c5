// An expression written out: each way that a text may match it as a sequence of text and of what is no text. What is too
// much to write out stands there as kOther.
#pragma once

#include <string>
#include <vector>

#include "filter/patterns/distance.h"
#include "filter/patterns/expression_tree.h"

namespace schoolgate::filter {

struct Element {
  enum class Kind { kText, kAny, kBegin, kEnd, kOther };
  Kind kind = Kind::kText;
  std::string text;          // of kText
  Distance any;              // of kAny: so many characters, whichever
  bool is_nullable = false;  // of kOther

  bool may_be_empty() const { return kind == Kind::kAny ? any.min == 0 : kind == Kind::kOther && is_nullable; }
};
using Sequence = std::vector<Element>;
using Sequences = std::vector<Sequence>;

// A class with more than `max_class` octets is kOther. Time and memory are bounded, whatever the expression.
Sequences expand(const ExpressionNode& node, std::size_t max_class);

}  // namespace schoolgate::filter

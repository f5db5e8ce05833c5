// What follows the '$' of an ad blocker's rule: "$important,denyallow=a.example|b.example".
//
// Three modifiers say how the rules of one list stand to each other, and are honoured (adblock_precedence.h). Any other
// makes a rule narrower in a way that DNS cannot see, or that has no place in a rule of ours: such a rule is rejected.
#pragma once

#include <string>
#include <string_view>

namespace schoolgate::lists {

struct AdblockModifiers {
  std::string_view text;  // as written, without the '$'
  bool important = false;
  bool badfilter = false;      // the rule is none, and takes back the rule that is written the same without this word
  std::string_view denyallow;  // names with '|' between them; empty when there are none
  std::string why_not;  // why the rule cannot be honoured; empty when it can. Quotes nothing but a known keyword.
};

void parse_adblock_modifiers(std::string_view text, AdblockModifiers& modifiers);

// The first of the parts of `list` that `separator` divides, cut off from it together with the separator.
std::string_view take_part(std::string_view& list, char separator);

}  // namespace schoolgate::lists

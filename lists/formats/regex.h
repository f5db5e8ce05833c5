// The format "regex": one regular expression a line, as Pi-hole's lists of them have it. It is looked for anywhere in the
// name in lower case; see filter::ImageBuilder::add_pattern.
//
//     (^|\.)ads\.example$    the name and all names under it
//     ^ad[0-9]+\.            names whose first label is so
//
// The line is the expression, to its end: a '#' may stand in one, so no comment follows it. There are no exceptions. What is
// no expression over names (Pi-hole's options after ';', plain names, an ad blocker's rule) is rejected, never guessed at;
// what is one and cannot be used is rejected by the filter when it is built.
#pragma once

#include <string_view>

namespace schoolgate::lists {

class RuleSink;

// None, so that "auto" never takes a list for this: the signs of an expression stand in lists of other kinds too, and a word
// taken for one matches names that nobody listed.
bool claims_regex_line(std::string_view line);
// Of an expression in whatever format: why it could match no name, or must be written otherwise; empty when neither is so.
// Looks at octets only.
std::string_view why_matches_no_name(std::string_view expression);
void parse_regex(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

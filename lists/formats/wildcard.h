// The format "wildcard": names behind an asterisk, which here stands for the name too.
//
//     *.example.org      the name and all names under it; so without the asterisk
//
// In the format "domains" the same line covers the names under it only. For "auto" a list is of this kind when nearly all
// of its lines have the asterisk: its publisher has no other way to write a name.
#pragma once

#include <string_view>

namespace schoolgate::lists {

class RuleSink;

bool claims_wildcard_line(std::string_view line);
void parse_wildcard(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

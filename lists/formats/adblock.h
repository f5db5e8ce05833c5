// The format "adblock": an ad blocker's rules, as far as they are about names. AdGuard Home's reading of them is ours.
//
//     ||ads.example^         the name and all names under it
//     ||*.ads.example^       the names under it only
//     |ads.example^          the name only; so do "ads.example" and "0.0.0.0 ads.example"
//     ||ads*.example^        a pattern (adblock_glob.h)
//     /^ad[0-9]+\./          a regular expression over the name
//     @@||good.example^      an exception: in its list the deepest rule that covers a name decides, at equal depth it does
//     ||bad.example^$important   modifiers; see adblock_modifiers.h and adblock_precedence.h
//     ! comment  # comment
//
// What a browser sees and DNS does not (paths, schemes, ports, kinds of request, parts of pages) is rejected, never widened.
// A rule for a whole top-level domain is handed on as a pattern, so that the filter refuses it when it is a common one.
#pragma once

#include <string_view>

namespace schoolgate::lists {

class RuleSink;

bool claims_adblock_line(std::string_view line);
void parse_adblock(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

// The format "unbound": the local zones and local data of unbound.conf(5).
//
//     local-zone: "ads.example." always_null        a rule for the name and all names under it; see the table of types
//     local-zone: "good.ads.example" always_transparent    an exception
//     local-data: "ads.example A 0.0.0.0"           a rule for the name only; so with "::" and loopback addresses
//
// The deepest one decides, as in Unbound. Quotes may be left out or single; several options may stand in a line; "server:"
// and what else begins a clause is skipped. Rejected is an answer of its own (any other local-data, and the zone in front of
// it), and every other option.
#pragma once

#include <string_view>

namespace schoolgate::lists {

class RuleSink;

bool claims_unbound_line(std::string_view line);
void parse_unbound(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

// The format "dnsmasq": the options of dnsmasq(8) that say what becomes of a name and all names under it.
//
//     address=/ads.example/0.0.0.0             a rule; the same with "#", "::", 127.0.0.1 or nothing after the last '/'
//     server=/ads.example/   local=/ads.example/   a rule: it is asked of no server
//     address=/one.example/two.example/#       a rule for each name
//     server=/good.ads.example/#               an exception: the usual servers are asked
//
// The deepest option decides, as in dnsmasq. "*.ads.example" covers the names under it only. Rejected is what is no blocking
// (a name forwarded to a server, or answered with an address of its own), what is for every name ("/#/"), and every other
// option.
#pragma once

#include <string_view>

namespace schoolgate::lists {

class RuleSink;

bool claims_dnsmasq_line(std::string_view line);
void parse_dnsmasq(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

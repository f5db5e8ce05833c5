// The format "hosts": hosts(5), an address and then names. "0.0.0.0 ads.example tracker.example  # comment"
//
// The address does not matter: blocking is ours to answer. A name covers itself only, as a hosts file does.
#pragma once

#include <string_view>

namespace schoolgate::lists {

class RuleSink;
struct Line;

bool claims_hosts_line(std::string_view line);
// One line of such a file, for formats that allow it beside their own: not blank, no comment alone.
void read_hosts_line(const Line& line, RuleSink& sink);
void parse_hosts(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

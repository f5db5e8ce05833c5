// The format "domains": one name a line.
//
//     example.org        the name and all names under it
//     .example.org       the same, as Squid and dnsmasq write it
//     *.example.org      the names under it only
//
// After a blank, a comment may follow. What a URL list holds (paths, ports, schemes) is rejected, never widened.
#pragma once

#include <string_view>

namespace schoolgate::lists {

class RuleSink;
struct Line;

bool claims_domain_line(std::string_view line);
void read_domain_line(const Line& line, RuleSink& sink);
void parse_domains(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

// The format "domains": one name a line.
//
//     example.org        the name and all names under it
//     .example.org       the same, as Squid and dnsmasq write it
//     *.example.org      the names under it only
//
// After a blank, a comment may follow. What a URL list holds (paths, ports, schemes) is rejected, never widened.
#pragma once

#include <string_view>

#include "filter/rules/rule.h"

namespace schoolgate::lists {

class RuleSink;
struct Line;

bool claims_domain_line(std::string_view line);
// `of_wildcard` is what "*.example.org" covers.
void read_domain_line(const Line& line, RuleSink& sink, filter::Reach of_wildcard);
void parse_domains(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

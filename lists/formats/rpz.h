// Response policy zones (draft-vixie-dnsop-dns-rpz): a zone file whose owners are triggers and whose data are actions.
//
//     bad.example        CNAME .              a rule for exactly this name; *. (NODATA) and rpz-drop. likewise
//     *.bad.example      CNAME .              a rule for the names below it
//     good.bad.example   CNAME rpz-passthru.  an exception
//     bad.example        A 0.0.0.0            a rule; so are ::, and addresses of the host itself
//
// A rule says that the list's category is the name's; what the client is answered, the policy says. Answers of the zone's
// own, rpz-tcp-only, and triggers by address or by name server are told as not enforceable here. Thread-safe.
#pragma once

#include <string_view>

#include "lists/formats/format.h"

namespace schoolgate::lists {

bool claims_rpz_line(std::string_view line);
void parse_rpz(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

// Response policy zones (draft-vixie-dnsop-dns-rpz): a zone file whose owners are triggers and whose data are actions.
//
//     bad.example              CNAME .              a rule for exactly this name, and how it is answered: NXDOMAIN
//     *.bad.example            CNAME *.             a rule for the names below it: NODATA
//     good.bad.example         CNAME rpz-passthru.  an exception
//     bad.example              A 192.0.2.7          a rule: with this address; records of any type may stand there
//     24.0.2.0.192.rpz-ip      CNAME rpz-drop.      a rule for answers with such an address: none at all
//     32.7.2.0.192.rpz-client-ip CNAME rpz-tcp-only.  a rule for whoever asks from there
//
// A rule says that the list's category is the name's, and what the zone answers then; whether that is what a client is
// answered, the list's `action` says (own_answer.h). Triggers by name server are told as not enforceable here. Thread-safe.
#pragma once

#include <string_view>

#include "lists/formats/format.h"

namespace schoolgate::lists {

bool claims_rpz_line(std::string_view line);
void parse_rpz(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

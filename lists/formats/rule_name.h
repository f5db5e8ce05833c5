// The name in a list's line, or why DNS cannot enforce what stands there. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::lists {

// A host name of letters, digits, '-' and '_', in any case, with or without the final dot; with letters beyond ASCII, its
// A-label form. The error says in words for a technician why it is none: a URL, an address, a port, a wildcard, no UTF-8, a
// label too long. Of the word it says no more than an octet that no name has.
// What is narrower than a name (a URL, a port) is never widened to its host: that would block what nobody listed.
base::Result<dns::Name> parse_rule_name(std::string_view word);

// Why no name goes on with `rest`, whose first octet no name has, in the words of parse_rule_name().
std::string why_no_name_goes_on(std::string_view rest);

// What the system's own hosts file holds: localhost, broadcasthost, ip6-allnodes, 0.0.0.0 … Lists made from such a file
// carry them along; they are no rules.
bool is_local_name(std::string_view word);

// 0.0.0.0, :: or a loopback address: what lists give as the answer when they mean none.
bool is_nowhere(std::string_view address);

}  // namespace schoolgate::lists

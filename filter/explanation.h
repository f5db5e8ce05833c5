// explain(): every rule that covers a name, and whether it is in force. Goes back to the rules themselves, not to what the
// trie made of them; the two agree, and a test holds them to it. Off the query path.
#pragma once

#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/image.h"
#include "filter/line_index.h"
#include "filter/patterns/pattern_rules.h"
#include "filter/rules/address_rules.h"
#include "filter/rules/opaque_rules.h"

namespace schoolgate::filter {

// Name rules deepest first, then patterns in the order of their lists; a line once, however much of it matches.
base::Result<std::vector<RuleHit>> explain(const dns::Name& lower_name, const std::vector<ListEntry>& lists,
                                           const LineIndex& lines, const PatternRules& patterns,
                                           const OpaqueRules& opaque);

// Address rules of both triggers, the longest prefix first.
std::vector<RuleHit> explain(const base::IpAddress& address, const std::vector<ListEntry>& lists,
                             const AddressRules& addresses);

}  // namespace schoolgate::filter

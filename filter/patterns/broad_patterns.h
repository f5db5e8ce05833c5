// Patterns that are too broad: held against a sample of popular names before they go into force.
//
// An exception is not held back. What it lifts is its own list's rules: the broader it is, the less that list says, and
// a list that says everything but its exceptions is a way that lists are written.
#pragma once

#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/patterns/pattern_rules.h"

namespace schoolgate::filter {

// The rules that match over a tenth of the names, by their place, and the words to say so. None by a sample of under 100
// names: it tells nothing. REQUIRES: `set` is compiled of these rules; names in lower case.
base::Result<std::vector<PatternSet::Refusal>> find_broad(const std::vector<PatternRule>& rules, const PatternSet& set,
                                                          const std::vector<dns::Name>& popular);

}  // namespace schoolgate::filter

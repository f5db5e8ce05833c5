// What a rule would block of protected names, found the slow and obvious way: the oracle of lists/guard/guard.h.
#pragma once

#include <algorithm>
#include <vector>

#include "filter/rules/rule.h"
#include "lists/guard/guard_file.h"

namespace schoolgate::support {

inline bool naively_covers(filter::Reach reach, const dns::Name& rule, const dns::Name& name) {
  if (name == rule) return reach != filter::Reach::kSubdomains;
  return reach != filter::Reach::kExact && name.is_at_or_below(rule);
}

inline bool naively_blocks_protected(const std::vector<lists::ProtectedName>& names, filter::Reach reach,
                                     const dns::Name& rule) {
  return std::any_of(names.begin(), names.end(), [&](const lists::ProtectedName& one) {
    // A rule covers names; where all below a name is protected, each of those is meant, the rule's own deep one too.
    const bool covers_it = naively_covers(reach, rule, one.name);
    return covers_it || (one.and_below && rule.is_at_or_below(one.name));
  });
}

}  // namespace schoolgate::support

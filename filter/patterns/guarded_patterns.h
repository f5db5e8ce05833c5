// Patterns that would block what must not be blocked: held against protected names before they go into force. What those are,
// and which names are too wide a target, the caller says.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/patterns/pattern_rules.h"

namespace schoolgate::filter {

struct PatternGuard {
  struct Protected {
    dns::Name name;   // lower case
    std::string why;  // what is wrong with a pattern that matches it
    // All below it too: of these a pattern is tried with some that nearly every site has, and may aim at others
    // (spelled_names.h).
    bool and_below = false;
  };
  std::vector<Protected> names;
  // Why a name rule that a pattern says, as "(^|\.)com$" does, is set aside; empty when it may stay. Absent: each may.
  std::function<std::string(ListNumber list, Reach reach, const dns::Name& name)> why_set_aside;
};

// The rules that are set aside, by their place, and why. Exceptions lift, and never are. REQUIRES: `set` is compiled of these
// rules, or empty when they are nothing but names.
base::Result<std::vector<PatternSet::Refusal>> find_guarded(const std::vector<PatternRule>& rules,
                                                            const PatternSet& set, const PatternGuard& guard);

}  // namespace schoolgate::filter

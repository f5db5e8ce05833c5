// What changes between two versions of a list: its rules, and which of some names it would begin or cease to block.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::lists {

struct ListText {
  std::string_view octets;
  std::string_view format;  // as in format.cpp; not "auto"
};

// Rules as the policy writes names: "x.example" covers itself and what is below it, "*.x.example" what is below it,
// "=x.example" itself; "/…/" is an expression; "@@" begins an exception. Each once, sorted; in lower case but for expressions.
// REQUIRES: a known format.
std::vector<std::string> rules_of(const ListText& list);

struct VersionDifference {
  std::vector<std::string> added, removed;  // sorted
};
VersionDifference difference(const ListText& before, const ListText& after);

struct TouchedName {
  dns::Name name;
  bool blocked_before = false;  // by this list alone
  bool blocked_after = false;
};
// Those of the names for which the list's answer changes, in their order. Builds an image of each version in a temporary folder:
// what is told is what the filter would say.
base::Result<std::vector<TouchedName>> touched_names(const ListText& before, const ListText& after,
                                                     const std::vector<dns::Name>& names);

}  // namespace schoolgate::lists

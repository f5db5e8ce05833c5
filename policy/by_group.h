// What becomes of a name in each group: for showing what a change does, and what it does not.
#pragma once

#include <string>
#include <vector>

#include "filter/rules/tag_set.h"
#include "policy/policy.h"

namespace schoolgate::policy {

struct GroupVerdict {
  std::string group;
  bool blocked = false;
  std::string decided_by;  // in words: "category gambling", "block bad.example in group pupils", "otherwise allow"
};

// In the order of the policy file. `tags`: what the name is.
std::vector<GroupVerdict> verdicts_by_group(const Policy& policy, const dns::Name& lower_name,
                                            const filter::TagSet& tags);

}  // namespace schoolgate::policy

// The decision: settings folded into masks and name rules, and
// the one function that goes through the order of decision.
//
// Thread contract: Rulebook is immutable after build_rulebook(); any number of threads may decide by it.
#pragma once

#include <string>
#include <vector>

#include "filter/rules/tag_table.h"
#include "policy/name_rules.h"
#include "policy/policy.h"

namespace schoolgate::policy {

// What one group comes to, with all that it inherits.
struct GroupRules {
  std::vector<GroupNumber> named;         // itself and the groups above that have name rules, nearest first
  std::vector<GroupNumber> names_locked;  // those of them that lock their block_names
  filter::TagSet block_locked;            // what it and the groups above block with `block` locked
  filter::TagSet blocked;                 // in the end: locked, illegal and inherited ones included
  filter::TagSet allowed;                 // what an `allow` names, here or above; `blocked` is asked first
  Otherwise otherwise = Otherwise::kAllow;
};

struct Rulebook {
  filter::TagTable tags;
  filter::TagSet illegal;  // the taxonomy's locked categories
  filter::TagSet security;
  std::vector<std::string> group_ids;   // by GroupNumber
  std::vector<GroupRules> group_rules;  // by GroupNumber
  NameRules names;
};

// REQUIRES: groups that parse_policy accepted with the same tags.
Rulebook build_rulebook(const std::vector<GroupSetting>& groups, const filter::TagTable& tags);

// See Policy for each.
Verdict decide(const Rulebook& book, GroupNumber group, const dns::Name& lower_name,
               const filter::TagSet& tags) noexcept;
Verdict decide_target(const Rulebook& book, GroupNumber group, const Verdict& asked, const dns::Name& lower_target,
                      const filter::TagSet& tags) noexcept;
std::vector<ChainStep> explain(const Rulebook& book, GroupNumber group, const dns::Name& lower_name,
                               const filter::TagSet& tags);

}  // namespace schoolgate::policy

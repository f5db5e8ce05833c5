// From rules to standings: for each list, the deepest rule or exception that covers a name is its last word; at equal
// depth the exception is.
#pragma once

#include <span>
#include <vector>

#include "filter/rules/rule_store.h"
#include "filter/rules/standing.h"
#include "filter/trie/domain_trie.h"

namespace schoolgate::filter {

// The names at which the standing changes, in the order of their keys. A name whose rules change nothing (www.x.example
// under x.example, from the same list) is left out. REQUIRES: sorted rules, which must outlive the entries.
std::vector<TrieEntry> effective_entries(std::span<const NameRule> rules, StandingInterner& standings,
                                         AnswerInterner& answers);

}  // namespace schoolgate::filter

// From rules to standings: for each list, the deepest rule or exception that covers a name is its last word; at equal
// depth the exception is.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "filter/rules/memory_block.h"
#include "filter/rules/rule_line.h"
#include "filter/rules/standing.h"
#include "filter/trie/domain_trie.h"

namespace schoolgate::filter {

class EffectiveRules {
 public:
  EffectiveRules(StandingInterner& standings, AnswerInterner& answers) : standings_(standings), answers_(answers) {}
  // So many names at the most: takes the memory at once rather than bit by bit.
  void expect(std::size_t names) { entries_.reserve(names); }
  // The rules of one name, sorted as sort_same_name() does. REQUIRES: names in the order of their keys, each once.
  void add(std::string_view key, std::span<const RuleLine> rules);
  // The names at which the standing changes. A name whose rules change nothing (www.x.example under x.example, from the
  // same list) is left out. The keys stay as long as this.
  std::span<const TrieEntry> entries() const { return entries_; }

 private:
  StandingInterner& standings_;
  AnswerInterner& answers_;
  Arena keys_;
  std::vector<TrieEntry> entries_;
  std::vector<TrieEntry> ancestors_;           // of the name at hand, nearest last
  std::vector<StandingInterner::Word> words_;  // kept for its memory
};

}  // namespace schoolgate::filter

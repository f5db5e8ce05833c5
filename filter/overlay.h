// Overlay: local rules beside the image, in force within milliseconds: what a technician says of a name until the lists say
// so too. A rule gives a tag to names, or lifts it from them, whichever list gave it.
//
// For each tag the deepest rule that covers a name is the last word; at equal depth lifting is. Lifting is for mistakes of
// the lists, so it does not reach locked tags (illegal content): such a rule is refused.
//
// A change makes a new overlay of all rules, in the time of one look at each: they are few, a list is for the rest.
//
// Thread contract: an Overlay is immutable and may be read by any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/rules/rule.h"
#include "filter/rules/standing.h"
#include "filter/rules/tag_table.h"
#include "filter/trie/domain_trie.h"

namespace schoolgate::filter {

enum class Effect : std::uint8_t { kGive, kLift };

struct OverlayRule {
  dns::Name name;  // in any case
  Reach reach = Reach::kBoth;
  Effect effect = Effect::kGive;
  TagNumber tag = 0;
  std::string reason;  // who and why, for explain()
};

// A rule that covers a name. `in_force`: it is the last word on its tag.
struct OverlayHit {
  OverlayRule rule;
  bool in_force = true;
};

class Overlay {
 public:
  static constexpr std::size_t kMostRules = 20000;

  Overlay() = default;  // changes nothing
  // kForbidden for a rule that lifts a locked tag; kInvalid for an unknown tag, and for too many rules.
  static base::Result<std::shared_ptr<const Overlay>> build(const TagTable& tags, std::vector<OverlayRule> rules);

  // What the name's tags are with the local rules, when the image says `tags`. No allocation, no lock.
  TagSet apply(const dns::Name& name, const TagSet& tags) const noexcept;
  // Every rule that covers the name, deepest first.
  std::vector<OverlayHit> explain(const dns::Name& name) const;
  bool empty() const { return rules_.empty(); }

 private:
  std::vector<OverlayRule> rules_;  // by depth, deepest first
  std::vector<ListEntry> lists_;    // one a tag
  std::string trie_octets_;
  std::string tag_sets_;
  std::string standings_;
  std::string list_numbers_;
  DomainTrie trie_;  // a view of the octets, as is the table
  StandingTable table_;
};

}  // namespace schoolgate::filter

// Reads nodes of the domain trie: see trie_format.h.
//
// Thread contract: free of state; safe over any octets, no allocation, no lock.
#pragma once

#include <cstdint>

#include "filter/file/octets.h"
#include "filter/trie/label_code.h"
#include "filter/trie/label_slot.h"
#include "filter/trie/trie_format.h"

namespace schoolgate::filter {

// What a label leads to.
struct Branch {
  std::uint8_t standing = kHasRecord;  // the number of a pair, or else there is a record:
  unsigned marks = 0;
  Octets record;  // pair, node, chain
};

// A look for a label in a node, in three steps that each wait for what the one before asked memory for: whoever has many
// looks to take takes the same step of all of them before the next one.
class BranchSearch {
 public:
  // Of nothing yet: begin() is first.
  BranchSearch() = default;
  // REQUIRES: at least kSlackOctets; both stay as they are.
  void begin(Octets nodes, std::size_t place, const CodedLabel& label) noexcept;
  void find_bucket() noexcept;
  // False when the label does not lead on.
  bool finish(Branch& branch) const noexcept;

 private:
  // Where things are is counted from the node. What a damaged node says may lie anywhere, and finish() looks.
  const std::uint8_t* node_;
  std::size_t octets_;     // up to the slack; 0: there is no node
  std::size_t deviation_;  // 0: the node has but one bucket
  std::size_t buckets_;    // the first, if it has many
  std::size_t bucket_;     // the slot's
  LabelSlot slot_;
};

}  // namespace schoolgate::filter

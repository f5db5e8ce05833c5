// Reads nodes of the domain trie: see trie_format.h.
//
// Thread contract: free of state; safe over any octets, no allocation, no lock.
#pragma once

#include <cstdint>

#include "filter/file/octets.h"
#include "filter/trie/label_code.h"
#include "filter/trie/trie_format.h"

namespace schoolgate::filter {

// What a label leads to.
struct Branch {
  std::uint8_t standing = kHasRecord;  // the number of a pair, or else there is a record:
  unsigned marks = 0;
  Octets record;  // pair, node, chain
};

// False when the label does not lead on. REQUIRES: at least kSlackOctets.
bool find_branch(Octets nodes, std::size_t place, const CodedLabel& label, Branch& branch) noexcept;

}  // namespace schoolgate::filter

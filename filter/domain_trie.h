// DomainTrie: from a name to its standing, in one contiguous block of octets. The essay on the layout: domain_trie.cpp.
//
// Thread contract: DomainTrie is an immutable view. find() is safe over any octets, allocates nothing, takes no lock.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "filter/octets.h"
#include "filter/standing.h"

namespace schoolgate::filter {

// A name at which the standing changes: what holds for the name itself, and for the names below it.
struct TrieEntry {
  std::string_view key;  // see domain_key.h
  StandingNumber at = kNoStanding;
  StandingNumber below = kNoStanding;
};

// Appends the trie to `out`. REQUIRES: in the order of the keys, each key once.
void encode_trie(std::span<const TrieEntry> entries, std::string& out);

class DomainTrie {
 public:
  DomainTrie() = default;
  explicit DomainTrie(Octets block);
  // The standing at the deepest entry on the way to the key: its own if it is the key's, else that for names below.
  StandingNumber find(Octets key) const noexcept;

 private:
  Octets nodes_;
  std::uint64_t root_ = 0;
};

}  // namespace schoolgate::filter

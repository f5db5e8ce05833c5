// DomainTrie: from a name to its standing, in one contiguous block of octets. The essay on the layout: domain_trie.cpp.
//
// Thread contract: DomainTrie is an immutable view. find() is safe over any octets, allocates nothing, takes no lock.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/name.h"
#include "filter/file/octets.h"
#include "filter/trie/label_code.h"
#include "filter/trie/label_screen.h"
#include "filter/trie/standing_pair.h"
#include "filter/trie/trie_format.h"

namespace schoolgate::filter {

// A name at which the standing changes.
struct TrieEntry {
  std::string_view key;  // see domain_key.h
  StandingPair standings;
};

// Appends the trie to `out`. kInvalid when it would have more than 4 GiB. REQUIRES: in the order of the keys, each key
// once.
base::Status encode_trie(std::span<const TrieEntry> entries, std::string& out);

class DomainTrie {
 public:
  DomainTrie() = default;
  explicit DomainTrie(Octets block);
  // The standing at the deepest entry on the way to the name: its own if it is the name's, else that for names below.
  // The name may be in any case.
  StandingNumber find(const dns::Name& name) const noexcept;
  // The same of many names at once: they wait for memory together, not one after the other. REQUIRES: as many places as names.
  void find(std::span<const dns::Name* const> names, std::span<StandingNumber> found) const noexcept;

 private:
  struct Walk;
  // So many fill what the processor can ask memory for at once several times over, and fit into its nearest cache.
  static constexpr std::size_t kMostWalks = 32;

  void begin(const dns::Name& name, Walk& walk) const noexcept;
  bool ask_screen(Walk& walk) const noexcept;
  bool passes_screen(const Walk& walk) const noexcept;
  void enter_node(Walk& walk) const noexcept;
  bool take_branch(Walk& walk) const noexcept;
  // REQUIRES: at most kMostWalks.
  void walk_together(std::span<const dns::Name* const> names, StandingNumber* found) const noexcept;
  StandingNumber standing_of(std::size_t pair, bool at) const noexcept;
  StandingPair take_pair(OctetReader& record) const noexcept;
  std::uint32_t find_top(Octets label) const noexcept;

  StandingPair root_;
  std::uint32_t root_node_ = kNoNode;
  LabelCode code_;
  LabelScreen screen_;
  Octets pairs_;
  Octets tops_;
  Octets nodes_;
};

}  // namespace schoolgate::filter

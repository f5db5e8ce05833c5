// NameRules: every group's name rules in one hash table, keyed by (group, name). A look-up walks the suffixes
// of the asked name over its wire form: no allocation, no lock.
//
// Thread contract: immutable after construction; any number of threads may read it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policy/policy.h"

namespace schoolgate::policy {

class NameRules {
 public:
  explicit NameRules(std::vector<NameRule> rules);

  const NameRule& rule(std::uint32_t number) const { return rules_[number]; }
  std::size_t size() const { return rules_.size(); }

  // `groups` are nearest first in each of these; the answer is a rule's number.
  //
  // The nearest group that has a rule for the name decides;
  // within it the longest name wins, and block wins a tie.
  std::optional<std::uint32_t> find(std::span<const GroupNumber> groups, const dns::Name& lower_name) const noexcept;
  // The same among block rules only: what a locked `block_names` says, whatever that group allows beside it.
  std::optional<std::uint32_t> find_block(std::span<const GroupNumber> groups,
                                          const dns::Name& lower_name) const noexcept;
  // The allow rule for exactly this name that says security = true.
  std::optional<std::uint32_t> find_security_allow(std::span<const GroupNumber> groups,
                                                   const dns::Name& lower_name) const noexcept;

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // What one group says about one name. A block rule holds its place against an allow rule: block wins a tie.
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t any = kNone;     // any rule with this group and name; kNone: the slot is free
    std::uint32_t itself = kNone;  // decides the name itself
    std::uint32_t below = kNone;   // decides the names below it
    std::uint32_t security_allow = kNone;
  };
  struct Suffixes;

  void add(std::uint32_t number);
  const Slot* find_slot(GroupNumber group, std::uint64_t name_hash, std::span<const std::uint8_t> wire) const noexcept;
  template <class Accept>
  std::optional<std::uint32_t> walk(std::span<const GroupNumber> groups, const dns::Name& lower_name,
                                    Accept accept) const noexcept;

  std::vector<NameRule> rules_;
  std::vector<Slot> slots_;      // open addressing, a power of two, at most half full
  std::size_t most_labels_ = 0;  // of any rule's name: longer suffixes cannot match
};

}  // namespace schoolgate::policy

// OpaqueRules: rules of lists whose names may not be stored. An image keeps a keyed hash of each name, SipHash-2-4 with 128
// bits, and none of its text: not here, not in PATH.lines, not in a report.
//
//     section:  empty when no list is opaque, or else
//               the hash of nothing 16 (so that a wrong key is known) | rule …, by hash, list, exception
//     rule:     hash of the name's key (domain_key.h) 16 | list u16 | marks u8 | zero u8 | line u32
//     marks:    bits 0-1 reach · bit 2 exception
//
// What it is worth: whoever holds the image alone learns nothing. Whoever holds image and key can test a guess, and names
// are easily guessed: the key is to be kept like the list.
//
// Thread contract: immutable views and values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/file/octets.h"
#include "filter/rules/rule.h"

namespace schoolgate::filter {

using NameHash = std::array<std::uint8_t, 16>;
// Of the key of a name. No allocation.
NameHash hash_of(Octets key, const OpaqueKey& secret) noexcept;

struct OpaqueRule {
  NameHash hash{};
  ListNumber list = 0;
  Exception exception = Exception::kNo;
  Reach reach = Reach::kBoth;
  std::uint32_t line = 0;
  auto operator<=>(const OpaqueRule&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};

// Of a name in any case nothing is kept but its hash.
OpaqueRule hash_rule(ListNumber list, Reach reach, Exception exception, const dns::Name& name, std::uint32_t line,
                     const OpaqueKey& secret) noexcept;

// 16 octets that nobody can guess.
OpaqueKey random_opaque_key();

// REQUIRES: sorted rules.
void encode_opaque(std::span<const OpaqueRule> rules, const OpaqueKey& secret, std::string& out);

class OpaqueRules {
 public:
  OpaqueRules() = default;  // no rules
  // kForbidden when there are rules, and no secret or another than theirs. The octets must outlive it.
  static base::Result<OpaqueRules> read(Octets section, const std::optional<OpaqueKey>& secret);

  bool empty() const { return rules_.empty(); }
  std::vector<OpaqueRule> all() const;  // in the order of their hashes
  // Calls visit(rule) for each that covers the name, from the root down; a name's exceptions after its rules.
  template <class Visit>
  void for_each_covering(const dns::Name& lower_name, Visit visit) const {
    std::array<NameHash, dns::Name::kMaxLabels + 1> hashes;
    const std::size_t count = hashes_of(lower_name, hashes.data());
    for (std::size_t i = 0; i < count; ++i) {
      const Reach not_covering = i + 1 == count ? Reach::kSubdomains : Reach::kExact;
      for (std::size_t at = first(hashes[i]); at < size(); ++at) {
        const OpaqueRule rule = (*this)[at];
        if (rule.hash != hashes[i]) break;
        if (rule.reach != not_covering) visit(rule);
      }
    }
  }

 private:
  static constexpr std::size_t kRuleOctets = 24;
  std::size_t size() const { return rules_.size() / kRuleOctets; }
  OpaqueRule operator[](std::size_t index) const;
  // Of the root, and down to the name itself.
  std::size_t hashes_of(const dns::Name& lower_name, NameHash* hashes) const noexcept;
  std::size_t first(const NameHash& hash) const noexcept;

  Octets rules_;
  OpaqueKey secret_{};
};

// The last words of opaque lists on one name. Reused from name to name; belongs to one thread.
class OpaqueWords {
 public:
  OpaqueWords() = default;
  explicit OpaqueWords(std::size_t lists) : words_(lists) { heard_.reserve(lists); }

  // Forgets the name before. No allocation. REQUIRES: made for as many lists as the image has.
  void collect(const OpaqueRules& rules, const dns::Name& lower_name) noexcept;
  bool empty() const { return heard_.empty(); }
  template <class Visit>
  void for_each_list_in_force(Visit visit) const noexcept {
    for (const ListNumber list : heard_) {
      if (words_[list] == Word::kRule) visit(list);
    }
  }

 private:
  enum class Word : std::uint8_t { kNone, kRule, kException };
  std::vector<Word> words_;        // by list
  std::vector<ListNumber> heard_;  // those that say something
};

}  // namespace schoolgate::filter

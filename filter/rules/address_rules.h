// AddressRules: rules that go by an address instead of a name, as response policy zones have them: the client's, or one in the
// answer. For each list the longest prefix that covers an address is its last word; at equal length the exception is.
//
//     section:  empty when there are none, or else  count u32 | rule … | texts
//     rule:     address 16 | prefix u8 | marks u8 | list u16 | answer u16 | zero u16 | line u32 | end of its text u32
//     marks:    bit 0 the address is in the answer · bit 1 exception
//     order:    by trigger, prefix length, address, list, exception
//
// IPv4 is mapped into IPv6 (base/ip_address.h). Thread contract: immutable views and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "filter/file/octets.h"
#include "filter/rules/rule.h"

namespace schoolgate::filter {

enum class Trigger : std::uint8_t { kClientIp, kResponseIp };

struct AddressTrigger {
  Trigger trigger = Trigger::kResponseIp;
  base::IpNetwork network{base::IpAddress(), 0};
};

struct AddressRule {
  ListNumber list = 0;
  Trigger trigger = Trigger::kResponseIp;
  Exception exception = Exception::kNo;
  AnswerNumber answer = answer_of(Action::kBlock);
  base::IpNetwork network{base::IpAddress(), 0};
  std::uint32_t line = 0;
  std::string text;  // the line as written
};

void encode_addresses(std::vector<AddressRule> rules, std::string& out);

class AddressRules {
 public:
  AddressRules() = default;  // no rules
  // nullopt for octets that are no such section. They must outlive it.
  static std::optional<AddressRules> read(Octets section);

  bool has(Trigger trigger) const noexcept;
  std::size_t size() const { return rules_.size() / kRuleOctets; }
  // Without its text. REQUIRES: index < size().
  AddressRule operator[](std::size_t index) const noexcept;
  std::string_view text(std::size_t index) const noexcept;

  // Calls visit(index) for each that covers the address, the longest prefix first, a list's exceptions after its rules.
  template <class Visit>
  void for_each_covering(Trigger trigger, const base::IpAddress& address, Visit visit) const {
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
      if (run->trigger != trigger) continue;
      const base::IpNetwork network(address, run->prefix_bits);
      for (std::size_t at = first(*run, network.address()); at < run->end; ++at) {
        if (!(address_at(at) == network.address())) break;
        visit(at);
      }
    }
  }

 private:
  static constexpr std::size_t kRuleOctets = 32;
  // Rules of one trigger and one prefix length.
  struct Run {
    Trigger trigger;
    unsigned prefix_bits = 0;
    std::size_t begin = 0, end = 0;
  };
  base::IpAddress address_at(std::size_t index) const noexcept;
  std::size_t first(const Run& run, const base::IpAddress& address) const noexcept;

  Octets rules_;
  Octets texts_;
  std::vector<Run> runs_;
};

// The last words of the lists on one address. Reused from address to address; belongs to one thread.
class AddressWords {
 public:
  AddressWords() = default;
  explicit AddressWords(std::size_t lists) : words_(lists) { heard_.reserve(lists); }

  // Forgets the address before. No allocation. REQUIRES: made for as many lists as the image has.
  void collect(const AddressRules& rules, Trigger trigger, const base::IpAddress& address) noexcept;
  bool empty() const { return heard_.empty(); }
  bool lifts(ListNumber list) const noexcept { return list < words_.size() && words_[list].state == State::kException; }
  // Calls visit(list, answer).
  template <class Visit>
  void for_each_list_in_force(Visit visit) const {
    for (const ListNumber list : heard_) {
      if (words_[list].state == State::kRule) visit(list, words_[list].answer);
    }
  }

 private:
  enum class State : std::uint8_t { kNone, kRule, kException };
  struct Word {
    State state = State::kNone;
    std::uint8_t prefix_bits = 0;
    AnswerNumber answer = 0;
  };
  std::vector<Word> words_;        // by list
  std::vector<ListNumber> heard_;  // those that say something
};

}  // namespace schoolgate::filter

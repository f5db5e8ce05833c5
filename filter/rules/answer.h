// How names are answered that a rule withholds, in the words of response policy zones. An AnswerNumber says it of a rule: the
// numbers below kFirstLocalData are the actions that need no more, the others are local data, records of the list's own.
//
//     section:  empty when no rule has local data, or else  count u32 | end u32 … | octets
//     octets:   record …, of each local data in its turn
//     record:   type u16 | size u16 | rdata, uncompressed
//
// Thread contract: AnswerTable is an immutable view and safe over any octets. AnswerInterner is not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dns/types.h"
#include "filter/file/octets.h"

namespace schoolgate::filter {

// Passing is no action but an exception: see Exception.
enum class Action : std::uint8_t {
  kBlock,     // with the block page's address
  kNoData,    // there is such a name, without any records
  kNxDomain,  // there is no such name
  kDrop,      // not at all
  kTcpOnly,   // over UDP: ask again over TCP; over TCP as if there were no rule
  kLocalData,
};

using AnswerNumber = std::uint16_t;
inline constexpr AnswerNumber kFirstLocalData = static_cast<AnswerNumber>(Action::kLocalData);

constexpr AnswerNumber answer_of(Action action) { return static_cast<AnswerNumber>(action); }
constexpr Action action_of(AnswerNumber answer) {
  return answer < kFirstLocalData ? static_cast<Action>(answer) : Action::kLocalData;
}

// What a rule says itself.
struct RuleAnswer {
  Action action = Action::kBlock;
  dns::Type type{};  // of local data
  Octets rdata;      // likewise, uncompressed; a view
};

class AnswerTable {
 public:
  AnswerTable() = default;
  explicit AnswerTable(Octets section);

  std::size_t size() const { return count_; }
  // Calls visit(type, rdata) for each record; for none when the number is no local data of the table.
  template <class Visit>
  void for_each_record(AnswerNumber answer, Visit visit) const {
    OctetReader reader(records(answer));
    while (!reader.is_at_end()) {
      const auto type = static_cast<dns::Type>(reader.number<std::uint16_t>());
      const Octets rdata = reader.take(reader.number<std::uint16_t>());
      if (!reader.is_good()) return;
      visit(type, rdata);
    }
  }

 private:
  Octets records(AnswerNumber answer) const noexcept;
  Octets ends_;
  Octets octets_;
  std::size_t count_ = 0;
};

class AnswerInterner {
 public:
  // More local data than this are not kept, and no more records than that of one name.
  static constexpr std::size_t kMostAnswers = 60'000;
  static constexpr std::size_t kMostRecords = 64;

  // Of one record; nullopt when there is no room for more. REQUIRES: rdata of at most 65,535 octets.
  std::optional<AnswerNumber> intern(dns::Type type, Octets rdata);
  // What two rules of one list say of one name together: all their records, or, when one of them has an action without
  // data, that one; of two such the lower. Without room for more, the first.
  AnswerNumber combined(AnswerNumber one, AnswerNumber other);

  void encode(std::string& out) const;

 private:
  std::optional<AnswerNumber> intern(std::vector<std::string> records);
  std::vector<std::vector<std::string>> answers_;  // records, sorted, by number less kFirstLocalData
  std::unordered_map<std::string, AnswerNumber> numbers_;
};

}  // namespace schoolgate::filter

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
#include <span>
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

// No rule's, but of those that there is no room for.
inline constexpr AnswerNumber kNoAnswer = 0xffff;
// What an answer is called where the local data of its list have these numbers.
inline AnswerNumber linked_answer(AnswerNumber answer, std::span<const AnswerNumber> numbers) {
  if (answer < kFirstLocalData) return answer;
  const std::size_t index = std::size_t{answer} - kFirstLocalData;
  return index < numbers.size() ? numbers[index] : kNoAnswer;
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
  static constexpr std::size_t kMostAnswers = 60'000;
  static constexpr std::size_t kMostOctets = std::size_t{32} << 20;  // of all answers together
  static constexpr std::size_t kMostRecords = 64;                    // of one answer
  static constexpr std::size_t kMostAnswerOctets = 60'000;           // likewise: it has to fit a message

  // Of one record; nullopt when there is no room for more.
  std::optional<AnswerNumber> intern(dns::Type type, Octets rdata);
  // What several rules of one list say of one name together. An action without data comes before records, of two such the first
  // in the order of Action; only wanting to be asked over TCP comes last of all. Records that there is no room for are left out;
  // they withhold the name all the same. REQUIRES: at least one.
  AnswerNumber combine(std::vector<AnswerNumber> answers);

  void encode(std::string& out) const;

 private:
  using RecordNumbers = std::u32string;  // in the order of the records' octets
  std::optional<AnswerNumber> intern(const RecordNumbers& records);
  std::size_t octets_of(const RecordNumbers& records) const;

  std::vector<std::string> records_;
  std::unordered_map<std::string, std::uint32_t> record_numbers_;
  std::vector<RecordNumbers> answers_;  // by number less kFirstLocalData
  std::unordered_map<RecordNumbers, AnswerNumber> numbers_;
  std::size_t octets_ = 0;
};

}  // namespace schoolgate::filter

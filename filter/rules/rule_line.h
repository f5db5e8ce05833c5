// RuleLine: a name rule with its line, as the files have it; and how rules of one name follow each other.
//
//     rule:   octets of the key shared with the rule before u8 (0 when there is none) | octets that follow u8 | marks u8 |
//             list, line, frame of the line or size of its text as varints | answer as a varint, when it is marked |
//             the octets of the key | text
//     marks:  bits 0-1 reach · bit 2 exception · bit 3 the text is written out · bit 4 an answer of its own
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "filter/rules/line_frame.h"
#include "filter/rules/rule.h"
#include "filter/trie/domain_key.h"

namespace schoolgate::filter {

struct RuleLine {
  ListNumber list = 0;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  bool is_dropped = false;  // by sort_same_name()
  AnswerNumber answer = answer_of(Action::kBlock);
  std::uint32_t line = 0;
  FrameNumber frame = kWrittenOut;  // of the line, around the name in lower case
  std::string_view text;            // the line, when it is written out

  bool covers_itself() const { return reach != Reach::kSubdomains; }
  bool covers_below() const { return reach != Reach::kExact; }
};

// The line that has this frame around the name; nullopt when the octets are no key.
std::optional<std::string> line_of(std::string_view key, const LineFrame& frame);

void append_rule(std::string& to, std::string_view key, std::size_t shared, const RuleLine& rule);
std::size_t shared_size(std::string_view left, std::string_view right);

// Goes through rules that follow each other. Safe over any octets: it ends at those that are no rule, and is_good() says so.
class RuleReader {
 public:
  explicit RuleReader(Octets rules) : reader_(rules) {}

  // False at the end, and at octets that are no rule.
  bool next();
  bool is_good() const { return is_good_; }
  std::string_view key() const { return {key_.data(), key_size_}; }  // until the next
  const RuleLine& rule() const { return rule_; }                     // its text lies in the octets

 private:
  OctetReader reader_;
  bool is_good_ = true;
  std::array<char, dns::Name::kMaxWireOctets> key_;
  std::size_t key_size_ = 0;
  RuleLine rule_;
};

// Of a list's lines that say the same of a name so many stay, the first: it may say it a million times, and whoever asks for the
// reasons must not wait for all of them.
inline constexpr std::size_t kMostAlike = 16;

// By all but the name: whatever the order of adding, sorted rules are the same.
inline bool precedes_of_same_name(const RuleLine& left, const RuleLine& right) {
  const auto place = [](const RuleLine& rule) {
    return std::tuple(rule.list, rule.exception, rule.reach, rule.answer, rule.line, rule.frame, rule.text);
  };
  return place(left) < place(right);
}

// Sorts rules of one name, of whatever stands for a RuleLine. Dropped are lines that are there twice, but for one, and those beyond
// kMostAlike.
template <class Rule>
void sort_same_name(std::span<Rule> rules) {
  std::ranges::sort(rules, precedes_of_same_name);
  const auto what = [](const RuleLine& one) { return std::tuple(one.list, one.exception, one.reach, one.answer); };
  const Rule* kept = &rules.front();
  std::size_t alike = 0;
  for (Rule& one : rules.subspan(1)) {
    one.is_dropped = !precedes_of_same_name(*kept, one);
    if (one.is_dropped) continue;
    alike = what(*kept) == what(one) ? alike + 1 : 0;
    one.is_dropped = alike >= kMostAlike;
    kept = &one;
  }
}

}  // namespace schoolgate::filter

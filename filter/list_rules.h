// ListRules: what one list says, sorted and encoded: a build merges it with what the others say. Whoever reads lists keeps it until
// the list changes, and need not read that list again.
//
//     ListRulesBuilder collected;
//     collected.add_name(Reach::kBoth, Exception::kNo, name, line, text);
//     auto rules = ListRules::read(Mapping::of_memory(std::move(collected).encode(made_from, note)), path);
//
//     count:      rules that were added, u64
//     names:      rule …, see rule_line.h, of list 0, in the order of their keys
//     frames:     of their lines, see line_frame.h
//     patterns, answers, addresses: as in an image, of list 0
//     note:       what its maker wants to know again; not looked at here
//
// Thread contract: ListRules is immutable; a builder belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/file/image_format.h"
#include "filter/file/mapping.h"
#include "filter/patterns/pattern_rules.h"
#include "filter/rules/address_rules.h"
#include "filter/rules/answer.h"
#include "filter/rules/rule_store.h"

namespace schoolgate::filter {

class ListRules {
 public:
  // kDamaged with `path` when any octet is not what encode() wrote.
  static base::Result<ListRules> read(Mapping octets, const std::string& path);

  Octets octets() const { return octets_.octets(); }  // all of it
  void forget_pages() const noexcept { octets_.forget_pages(); }
  const Digest& made_from() const { return file_.digest(); }
  std::string_view note() const { return text_of(file_.section(RulesSection::kNote)); }
  std::uint64_t count() const { return count_; }
  Octets names() const { return file_.section(RulesSection::kNames); }
  LineFrames frames() const { return LineFrames(file_.section(RulesSection::kFrames)); }
  const std::vector<PatternRule>& patterns() const { return patterns_; }
  const AnswerTable& answers() const { return answers_; }
  const AddressRules& addresses() const { return addresses_; }

 private:
  ListRules(Mapping octets, SectionedFile file) : octets_(std::move(octets)), file_(std::move(file)) {}
  Mapping octets_;
  SectionedFile file_;
  std::uint64_t count_ = 0;
  std::vector<PatternRule> patterns_;
  AnswerTable answers_;
  AddressRules addresses_;
};

class ListRulesBuilder {
 public:
  // For each list the deepest rule or exception that covers a name is its last word; at equal depth the exception is. A list
  // whose last word is an exception says nothing of the name, by pattern neither.
  // `name` in any case; `line` from 1; `text` the line as written, kept for explain().
  void add_name(Reach reach, Exception exception, const dns::Name& name, std::uint32_t line, std::string_view text);
  // A rule, no exception, that says itself how its names are answered. Of a name all records of its list count together.
  void add_answer(Reach reach, const dns::Name& name, const RuleAnswer& answer, std::uint32_t line,
                  std::string_view text);
  // A rule that goes by an address.
  void add_address(const AddressTrigger& trigger, Exception exception, const RuleAnswer& answer, std::uint32_t line,
                   std::string_view text);
  // A regular expression over the name in lower case, presentation form, no final dot, a dot inside a label as "\046". It
  // never matches the root. What it says of a whole name or of all names under one ("(^|\.)ads\.example$"), alone or
  // beside other things, is a name rule in every respect: as a rule it has its depth, and as an exception it lifts what
  // add_name() says. The rest of it is a pattern: as an exception it lifts every rule of its list, names and patterns, from
  // the names it matches. One that matches every name, or none, is rejected when the image is built.
  void add_pattern(Exception exception, std::string_view expression, std::uint32_t line, std::string_view text);

  // Rules whose local data there was no room for: they block. Without the list's name.
  std::vector<RejectedRule> take_rejected() { return std::move(rejected_); }
  // What ListRules::read() reads. `made_from` and `note` are its maker's.
  std::string encode(const Digest& made_from = {}, std::string_view note = "") &&;
  // Empty again, with its memory for the next list.
  void clear();

 private:
  void add(Reach reach, Exception exception, AnswerNumber answer, const dns::Name& name, std::uint32_t line,
           std::string_view text);
  AnswerNumber intern(const RuleAnswer& answer, std::uint32_t line, std::string_view text);
  std::uint64_t count_ = 0;
  RuleStore names_;
  std::vector<PatternRule> patterns_;
  AnswerInterner answers_;
  std::vector<AddressRule> addresses_;
  std::vector<RejectedRule> rejected_;
};

// What is said of a rule whose local data there is no room for.
inline constexpr std::string_view kNoRoomForLocalData = "more local data than is kept: answered with the block page";

}  // namespace schoolgate::filter

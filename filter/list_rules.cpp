#include "filter/list_rules.h"

#include "filter/file/image_format.h"

namespace schoolgate::filter {
namespace {

void encode_names(std::span<const NameRule> sorted, std::string& to) {
  std::string_view before;
  for (SortedNames names(sorted); names.next();) {
    for (const RuleLine& rule : names.rules()) {
      append_rule(to, names.key(), shared_size(before, names.key()), rule);
      before = names.key();
    }
  }
}

std::string cut(std::string_view text) { return std::string(text.substr(0, RuleStore::kMaxTextOctets)); }

}  // namespace

base::Result<ListRules> ListRules::read(Mapping octets, const std::string& path) {
  auto file = SectionedFile::read(octets.octets(), kRulesFile, path, Checksums::kVerify);
  if (!file) return file.error();
  if (const auto status = file->verify_sections(); !status) return status.error();
  ListRules rules(std::move(octets), std::move(*file));
  OctetReader count(rules.file_.section(RulesSection::kCount));
  rules.count_ = count.number<std::uint64_t>();
  rules.answers_ = AnswerTable(rules.file_.section(RulesSection::kAnswers));
  const auto addresses = AddressRules::read(rules.file_.section(RulesSection::kAddresses));
  if (!count.is_good() || !addresses ||
      !parse_patterns(rules.file_.section(RulesSection::kPatterns), 1, rules.patterns_)) {
    return rules.file_.damaged("there are octets in it that are no rule");
  }
  rules.addresses_ = *addresses;
  rules.forget_pages();  // verified, and not read again before it is linked
  return rules;
}

void ListRulesBuilder::add_name(Reach reach, Exception exception, const dns::Name& name, std::uint32_t line,
                                std::string_view text) {
  ++count_;
  add(reach, exception, answer_of(Action::kBlock), name, line, text);
}

void ListRulesBuilder::add_answer(Reach reach, const dns::Name& name, const RuleAnswer& answer, std::uint32_t line,
                                  std::string_view text) {
  ++count_;
  add(reach, Exception::kNo, intern(answer, line, text), name, line, text);
  // "*.video.example CNAME safe.video.example": that one is meant to be had.
  const auto target = answer.type == dns::Type::kCname ? dns::Name::from_wire(answer.rdata) : std::nullopt;
  if (target && target->lowered().is_at_or_below(name.lowered())) {
    add(Reach::kExact, Exception::kYes, answer_of(Action::kBlock), *target, line, text);
  }
}

void ListRulesBuilder::add_address(const AddressTrigger& trigger, Exception exception, const RuleAnswer& answer,
                                   std::uint32_t line, std::string_view text) {
  ++count_;
  addresses_.push_back({0, trigger.trigger, exception, intern(answer, line, text), trigger.network, line, cut(text)});
}

void ListRulesBuilder::add_pattern(Exception exception, std::string_view expression, std::uint32_t line,
                                   std::string_view text) {
  ++count_;
  patterns_.push_back({0, exception, line, std::string(expression), cut(text)});
}

// Without room for its data it is a rule all the same.
AnswerNumber ListRulesBuilder::intern(const RuleAnswer& answer, std::uint32_t line, std::string_view text) {
  if (answer.action != Action::kLocalData) return answer_of(answer.action);
  const auto number = answers_.intern(answer.type, answer.rdata);
  if (number) return *number;
  rejected_.push_back({"", line, std::string(text), std::string(kNoRoomForLocalData)});
  return answer_of(Action::kBlock);
}

void ListRulesBuilder::add(Reach reach, Exception exception, AnswerNumber answer, const dns::Name& name,
                           std::uint32_t line, std::string_view text) {
  NameRule rule;
  rule.reach = reach;
  rule.exception = exception;
  rule.answer = answer;
  rule.line = line;
  names_.add(rule, name.lowered(), text);
}

std::string ListRulesBuilder::encode(const Digest& made_from, std::string_view note) && {
  SectionWriter writer(kRulesFile);
  append(writer.begin_section(), count_);
  encode_names(names_.sorted(), writer.begin_section());
  names_.frames().encode(writer.begin_section());
  encode_patterns(patterns_, writer.begin_section());
  answers_.encode(writer.begin_section());
  encode_addresses(addresses_, writer.begin_section());
  writer.begin_section() += note;
  return std::move(writer).finish(made_from);
}

void ListRulesBuilder::clear() {
  count_ = 0;
  names_.clear();
  patterns_.clear();
  answers_ = AnswerInterner();
  addresses_.clear();
  rejected_.clear();
}

}  // namespace schoolgate::filter

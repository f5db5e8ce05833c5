#include "filter/image_link.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "filter/file/image_format.h"
#include "filter/line_index.h"
#include "filter/rules/effective_rules.h"
#include "filter/rules/list_table.h"
#include "filter/rules/rule_merge.h"

namespace schoolgate::filter {
namespace {

using base::Result;
using base::Status;
using Part = ImageParts::Part;

// Of the lists' files no more than so many rules are held in memory at a time.
constexpr std::uint64_t kRulesInMemory = 1 << 19;

class ImageLinker {
 public:
  ImageLinker(const ImageParts& parts, std::vector<RejectedRule> rejected)
      : parts_(parts), standings_(parts.lists), effective_(standings_, answers_) {
    built_.report.rejected = std::move(rejected);
  }

  Result<BuiltImage> link() && {
    for (const Part& part : parts_.said) numbers_.push_back(link_numbers(part.rules));
    if (auto status = link_patterns(); !status) return status.error();
    if (auto status = link_names(); !status) return status.error();
    link_addresses();
    link_opaque();
    count_rules();
    const auto digest = encode();
    if (!digest) return digest.error();
    built_.report.digest = to_hex(*digest);
    built_.lines = std::move(lines_).finish(*digest, frames_);
    auto compiled = patterns_.encode_compiled(*digest);
    if (!compiled) return compiled.error();
    built_.compiled_patterns = std::move(*compiled);
    return std::move(built_);
  }

 private:
  // The names that patterns are made of go to the other names.
  Status link_patterns() {
    std::vector<PatternRule> patterns;
    for (const Part& part : parts_.said) {
      for (PatternRule pattern : part.rules.patterns()) {
        pattern.list = part.list;
        patterns.push_back(std::move(pattern));
      }
    }
    auto built = PatternRules::build(std::move(patterns), parts_.lists, parts_.guard, parts_.popular);
    if (!built) return built.error();
    patterns_ = std::move(built->rules);
    rejected_patterns_ = std::move(built->rejected);
    std::map<ListNumber, ListRulesBuilder> folded;
    for (const FoldedRule& rule : built->names) {
      folded[rule.list].add_name(rule.part.reach, rule.exception, rule.part.name, rule.line, rule.text);
    }
    for (auto& [list, rules] : folded) {
      auto read = ListRules::read(Mapping::of_memory(std::move(rules).encode()), "names that patterns are made of");
      if (!read) return read.error();
      folded_.push_back({list, std::move(*read)});
    }
    return {};
  }

  Status link_names() {
    RuleMerge merge;
    std::uint64_t rules = 0;
    std::size_t octets = 0;
    const auto add = [&](const Part& part, const Numbers& numbers) {
      merge.add(part.list, part.rules.names(), {numbers.answers, numbers.frames});
      rules += part.rules.count();
      octets += part.rules.names().size();
    };
    for (std::size_t i = 0; i < parts_.said.size(); ++i) add(parts_.said[i], numbers_[i]);
    for (const std::vector<Part>* parts : {&parts_.exemptions, &std::as_const(folded_)}) {
      for (const Part& part : *parts) add(part, numbers_.emplace_back(link_numbers(part.rules)));
    }
    effective_.expect(rules);
    lines_.expect(rules, octets);
    for (std::uint64_t in_memory = 0; merge.next(); in_memory += merge.rules().size()) {
      if (in_memory >= kRulesInMemory) {
        forget_pages();
        in_memory = 0;
      }
      for (RuleLine& rule : merge.rules()) {
        if (rule.answer == kNoAnswer) rule.answer = reject_answer(merge.key(), rule);
      }
      effective_.add(merge.key(), merge.rules());
      for (const RuleLine& rule : merge.rules()) lines_.add(merge.key(), rule);
      built_.report.names += merge.rules().size();
    }
    if (merge.is_good()) return {};
    return base::Error(base::ErrorCode::kDamaged, "the rules of a list are damaged");
  }

  // Of rules that were merged already.
  void forget_pages() const {
    for (const Part& part : parts_.said) part.rules.forget_pages();
  }

  // Numbers in the image of those that a list has.
  struct Numbers {
    std::vector<AnswerNumber> answers;
    std::vector<FrameNumber> frames;
  };
  Numbers link_numbers(const ListRules& rules) { return {link_answers(rules.answers()), link_frames(rules.frames())}; }

  // One record each: several are put together name by name.
  std::vector<AnswerNumber> link_answers(const AnswerTable& answers) {
    std::vector<AnswerNumber> linked(answers.size(), kNoAnswer);
    for (std::size_t i = 0; i < linked.size(); ++i) {
      answers.for_each_record(static_cast<AnswerNumber>(kFirstLocalData + i), [&](dns::Type type, Octets rdata) {
        linked[i] = answers_.intern(type, rdata).value_or(kNoAnswer);
      });
    }
    return linked;
  }

  std::vector<FrameNumber> link_frames(const LineFrames& frames) {
    std::vector<FrameNumber> linked(frames.size(), kNameAlone);
    for (FrameNumber i = 0; i < linked.size(); ++i) {
      if (const auto frame = frames.find(i)) linked[i] = frames_.intern(*frame);
    }
    return linked;
  }

  // Without room for its data it is a rule all the same.
  AnswerNumber reject_answer(std::string_view key, const RuleLine& rule) {
    const auto framed = rule.frame == kWrittenOut ? std::nullopt : line_of(key, frames_.frame(rule.frame));
    return reject_answer(rule.list, rule.line, framed.value_or(std::string(rule.text)));
  }
  AnswerNumber reject_answer(ListNumber list, std::uint32_t line, std::string text) {
    built_.report.rejected.push_back({parts_.lists[list].id, line, std::move(text), std::string(kNoRoomForLocalData)});
    return answer_of(Action::kBlock);
  }

  // Of one list's rules for one network the first stays, with the answers of all: a list may say it a million times.
  void link_addresses() {
    std::vector<AddressRule> rules;
    for (std::size_t i = 0; i < parts_.said.size(); ++i) take_addresses(parts_.said[i], numbers_[i].answers, rules);
    addresses_in_all_ = rules.size();
    const auto place = [](const AddressRule& rule) {
      return std::tuple(rule.list, rule.trigger, rule.exception, rule.network);
    };
    std::ranges::stable_sort(rules, {}, place);
    for (std::size_t first = 0, end = 0; first < rules.size(); first = end) {
      std::vector<AnswerNumber> said;
      for (; end < rules.size() && place(rules[end]) == place(rules[first]); ++end) said.push_back(rules[end].answer);
      rules[first].answer = answers_.combine(std::move(said));
      addresses_.push_back(std::move(rules[first]));
    }
  }

  void take_addresses(const Part& part, std::span<const AnswerNumber> numbers, std::vector<AddressRule>& rules) {
    const AddressRules& of_list = part.rules.addresses();
    for (std::size_t i = 0; i < of_list.size(); ++i) {
      AddressRule rule = of_list[i];
      rule.list = part.list;
      rule.text = of_list.text(i);
      rule.answer = linked_answer(rule.answer, numbers);
      if (rule.answer == kNoAnswer) rule.answer = reject_answer(rule.list, rule.line, rule.text);
      rules.push_back(std::move(rule));
    }
  }

  // Of a list's lines that say the same of a name the first stays: none is ever shown.
  void link_opaque() {
    opaque_ = parts_.opaque;
    std::ranges::sort(opaque_);
    const auto same = [](const OpaqueRule& left, const OpaqueRule& right) {
      const auto rule = [](const OpaqueRule& one) { return std::tuple(one.hash, one.list, one.exception, one.reach); };
      return rule(left) == rule(right);
    };
    opaque_.erase(std::unique(opaque_.begin(), opaque_.end(), same), opaque_.end());
  }

  // Lines, one rule each: a pattern may say several names, and a name may be said several times.
  void count_rules() {
    BuildReport& report = built_.report;
    report.rules_per_list.assign(parts_.lists.size(), 0);
    for (const Part& part : parts_.said) report.rules_per_list[part.list] += part.rules.count();
    for (const OpaqueRule& rule : parts_.opaque) ++report.rules_per_list[rule.list];
    for (const RejectedRule& rule : rejected_patterns_) {
      const auto list = std::ranges::find(parts_.lists, rule.list, &ListEntry::id);
      if (list != parts_.lists.end()) --report.rules_per_list[static_cast<std::size_t>(list - parts_.lists.begin())];
    }
    for (const Part& part : parts_.exemptions) report.names -= part.rules.count();
    report.names += opaque_.size() + addresses_in_all_;
    report.patterns = patterns_.rules().size();
    std::ranges::move(rejected_patterns_, std::back_inserter(report.rejected));
  }

  // Written in the order of ImageSection.
  Result<Digest> encode() {
    SectionWriter writer(kImageFile);
    encode_tags(parts_.tags, writer.begin_section());
    encode_lists(parts_.lists, built_.report.rules_per_list, writer.begin_section());
    writer.begin_section() += standings_.tag_sets();
    writer.begin_section() += standings_.standings();
    writer.begin_section() += standings_.lists();
    if (const Status status = encode_trie(effective_.entries(), writer.begin_section()); !status) return status.error();
    encode_patterns(patterns_.rules(), writer.begin_section());
    std::string& opaque = writer.begin_section();
    if (parts_.opaque_key) encode_opaque(opaque_, *parts_.opaque_key, opaque);
    answers_.encode(writer.begin_section());
    encode_addresses(addresses_, writer.begin_section());
    built_.image = std::move(writer).finish();
    const auto frame =
        SectionedFile::read(octets_of(built_.image), kImageFile, "the image just built", Checksums::kVerify);
    if (!frame) return frame.error();
    return frame->digest();
  }

  const ImageParts& parts_;
  BuiltImage built_;
  PatternRules patterns_;
  std::vector<RejectedRule> rejected_patterns_;
  std::vector<Part> folded_;
  AnswerInterner answers_;
  LineFrameInterner frames_;
  std::deque<Numbers> numbers_;  // of each of what was said, and then of the others with names
  StandingInterner standings_;
  EffectiveRules effective_;
  LineIndexBuilder lines_;
  std::vector<AddressRule> addresses_;
  std::size_t addresses_in_all_ = 0;
  std::vector<OpaqueRule> opaque_;
};

}  // namespace

Result<BuiltImage> link_image(const ImageParts& parts, std::vector<RejectedRule> rejected) {
  return ImageLinker(parts, std::move(rejected)).link();
}

}  // namespace schoolgate::filter

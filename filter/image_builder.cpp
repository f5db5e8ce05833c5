#include "filter/image_builder.h"

#include <unistd.h>
#include <cassert>
#include <cerrno>

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "base/file.h"
#include "filter/file/image_format.h"
#include "filter/line_index.h"
#include "filter/patterns/guarded_patterns.h"
#include "filter/patterns/pattern_rules.h"
#include "filter/rules/answer.h"
#include "filter/rules/effective_rules.h"
#include "filter/rules/list_table.h"
#include "filter/rules/opaque_rules.h"
#include "filter/rules/rule_store.h"

namespace schoolgate::filter {
namespace {

// Of one list's rules for one network the first stays, with the answers of all: a list may say it a million times.
void combine_answers(std::vector<AddressRule>& rules, AnswerInterner& answers) {
  const auto place = [](const AddressRule& rule) {
    return std::tuple(rule.list, rule.trigger, rule.exception, rule.network);
  };
  std::ranges::stable_sort(rules, {}, place);
  std::size_t kept = 0;
  for (std::size_t first = 0, end = 0; first < rules.size(); first = end) {
    std::vector<AnswerNumber> said;
    for (; end < rules.size() && place(rules[end]) == place(rules[first]); ++end) said.push_back(rules[end].answer);
    rules[first].answer = answers.combine(std::move(said));
    if (kept != first) rules[kept] = std::move(rules[first]);
    ++kept;
  }
  rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(kept), rules.end());
}

// Written in the order of ImageSection.
base::Result<std::string> encode_image(const TagTable& tags, const std::vector<ListEntry>& lists,
                                       const std::vector<std::uint64_t>& rules_per_list,
                                       std::span<const NameRule> names, const std::vector<PatternRule>& patterns,
                                       std::string_view opaque, AnswerInterner& answers,
                                       std::vector<AddressRule> addresses) {
  StandingInterner standings(lists);
  const std::vector<TrieEntry> entries = effective_entries(names, standings, answers);
  combine_answers(addresses, answers);
  SectionWriter writer(kImageFile);
  encode_tags(tags, writer.begin_section());
  encode_lists(lists, rules_per_list, writer.begin_section());
  writer.begin_section() += standings.tag_sets();
  writer.begin_section() += standings.standings();
  writer.begin_section() += standings.lists();
  if (const base::Status status = encode_trie(entries, writer.begin_section()); !status) return status.error();
  encode_patterns(patterns, writer.begin_section());
  writer.begin_section() += opaque;
  answers.encode(writer.begin_section());
  encode_addresses(addresses, writer.begin_section());
  return std::move(writer).finish();
}

base::Status replace_or_remove(const std::string& path, const std::string& octets) {
  if (!octets.empty()) return base::replace_file(path, octets, kPublishedMode);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::system_error(errno, "cannot remove " + path);
  return {};
}

}  // namespace

struct ImageBuilder::Impl {
  TagTable tags;
  std::vector<ListEntry> lists;
  RuleStore names;
  std::vector<PatternRule> patterns;
  std::vector<dns::Name> popular;
  PatternGuard guard;
  std::optional<OpaqueKey> opaque_key;
  std::vector<OpaqueRule> opaque;
  AnswerInterner answers;
  std::vector<AddressRule> addresses;
  std::size_t exempted = 0;
  std::optional<ListNumber> unhashed;  // a list whose names came without a key
  std::vector<RejectedRule> rejected;
  std::vector<std::uint64_t> taken;  // by list: rules that were added

  // The names that patterns are made of go to the other names.
  base::Result<PatternRules::Built> build_patterns() {
    auto built = PatternRules::build(patterns, lists, guard, popular);
    if (!built) return built.error();
    for (const FoldedRule& folded : built->names) {
      NameRule rule;
      rule.list = folded.list;
      rule.reach = folded.part.reach;
      rule.exception = folded.exception;
      rule.line = folded.line;
      names.add(rule, folded.part.name, folded.text);
    }
    return built;
  }

  // Lines, one rule each: a pattern may say several names, and a name may be said several times.
  std::vector<std::uint64_t> count_rules(const std::vector<RejectedRule>& rejected_patterns) const {
    std::vector<std::uint64_t> counts = taken;
    for (const RejectedRule& rule : rejected_patterns) {
      const auto list = std::ranges::find(lists, rule.list, &ListEntry::id);
      if (list != lists.end()) --counts[static_cast<std::size_t>(list - lists.begin())];
    }
    return counts;
  }

  // Without room for its data it is a rule all the same.
  AnswerNumber intern(ListNumber list, const RuleAnswer& answer, std::uint32_t line, std::string_view text) {
    if (answer.action != Action::kLocalData) return answer_of(answer.action);
    const auto number = answers.intern(answer.type, answer.rdata);
    if (number) return *number;
    rejected.push_back(
        {lists[list].id, line, std::string(text), "more local data than is kept: answered with the block page"});
    return answer_of(Action::kBlock);
  }

  void add_name(ListNumber list, Reach reach, Exception exception, AnswerNumber answer, const dns::Name& name,
                std::uint32_t line, std::string_view text) {
    NameRule rule;
    rule.list = list;
    rule.reach = reach;
    rule.exception = exception;
    rule.answer = answer;
    rule.line = line;
    names.add(rule, name.lowered(), text);
  }

  // Of the name nothing is kept but its hash.
  void add_opaque(ListNumber list, Reach reach, Exception exception, const dns::Name& name, std::uint32_t line) {
    if (opaque_key) {
      opaque.push_back(hash_rule(list, reach, exception, name, line, *opaque_key));
    } else {
      unhashed = list;  // check_lists() will say so
    }
  }

  std::string encode_opaque() {
    std::sort(opaque.begin(), opaque.end());
    // Of a list's lines that say the same of a name the first stays: none is ever shown.
    const auto same = [](const OpaqueRule& left, const OpaqueRule& right) {
      const auto rule = [](const OpaqueRule& one) { return std::tuple(one.hash, one.list, one.exception, one.reach); };
      return rule(left) == rule(right);
    };
    opaque.erase(std::unique(opaque.begin(), opaque.end(), same), opaque.end());
    std::string octets;
    if (opaque_key) filter::encode_opaque(opaque, *opaque_key, octets);
    return octets;
  }

  base::Status check_lists() const {
    const auto wrong = [](const ListEntry& list, const std::string& why) {
      return base::Error(base::ErrorCode::kInvalid, "list '" + list.id + "': " + why);
    };
    for (const ListEntry& list : lists) {
      if (tags.find(list.tag) == nullptr) return wrong(list, "no tag has the number " + std::to_string(list.tag));
    }
    if (unhashed) {
      return wrong(lists[*unhashed], "it is opaque, and no key was given to hash its names with");
    }
    return {};
  }
};

ImageBuilder::ImageBuilder(TagTable tags) : impl_(std::make_unique<Impl>()) { impl_->tags = std::move(tags); }

ImageBuilder::~ImageBuilder() = default;

ListNumber ImageBuilder::add_list(ListEntry list) {
  assert(impl_->lists.size() < std::numeric_limits<ListNumber>::max());
  impl_->lists.push_back(std::move(list));
  impl_->taken.push_back(0);
  return static_cast<ListNumber>(impl_->lists.size() - 1);
}

void ImageBuilder::set_opaque_key(const OpaqueKey& key) { impl_->opaque_key = key; }

void ImageBuilder::expect_names(std::size_t count) { impl_->names.expect(count); }

void ImageBuilder::add_name(ListNumber list, Reach reach, Exception exception, const dns::Name& name,
                            std::uint32_t line, std::string_view text) {
  assert(list < impl_->lists.size());
  ++impl_->taken[list];
  if (impl_->lists[list].opaque) return impl_->add_opaque(list, reach, exception, name, line);
  impl_->add_name(list, reach, exception, answer_of(Action::kBlock), name, line, text);
}

void ImageBuilder::add_answer(ListNumber list, Reach reach, const dns::Name& name, const RuleAnswer& answer,
                              std::uint32_t line, std::string_view text) {
  assert(list < impl_->lists.size());
  if (impl_->lists[list].opaque) return add_name(list, reach, Exception::kNo, name, line, text);
  ++impl_->taken[list];
  impl_->add_name(list, reach, Exception::kNo, impl_->intern(list, answer, line, text), name, line, text);
  // "*.video.example CNAME safe.video.example": that one is meant to be had.
  const auto target = answer.type == dns::Type::kCname ? dns::Name::from_wire(answer.rdata) : std::nullopt;
  if (target && target->lowered().is_at_or_below(name.lowered())) {
    impl_->add_name(list, Reach::kExact, Exception::kYes, 0, *target, line, text);
  }
}

void ImageBuilder::add_address(ListNumber list, const AddressTrigger& trigger, Exception exception,
                               const RuleAnswer& answer, std::uint32_t line, std::string_view text) {
  assert(list < impl_->lists.size() && !impl_->lists[list].opaque);
  ++impl_->taken[list];
  impl_->addresses.push_back({list, trigger.trigger, exception, impl_->intern(list, answer, line, text),
                              trigger.network, line, std::string(text.substr(0, RuleStore::kMaxTextOctets))});
}

bool ImageBuilder::has_addresses(ListNumber list) const {
  return std::ranges::any_of(impl_->addresses, [list](const AddressRule& rule) { return rule.list == list; });
}

void ImageBuilder::exempt(ListNumber list, Reach reach, const dns::Name& name, std::string_view why) {
  assert(list < impl_->lists.size() && !impl_->lists[list].opaque);
  impl_->add_name(list, reach, Exception::kYes, 0, name, 0, why);
  ++impl_->exempted;
}

void ImageBuilder::add_hashed(ListNumber list, OpaqueRule rule) {
  assert(list < impl_->lists.size() && impl_->lists[list].opaque);
  ++impl_->taken[list];
  if (!impl_->opaque_key) impl_->unhashed = list;
  rule.list = list;
  impl_->opaque.push_back(rule);
}

void ImageBuilder::add_pattern(ListNumber list, Exception exception, std::string_view expression, std::uint32_t line,
                               std::string_view text) {
  assert(list < impl_->lists.size());
  if (impl_->lists[list].opaque) {
    const std::string& id = impl_->lists[list].id;
    impl_->rejected.push_back({id, line, "", "a pattern cannot be hashed, and its list is opaque"});
    return;
  }
  ++impl_->taken[list];
  impl_->patterns.push_back(
      {list, exception, line, std::string(expression), std::string(text.substr(0, RuleStore::kMaxTextOctets))});
}

void ImageBuilder::set_popular_names(std::vector<dns::Name> names) {
  for (dns::Name& name : names) name.lower();
  impl_->popular = std::move(names);
}

void ImageBuilder::set_pattern_guard(PatternGuard guard) { impl_->guard = std::move(guard); }

base::Result<BuiltImage> ImageBuilder::build() {
  if (const base::Status status = impl_->check_lists(); !status) return status.error();
  BuiltImage built;
  auto built_patterns = impl_->build_patterns();
  if (!built_patterns) return built_patterns.error();
  const PatternRules* patterns = &built_patterns->rules;
  built.report.rules_per_list = impl_->count_rules(built_patterns->rejected);
  built.report.rejected = impl_->rejected;
  std::ranges::move(built_patterns->rejected, std::back_inserter(built.report.rejected));
  const std::span<const NameRule> names = impl_->names.sorted();
  const std::string opaque = impl_->encode_opaque();
  built.report.names = names.size() - impl_->exempted + impl_->opaque.size() + impl_->addresses.size();
  built.report.patterns = patterns->rules().size();
  auto image = encode_image(impl_->tags, impl_->lists, built.report.rules_per_list, names, patterns->rules(), opaque,
                            impl_->answers, impl_->addresses);
  if (!image) return image.error();
  built.image = std::move(*image);
  const auto frame =
      SectionedFile::read(octets_of(built.image), kImageFile, "the image just built", Checksums::kVerify);
  if (!frame) return frame.error();
  built.report.digest = to_hex(frame->digest());
  built.lines = encode_lines(names, frame->digest());
  auto compiled = patterns->encode_compiled(frame->digest());
  if (!compiled) return compiled.error();
  built.compiled_patterns = std::move(*compiled);
  return built;
}

base::Status write_image(const BuiltImage& built, const std::string& path) {
  // The image last: what is beside it is of no use to the image before, and is refused by its digest.
  if (auto status = base::replace_file(lines_path(path), built.lines, kPublishedMode); !status) return status;
  if (auto status = replace_or_remove(compiled_path(path), built.compiled_patterns); !status) return status;
  return base::replace_file(path, built.image, kPublishedMode);
}

base::Result<BuildReport> ImageBuilder::write(const std::string& path) {
  auto built = build();
  if (!built) return built.error();
  if (const auto status = write_image(*built, path); !status) return status.error();
  return std::move(built->report);
}

}  // namespace schoolgate::filter

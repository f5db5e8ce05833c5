// A look-up: the trie gives the standing of the name, which has its tags. Only where a pattern matches does each list
// count by itself, because a pattern is no rule of a list whose name rules lift it, and an exception pattern lifts
// its list's name rules:
//
//     a list says its tag of a name  ⇔  no exception pattern of the list matches, and
//                                       its last word by name is a rule, or
//                                       it has no last word by name and a pattern of it matches
#include "filter/image.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "filter/explanation.h"
#include "filter/file/image_format.h"
#include "filter/file/mapping.h"
#include "filter/line_index.h"
#include "filter/patterns/name_text.h"
#include "filter/patterns/pattern_hits.h"
#include "filter/patterns/pattern_rules.h"
#include "filter/rules/address_rules.h"
#include "filter/rules/answer.h"
#include "filter/rules/list_table.h"
#include "filter/rules/opaque_rules.h"
#include "filter/rules/standing.h"
#include "filter/trie/domain_key.h"
#include "filter/trie/domain_trie.h"

namespace schoolgate::filter {

using base::Result;

namespace {

// Of all lists that say a tag the one that counts: the first, but one that only wants to be asked over TCP, which withholds
// nothing, comes after all others. Of one list the rule that is seen first counts.
class FirstSource {
 public:
  FirstSource(const std::vector<ListEntry>& lists, TagNumber tag) : lists_(lists), tag_(tag) {}
  void operator()(ListNumber list, AnswerNumber answer) {
    if (lists_[list].tag != tag_) return;
    const RuleSource source{list, answer};
    if (!found_ || rank(source) < rank(*found_)) found_ = source;
  }
  std::optional<RuleSource> found() const { return found_; }

 private:
  static std::pair<bool, ListNumber> rank(const RuleSource& one) {
    return {action_of(one.answer) == Action::kTcpOnly, one.list};
  }
  const std::vector<ListEntry>& lists_;
  TagNumber tag_;
  std::optional<RuleSource> found_;
};

}  // namespace

struct Image::Scratch::Impl {
  const void* owner = nullptr;
  PatternSet::Scratch hyperscan;
  PatternHits hits;
  OpaqueWords opaque;
  AddressWords client;
  AddressWords response;
};

Image::Scratch::Scratch() = default;
Image::Scratch::~Scratch() = default;
Image::Scratch::Scratch(Scratch&&) noexcept = default;
Image::Scratch& Image::Scratch::operator=(Scratch&&) noexcept = default;

struct Image::Impl {
  Mapping mapping;
  std::string digest;
  TagTable tags;
  std::vector<ListEntry> lists;
  std::vector<std::uint64_t> rules_per_list;
  StandingTable standings;
  DomainTrie trie;
  PatternRules patterns;
  OpaqueRules opaque;
  AnswerTable answers;
  AddressRules addresses;
  Result<std::unique_ptr<LineIndex>> lines;

  Impl(Mapping image, Result<std::unique_ptr<LineIndex>> line_index)
      : mapping(std::move(image)), lines(std::move(line_index)) {}

  bool says_names_only() const noexcept { return patterns.empty() && opaque.empty(); }

  // What the patterns say of the name; empty, and the scratch untouched, when there are none.
  const PatternHits& match(const dns::Name& lower_name, Scratch& scratch) const noexcept {
    static constinit const PatternHits kNothing;
    if (patterns.empty()) return kNothing;
    assert(scratch.impl_ != nullptr && scratch.impl_->owner == this);
    PatternHits& hits = scratch.impl_->hits;
    hits.match(patterns, NameText(lower_name).view(), scratch.impl_->hyperscan);
    return hits;
  }

  // What opaque lists say of the name; likewise.
  const OpaqueWords& hear(const dns::Name& lower_name, Scratch& scratch) const noexcept {
    static constinit const OpaqueWords kNothing;
    if (opaque.empty()) return kNothing;
    assert(scratch.impl_ != nullptr && scratch.impl_->owner == this);
    scratch.impl_->opaque.collect(opaque, lower_name);
    return scratch.impl_->opaque;
  }

  // What address rules say; likewise.
  const AddressWords& hear(Trigger trigger, const base::IpAddress& address, Scratch& scratch) const noexcept {
    static constinit const AddressWords kNothing;
    if (!addresses.has(trigger)) return kNothing;
    assert(scratch.impl_ != nullptr && scratch.impl_->owner == this);
    AddressWords& words = trigger == Trigger::kClientIp ? scratch.impl_->client : scratch.impl_->response;
    words.collect(addresses, trigger, address);
    return words;
  }

  // An action for a rule that does not say one: its list's.
  AnswerNumber answer_by(ListNumber list, AnswerNumber answer) const noexcept {
    return answer == answer_of(Action::kBlock) ? answer_of(lists[list].action) : answer;
  }

  // Every list that says its tag of the name, with its answer, in no order. Opaque lists have neither name rules nor
  // patterns elsewhere.
  template <class Visit>
  void for_each_list(const StandingTable::Standing& standing, const PatternHits& hits, const OpaqueWords& words,
                     Visit&& visit) const noexcept {
    constexpr AnswerNumber kOfTheList = answer_of(Action::kBlock);
    words.for_each_list_in_force([&](ListNumber list) { visit(list, answer_by(list, kOfTheList)); });
    for (std::size_t i = 0; i < standing.in_force.size(); ++i) {
      const ListNumber list = standing.in_force[i];
      if (list < lists.size() && !hits.lifts(list)) visit(list, answer_by(list, standing.answers[i]));
    }
    hits.for_each_list([&](ListNumber list) {
      if (!hits.lifts(list) && !standing.lifted.contains(list)) visit(list, answer_by(list, kOfTheList));
    });
  }

  // Of a name that the trie gives this standing.
  TagSet tags_of(const dns::Name& lower_name, StandingNumber standing, Scratch& scratch) const noexcept {
    if (says_names_only()) return standings.tags(standing);
    const PatternHits& hits = match(lower_name, scratch);
    const OpaqueWords& words = hear(lower_name, scratch);
    if (hits.empty() && words.empty()) return standings.tags(standing);
    TagSet tags_said;
    for_each_list(standings.find(standing), hits, words,
                  [&](ListNumber list, AnswerNumber) { tags_said.set(lists[list].tag); });
    return tags_said;
  }

  // What each list says of a name, its exceptions included.
  struct Heard {
    StandingTable::Standing standing;
    const PatternHits& hits;
    const OpaqueWords& opaque;
    bool is_lifted(ListNumber list) const noexcept { return hits.lifts(list) || standing.lifted.contains(list); }
  };
  Heard listen(const dns::Name& lower_name, Scratch& scratch) const noexcept {
    const PatternHits& hits = match(lower_name, scratch);
    return {standings.find(trie.find(lower_name)), hits, hear(lower_name, scratch)};
  }

  // The same for a client: of lists that say nothing of it by exception nothing counts, and those that have a rule for it say
  // their tag of every name but those that they pass. As in response policy zones a rule by client comes before one by name.
  template <class Visit>
  void for_each_list_for(const AddressWords& client, const Heard& heard, Visit&& visit) const noexcept {
    client.for_each_list_in_force([&](ListNumber list, AnswerNumber answer) {
      if (!heard.is_lifted(list)) visit(list, answer_by(list, answer));
    });
    for_each_list(heard.standing, heard.hits, heard.opaque, [&](ListNumber list, AnswerNumber answer) {
      if (!client.lifts(list)) visit(list, answer);
    });
  }

  // Every list that says its tag of an address in the answer.
  template <class Visit>
  void for_each_list_of_response(const AddressWords& response, const AddressWords& client, const Heard& heard,
                                 Visit&& visit) const noexcept {
    response.for_each_list_in_force([&](ListNumber list, AnswerNumber answer) {
      if (!client.lifts(list) && !heard.is_lifted(list)) visit(list, answer_by(list, answer));
    });
  }

  // `compiled` is where the compiled patterns lie; empty: nowhere.
  static Result<std::unique_ptr<Impl>> read(Mapping mapping, const std::string& path, Result<Mapping> lines,
                                            const std::string& compiled, Checksums checksums,
                                            const std::optional<OpaqueKey>& key);
};

Result<std::unique_ptr<Image::Impl>> Image::Impl::read(Mapping mapping, const std::string& path, Result<Mapping> lines,
                                                       const std::string& compiled, Checksums checksums,
                                                       const std::optional<OpaqueKey>& key) {
  const auto file = SectionedFile::read(mapping.octets(), kImageFile, path, checksums);
  if (!file) return file.error();
  if (const base::Status status = file->verify_sections(); !status) return status.error();
  const auto open_lines = [&]() -> Result<std::unique_ptr<LineIndex>> {
    if (!lines) return lines.error();
    return LineIndex::open(std::move(*lines), lines_path(path), file->digest(), checksums);
  };
  auto impl = std::make_unique<Impl>(std::move(mapping), open_lines());
  impl->digest = to_hex(file->digest());
  if (!parse_tags(file->section(ImageSection::kTags), impl->tags)) return file->damaged("its tag table is damaged");
  if (!parse_lists(file->section(ImageSection::kLists), impl->tags, impl->lists, impl->rules_per_list)) {
    return file->damaged("its list table is damaged");
  }
  impl->standings = StandingTable(file->section(ImageSection::kTagSets), file->section(ImageSection::kStandings),
                                  file->section(ImageSection::kStandingLists));
  impl->trie = DomainTrie(file->section(ImageSection::kTrie));
  std::vector<PatternRule> rules;
  if (!parse_patterns(file->section(ImageSection::kPatterns), impl->lists.size(), rules)) {
    return file->damaged("its patterns are damaged");
  }
  auto patterns = PatternRules::open(std::move(rules), compiled, file->digest());
  if (!patterns) return patterns.error().within(path);
  impl->patterns = std::move(*patterns);
  const auto opaque = OpaqueRules::read(file->section(ImageSection::kOpaque), key);
  if (!opaque) return opaque.error().within(path);
  impl->opaque = *opaque;
  impl->answers = AnswerTable(file->section(ImageSection::kAnswers));
  auto addresses = AddressRules::read(file->section(ImageSection::kAddresses));
  if (!addresses) return file->damaged("its address rules are damaged");
  impl->addresses = std::move(*addresses);
  return impl;
}

Image::Image(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Image::~Image() = default;

Result<std::shared_ptr<const Image>> Image::open(const std::string& path, const std::optional<OpaqueKey>& key) {
  auto mapping = Mapping::of_file(path);
  if (!mapping) return mapping.error();
  auto impl = Impl::read(std::move(*mapping), path, Mapping::of_file(lines_path(path)), compiled_path(path),
                         Checksums::kVerify, key);
  if (!impl) return impl.error();
  return std::shared_ptr<const Image>(new Image(std::move(*impl)));
}

Result<std::shared_ptr<const Image>> Image::from_memory(std::string image, std::string lines, Checksums checksums,
                                                        const std::optional<OpaqueKey>& key) {
  auto impl = Impl::read(Mapping::of_memory(std::move(image)), "image in memory", Mapping::of_memory(std::move(lines)),
                         "", checksums, key);
  if (!impl) return impl.error();
  return std::shared_ptr<const Image>(new Image(std::move(*impl)));
}

Result<Image::Scratch> Image::make_scratch() const {
  Scratch scratch;
  scratch.impl_ = std::make_unique<Scratch::Impl>();
  scratch.impl_->owner = impl_.get();
  scratch.impl_->hits = PatternHits(impl_->lists.size());
  scratch.impl_->opaque = OpaqueWords(impl_->lists.size());
  scratch.impl_->client = AddressWords(impl_->lists.size());
  scratch.impl_->response = AddressWords(impl_->lists.size());
  auto hyperscan = impl_->patterns.set().make_scratch();
  if (!hyperscan) return hyperscan.error();
  scratch.impl_->hyperscan = std::move(*hyperscan);
  return scratch;
}

TagSet Image::classify(const dns::Name& lower_name, Scratch& scratch) const noexcept {
  return impl_->tags_of(lower_name, impl_->trie.find(lower_name), scratch);
}

void Image::classify(std::span<const dns::Name* const> lower_names, std::span<TagSet> tags,
                     Scratch& scratch) const noexcept {
  assert(tags.size() == lower_names.size());
  constexpr std::size_t kMostAtOnce = 64;
  std::array<StandingNumber, kMostAtOnce> standings;
  for (std::size_t done = 0; done < lower_names.size(); done += kMostAtOnce) {
    const auto some = lower_names.subspan(done, std::min(kMostAtOnce, lower_names.size() - done));
    impl_->trie.find(some, std::span(standings).first(some.size()));
    for (std::size_t i = 0; i < some.size(); ++i) tags[done + i] = impl_->tags_of(*some[i], standings[i], scratch);
  }
}

std::optional<RuleSource> Image::source_of(const dns::Name& lower_name, TagNumber tag,
                                           Scratch& scratch) const noexcept {
  FirstSource source(impl_->lists, tag);
  const Impl::Heard heard = impl_->listen(lower_name, scratch);
  impl_->for_each_list(heard.standing, heard.hits, heard.opaque, source);
  return source.found();
}

bool Image::has_rules_by(Trigger trigger) const noexcept { return impl_->addresses.has(trigger); }

bool Image::has_rule_for(Trigger trigger, const base::IpAddress& address, Scratch& scratch) const noexcept {
  return !impl_->hear(trigger, address, scratch).empty();
}

TagSet Image::classify_for(const base::IpAddress& client, const dns::Name& lower_name,
                           Scratch& scratch) const noexcept {
  TagSet tags;
  impl_->for_each_list_for(impl_->hear(Trigger::kClientIp, client, scratch), impl_->listen(lower_name, scratch),
                           [&](ListNumber list, AnswerNumber) { tags.set(impl_->lists[list].tag); });
  return tags;
}

std::optional<RuleSource> Image::source_for(const base::IpAddress& client, const dns::Name& lower_name, TagNumber tag,
                                            Scratch& scratch) const noexcept {
  FirstSource source(impl_->lists, tag);
  impl_->for_each_list_for(impl_->hear(Trigger::kClientIp, client, scratch), impl_->listen(lower_name, scratch),
                           source);
  return source.found();
}

TagSet Image::classify_response(const base::IpAddress& address, const base::IpAddress& client,
                                const dns::Name& lower_name, Scratch& scratch) const noexcept {
  TagSet tags;
  const AddressWords& words = impl_->hear(Trigger::kResponseIp, address, scratch);
  if (words.empty()) return tags;
  impl_->for_each_list_of_response(words, impl_->hear(Trigger::kClientIp, client, scratch),
                                   impl_->listen(lower_name, scratch),
                                   [&](ListNumber list, AnswerNumber) { tags.set(impl_->lists[list].tag); });
  return tags;
}

std::optional<RuleSource> Image::source_of_response(const base::IpAddress& address, const base::IpAddress& client,
                                                    const dns::Name& lower_name, TagNumber tag,
                                                    Scratch& scratch) const noexcept {
  FirstSource source(impl_->lists, tag);
  impl_->for_each_list_of_response(impl_->hear(Trigger::kResponseIp, address, scratch),
                                   impl_->hear(Trigger::kClientIp, client, scratch), impl_->listen(lower_name, scratch),
                                   source);
  return source.found();
}

const AnswerTable& Image::answers() const { return impl_->answers; }

Result<std::vector<RuleHit>> Image::explain(const dns::Name& lower_name) const {
  if (!impl_->lines) return impl_->lines.error();
  return filter::explain(lower_name, impl_->lists, **impl_->lines, impl_->patterns, impl_->opaque);
}

std::vector<RuleHit> Image::explain(const base::IpAddress& address) const {
  return filter::explain(address, impl_->lists, impl_->addresses);
}

Result<std::vector<std::uint64_t>> Image::rules_below(const dns::Name& lower_name) const {
  if (!impl_->lines) return impl_->lines.error();
  return (*impl_->lines)->count_below(DomainKey(lower_name).text(), impl_->lists.size());
}

std::vector<OverrunRule> Image::overrun_patterns() const {
  std::vector<OverrunRule> found;
  for (const PatternSet::Overrun& overrun : impl_->patterns.set().overruns()) {
    const PatternRule& rule = impl_->patterns.rules()[overrun.pattern];
    found.push_back({impl_->lists[rule.list].id, rule.line, rule.text, overrun.count});
  }
  return found;
}

bool Image::compiled_patterns() const { return impl_->patterns.was_compiled(); }

const TagTable& Image::tags() const { return impl_->tags; }
const std::vector<ListEntry>& Image::lists() const { return impl_->lists; }
std::vector<std::uint64_t> Image::rules_per_list() const { return impl_->rules_per_list; }
bool Image::has_lines() const { return impl_->lines.has_value(); }

const std::string& Image::digest() const { return impl_->digest; }
std::uint64_t Image::size_bytes() const { return impl_->mapping.octets().size(); }

void keep_image(const std::string& path, const std::string& as, const std::optional<OpaqueKey>& key) {
  if (!Image::open(path, key)) return;
  // Under another name first, so that there is always one.
  const auto keep = [](const std::string& from, const std::string& to) {
    const std::string linked = to + ".tmp-linked";
    std::error_code failed;
    std::filesystem::remove(linked, failed);
    std::filesystem::create_hard_link(from, linked, failed);
    if (!failed) std::filesystem::rename(linked, to, failed);
    // What is there now is of an image before that; two names of one file are not renamed, and both stay.
    const std::string& needless = failed ? to : linked;
    std::filesystem::remove(needless, failed);
  };
  // As a build writes them, the image last.
  keep(lines_path(path), lines_path(as));
  keep(compiled_path(path), compiled_path(as));
  keep(path, as);
}

base::Status remove_image(const std::string& path) {
  for (const std::string& file : {path, lines_path(path), compiled_path(path)}) {
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error) return base::system_error(error.value(), "cannot remove " + file);
  }
  return {};
}

}  // namespace schoolgate::filter

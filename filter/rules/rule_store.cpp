#include "filter/rules/rule_store.h"

#include <algorithm>

#include <boost/sort/spreadsort/integer_sort.hpp>

namespace schoolgate::filter {

NameRule::operator RuleLine() const {
  RuleLine rule;
  rule.list = list;
  rule.reach = reach;
  rule.exception = exception;
  rule.is_dropped = is_dropped;
  rule.answer = answer;
  rule.line = line;
  rule.frame = frame_ == kNoFrame ? kWrittenOut : frame_;
  rule.text = {octets_ + key_size_, text_size_};
  return rule;
}

void RuleStore::add(NameRule rule, const dns::Name& lower_name, std::string_view text) {
  const DomainKey key(lower_name);
  name_text_.clear();
  lower_name.append_text(name_text_);
  const FrameNumber frame = text == name_text_ ? kNameAlone : find_frame(text.substr(0, kMaxTextOctets));
  const std::string_view written = frame == kWrittenOut ? text.substr(0, kMaxTextOctets) : "";
  char* octets = octets_.allocate(key.text().size() + written.size());
  rule.octets_ = octets;
  octets = std::copy(key.text().begin(), key.text().end(), octets);
  std::copy(written.begin(), written.end(), octets);
  rule.key_size_ = static_cast<std::uint8_t>(key.text().size());
  rule.frame_ = frame == kWrittenOut ? NameRule::kNoFrame : static_cast<std::uint16_t>(frame);
  rule.text_size_ = static_cast<std::uint16_t>(written.size());
  rule.part_ = key_part(key.text(), 0);
  rules_.push_back(rule);
}

// Of a line, around name_text_.
FrameNumber RuleStore::find_frame(std::string_view text) {
  const LineFrame last = frames_.frame(last_frame_);
  const bool is_as_before = text.size() == last.before.size() + name_text_.size() + last.after.size() &&
                            text.substr(last.before.size()).starts_with(name_text_) && text.starts_with(last.before) &&
                            text.ends_with(last.after);
  if (is_as_before) return last_frame_;
  const std::size_t at = text.find(name_text_);
  if (at == std::string_view::npos) return kWrittenOut;
  const FrameNumber number = frames_.intern({text.substr(0, at), text.substr(at + name_text_.size())});
  if (number != kWrittenOut) last_frame_ = number;
  return number;
}

void RuleStore::clear() {
  rules_.clear();
  octets_.clear();
  frames_ = LineFrameInterner(kRoom);
  last_frame_ = kNameAlone;
}

void RuleStore::expect(std::size_t rules) {
  if (rules_.size() + rules <= rules_.capacity()) return;
  rules_.reserve(std::max(rules_.size() + rules, 2 * rules_.size()));
  use_huge_pages(rules_.data(), rules_.capacity() * sizeof(NameRule));
}

std::span<const NameRule> RuleStore::sorted() {
  sort_frames();
  sort_from(rules_, 0);
  std::erase_if(rules_, [](const NameRule& rule) { return rule.is_dropped; });
  return rules_;
}

void RuleStore::sort_frames() {
  const std::vector<FrameNumber> numbers = frames_.sort();
  for (NameRule& rule : rules_) {
    if (rule.frame_ != NameRule::kNoFrame) rule.frame_ = static_cast<std::uint16_t>(numbers[rule.frame_]);
  }
  last_frame_ = numbers[last_frame_];
}

// By their octets while there are many, with boost::sort: of half a million rules half the time of comparing.
void RuleStore::sort_by_part(std::span<NameRule> rules) {
  boost::sort::spreadsort::integer_sort(
      rules.begin(), rules.end(), [](const NameRule& rule, unsigned bits) { return rule.part_ >> bits; },
      [](const NameRule& left, const NameRule& right) { return left.part_ < right.part_; });
}

// By eight octets of the keys at a time, which the rules have at hand: a key is looked up in memory once for each eight that it
// shares with others, and not for each comparison. REQUIRES: the keys are alike as far as `depth`, and part_ is what follows.
void RuleStore::sort_from(std::span<NameRule> rules, std::size_t depth) {
  if (!std::ranges::is_sorted(rules, {}, &NameRule::part_)) sort_by_part(rules);
  for (std::size_t start = 0, end = 0; start < rules.size(); start = end) {
    const std::uint64_t part = rules[start].part_;
    while (end < rules.size() && rules[end].part_ == part) ++end;
    const std::span<NameRule> alike = rules.subspan(start, end - start);
    if (alike.size() == 1) continue;
    if (alike.front().key_size_ < depth + sizeof part) {
      sort_same_name(alike);
      continue;
    }
    for (NameRule& rule : alike) rule.part_ = key_part(rule.key(), depth + sizeof part);
    sort_from(alike, depth + sizeof part);
    for (NameRule& rule : alike) rule.part_ = part;
  }
}

bool SortedNames::next() {
  // They lie in memory in the order of their lines.
  constexpr std::size_t kAhead = 32;
  rules_.clear();
  if (rest_.empty()) return false;
  const NameRule& first = rest_.front();
  key_ = first.key();
  do {
    if (rest_.size() > kAhead) __builtin_prefetch(rest_[kAhead].key().data());
    rules_.push_back(rest_.front());
    rest_ = rest_.subspan(1);
  } while (!rest_.empty() && rest_.front().has_name_of(first));
  return true;
}

}  // namespace schoolgate::filter

#include "filter/rules/rule_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace schoolgate::filter {
namespace {

// The first block is small: the rules of a school alone are few.
constexpr std::size_t kFirstBlockOctets = std::size_t{256} << 10;
constexpr std::size_t kBlockOctets = std::size_t{16} << 20;
// Rules whose octets are fetched in advance.
constexpr std::size_t kAhead = 32;

// Eight octets of the key, the first one highest, zeros behind its end: no label is empty, so that parts order as keys do, and
// keys with the same parts to their ends are one.
std::uint64_t part_of(std::string_view key, std::size_t depth) {
  if (key.size() >= depth + sizeof(std::uint64_t)) return load_big_endian(octets_of(key).data() + depth);
  std::uint64_t part = 0;
  for (std::size_t i = depth; i < depth + sizeof part; ++i) {
    part = part << 8 | (i < key.size() ? static_cast<std::uint8_t>(key[i]) : 0u);
  }
  return part;
}

}  // namespace

std::string NameRule::text() const {
  std::string text;
  append_text(text);
  return text;
}

// Labels stand in the key from the right.
void NameRule::append_text(std::string& to) const {
  const std::string_view around(octets_ + key_size_, text_size_);
  if (!has_name()) {
    to += around;
    return;
  }
  to += around.substr(0, name_at_);
  to.resize(to.size() + key_size_ - 1);
  auto end = to.end();
  for (std::string_view rest = key(); !rest.empty();) {
    const std::string_view label = rest.substr(1, static_cast<std::uint8_t>(rest[0]));
    end = std::copy_backward(label.begin(), label.end(), end);
    rest.remove_prefix(1 + label.size());
    if (!rest.empty()) *--end = '.';
  }
  to += around.substr(name_at_);
}

bool NameRule::precedes_of_same_name(const NameRule& left, const NameRule& right) {
  const auto place = [](const NameRule& rule) {
    return std::tuple(rule.list, rule.exception, rule.reach, rule.answer, rule.line, rule.text_is_name);
  };
  if (place(left) != place(right)) return place(left) < place(right);
  return left.text() < right.text();
}

void RuleStore::add(NameRule rule, const dns::Name& lower_name, std::string_view text) {
  const DomainKey key(lower_name);
  name_text_.clear();
  lower_name.append_text(name_text_);
  rule.text_is_name = text == name_text_;
  text = rule.text_is_name ? std::string_view() : text.substr(0, kMaxTextOctets);
  const bool has_escapes = name_text_.size() + 1 != key.text().size();
  rule.name_at_ = has_escapes ? NameRule::kNoName : find_name(text);
  const std::string_view before = rule.has_name() ? text.substr(0, rule.name_at_) : text;
  const std::string_view after = rule.has_name() ? text.substr(before.size() + name_text_.size()) : "";
  char* octets = allocate(key.text().size() + before.size() + after.size());
  rule.octets_ = octets;
  for (const std::string_view part : {key.text(), before, after}) octets = std::copy(part.begin(), part.end(), octets);
  rule.key_size_ = static_cast<std::uint8_t>(key.text().size());
  rule.text_size_ = static_cast<std::uint16_t>(before.size() + after.size());
  rule.part_ = part_of(key.text(), 0);
  rules_.push_back(rule);
}

// Where name_text_ stands in the line, as far as one octet can say it. Lines of a list are alike: it is looked for where it was in
// the one before.
std::uint8_t RuleStore::find_name(std::string_view text) {
  if (text.size() > name_at_ && text.substr(name_at_).starts_with(name_text_)) return name_at_;
  const std::size_t at = text.find(name_text_);
  if (at >= NameRule::kNoName) return NameRule::kNoName;
  return name_at_ = static_cast<std::uint8_t>(at);
}

void RuleStore::expect(std::size_t rules) {
  if (rules_.size() + rules <= rules_.capacity()) return;
  rules_.reserve(std::max(rules_.size() + rules, 2 * rules_.size()));
  use_huge_pages(rules_.data(), rules_.capacity() * sizeof(NameRule));
}

std::span<const NameRule> RuleStore::sorted() {
  // Lists that come in order, one after the other or merged, lie in memory as they should.
  const bool is_in_order = std::ranges::is_sorted(rules_, [](const NameRule& left, const NameRule& right) {
    return left.part_ != right.part_ ? left.part_ < right.part_ : left.key() < right.key();
  });
  sort_from(rules_, 0);
  std::erase_if(rules_, [](const NameRule& rule) { return rule.is_dropped_; });
  if (!is_in_order) lay_in_order();
  return rules_;
}

// By eight octets of the keys at a time, which the rules have at hand: a key is looked up in memory once for each eight that it
// shares with others, and not for each comparison. REQUIRES: the keys are alike as far as `depth`, and part_ is what follows.
void RuleStore::sort_from(std::span<NameRule> rules, std::size_t depth) {
  if (!std::ranges::is_sorted(rules, {}, &NameRule::part_)) std::ranges::sort(rules, {}, &NameRule::part_);
  while (!rules.empty()) {
    const std::uint64_t part = rules.front().part_;
    const auto end = std::ranges::find_if(rules, [part](const NameRule& rule) { return rule.part_ != part; });
    const std::span<NameRule> alike = rules.first(static_cast<std::size_t>(end - rules.begin()));
    rules = rules.subspan(alike.size());
    if (alike.size() == 1) continue;
    if (alike.front().key_size_ < depth + sizeof part) {
      sort_same_name(alike);
      continue;
    }
    for (NameRule& rule : alike) rule.part_ = part_of(rule.key(), depth + sizeof part);
    sort_from(alike, depth + sizeof part);
    for (NameRule& rule : alike) rule.part_ = part;
  }
}

// Of lines that are there twice one stays, and of those that say the same of the name the first few.
void RuleStore::sort_same_name(std::span<NameRule> rules) {
  std::ranges::sort(rules, NameRule::precedes_of_same_name);
  const auto what = [](const NameRule& one) { return std::tuple(one.list, one.exception, one.reach, one.answer); };
  const NameRule* kept = &rules.front();
  std::size_t alike = 0;
  for (NameRule& one : rules.subspan(1)) {
    one.is_dropped_ = !NameRule::precedes_of_same_name(*kept, one);
    if (one.is_dropped_) continue;
    alike = what(*kept) == what(one) ? alike + 1 : 0;
    one.is_dropped_ = alike >= kMostAlike;
    kept = &one;
  }
}

// All that follows reads keys and lines in their order, more than once: it waits for memory here, and there no more.
void RuleStore::lay_in_order() {
  const std::vector<MemoryBlock> before = std::exchange(blocks_, {});
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (i + kAhead < rules_.size()) __builtin_prefetch(rules_[i + kAhead].octets_);
    NameRule& rule = rules_[i];
    const std::size_t size = std::size_t{rule.key_size_} + rule.text_size_;
    char* octets = allocate(size);
    std::copy_n(rule.octets_, size, octets);
    rule.octets_ = octets;
  }
}

char* RuleStore::allocate(std::size_t octets) {
  if (octets > block_left_ || blocks_.empty()) {
    blocks_.emplace_back(blocks_.empty() ? kFirstBlockOctets : kBlockOctets);
    block_left_ = blocks_.back().size();
  }
  char* start = blocks_.back().data() + (blocks_.back().size() - block_left_);
  block_left_ -= octets;
  return start;
}

}  // namespace schoolgate::filter

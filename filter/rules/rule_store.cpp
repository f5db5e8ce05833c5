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

bool is_host_octet(std::uint8_t octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '-' || octet == '_';
}

// Whether the text is what Name::to_text() says. Most names are of letters, digits, '-' and '_', which are written as
// they are.
bool is_text_of(const dns::Name& lower_name, std::string_view text) {
  if (lower_name.is_root()) return text == ".";
  const auto wire = lower_name.wire();
  for (std::size_t label = 0; wire[label] != 0; label += wire[label] + std::size_t{1}) {
    const auto octets = wire.subspan(label + 1, wire[label]);
    if (!std::all_of(octets.begin(), octets.end(), is_host_octet)) return text == lower_name.to_text();
    if (label + octets.size() > text.size()) return false;
    if (!std::equal(octets.begin(), octets.end(), octets_of(text).begin() + static_cast<std::ptrdiff_t>(label)))
      return false;
    const std::size_t end = label + octets.size();
    const bool is_last = wire[end + 1] == 0;
    if (is_last ? end != text.size() : end == text.size() || text[end] != '.') return false;
  }
  return true;
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
  rule.text_is_name = is_text_of(lower_name, text);
  text = rule.text_is_name ? std::string_view() : text.substr(0, kMaxTextOctets);
  rule.name_at_ = find_name(lower_name, text);
  const std::string_view before = rule.has_name() ? text.substr(0, rule.name_at_) : text;
  const std::string_view after = rule.has_name() ? text.substr(before.size() + key.text().size() - 1) : "";
  char* octets = allocate(key.text().size() + before.size() + after.size());
  rule.octets_ = octets;
  for (const std::string_view part : {key.text(), before, after}) octets = std::copy(part.begin(), part.end(), octets);
  rule.key_size_ = static_cast<std::uint8_t>(key.text().size());
  rule.text_size_ = static_cast<std::uint16_t>(before.size() + after.size());
  rule.part_ = part_of(key.text(), 0);
  rules_.push_back(rule);
}

// Where the name stands in the line, as far as one octet can say it. Lines of a list are alike: it is looked for where it was in
// the one before.
std::uint8_t RuleStore::find_name(const dns::Name& lower_name, std::string_view text) {
  const std::size_t size = lower_name.size() - std::min<std::size_t>(lower_name.size(), 2);  // as text
  if (size == 0 || size > text.size()) return NameRule::kNoName;
  const auto is_at = [&](std::size_t at) { return is_text_of(lower_name, text.substr(at, size)); };
  const std::size_t last = std::min<std::size_t>(text.size() - size, NameRule::kNoName - 1);
  if (name_at_ <= last && is_at(name_at_)) return name_at_;
  for (std::size_t at = 0; at <= last; ++at) {
    if (is_at(at)) return name_at_ = static_cast<std::uint8_t>(at);
  }
  return NameRule::kNoName;
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

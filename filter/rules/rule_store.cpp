#include "filter/rules/rule_store.h"

#include <algorithm>

namespace schoolgate::filter {

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
  char* octets = octets_.allocate(key.text().size() + before.size() + after.size());
  rule.octets_ = octets;
  for (const std::string_view part : {key.text(), before, after}) octets = std::copy(part.begin(), part.end(), octets);
  rule.key_size_ = static_cast<std::uint8_t>(key.text().size());
  rule.text_size_ = static_cast<std::uint16_t>(before.size() + after.size());
  rule.part_ = key_part(key.text(), 0);
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
  sort_from(rules_, 0);
  std::erase_if(rules_, [](const NameRule& rule) { return rule.is_dropped; });
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
    for (NameRule& rule : alike) rule.part_ = key_part(rule.key(), depth + sizeof part);
    sort_from(alike, depth + sizeof part);
    for (NameRule& rule : alike) rule.part_ = part;
  }
}

bool SortedNames::next() {
  // They lie in memory in the order of their lines.
  constexpr std::size_t kAhead = 32;
  rules_.clear();
  texts_.clear();
  if (rest_.empty()) return false;
  key_ = rest_.front().key();
  for (; !rest_.empty() && rest_.front().key() == key_; rest_ = rest_.subspan(1)) {
    if (rest_.size() > kAhead) __builtin_prefetch(rest_[kAhead].key().data());
    const NameRule& rule = rest_.front();
    const std::size_t start = texts_.size();
    rule.append_text(texts_);
    RuleLine& line = rules_.emplace_back();
    line.list = rule.list;
    line.reach = rule.reach;
    line.exception = rule.exception;
    line.text_is_name = rule.text_is_name;
    line.answer = rule.answer;
    line.line = rule.line;
    line.line_text = {nullptr, texts_.size() - start};
  }
  // Only now they stay where they are.
  const char* at = texts_.data();
  for (RuleLine& line : rules_) {
    line.line_text = {at, line.line_text.size()};
    at += line.line_text.size();
  }
  return true;
}

}  // namespace schoolgate::filter

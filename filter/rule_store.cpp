#include "filter/rule_store.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "filter/name_text.h"

namespace schoolgate::filter {
namespace {

constexpr std::size_t kChunkOctets = std::size_t{1} << 20;

std::uint64_t start_of(std::string_view key) {
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < sizeof start; ++i) {
    start = start << 8 | (i < key.size() ? static_cast<std::uint8_t>(key[i]) : 0u);
  }
  return start;
}

}  // namespace

bool NameRule::precedes(const NameRule& left, const NameRule& right) {
  if (left.start_ != right.start_) return left.start_ < right.start_;
  if (const int order = left.key().compare(right.key()); order != 0) return order < 0;
  const auto rest = [](const NameRule& rule) {
    return std::tuple(rule.list, rule.exception, rule.reach, rule.line, rule.text_is_name, rule.text());
  };
  return rest(left) < rest(right);
}

void RuleStore::add(NameRule rule, const dns::Name& lower_name, std::string_view text) {
  const DomainKey key(lower_name);
  rule.text_is_name = text == NameText(lower_name).view();
  text = rule.text_is_name ? std::string_view() : text.substr(0, kMaxTextOctets);
  char* octets = allocate(key.text().size() + text.size());
  std::copy(key.text().begin(), key.text().end(), octets);
  std::copy(text.begin(), text.end(), octets + key.text().size());
  rule.octets_ = octets;
  rule.key_size_ = static_cast<std::uint8_t>(key.text().size());
  rule.text_size_ = static_cast<std::uint16_t>(text.size());
  rule.start_ = start_of(key.text());
  rules_.push_back(rule);
}

std::span<const NameRule> RuleStore::sorted() {
  std::sort(rules_.begin(), rules_.end(), NameRule::precedes);
  const auto same = [](const NameRule& left, const NameRule& right) { return !NameRule::precedes(left, right); };
  rules_.erase(std::unique(rules_.begin(), rules_.end(), same), rules_.end());
  return rules_;
}

char* RuleStore::allocate(std::size_t octets) {
  if (octets > chunk_left_) {
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(kChunkOctets));
    chunk_left_ = kChunkOctets;
  }
  char* start = chunks_.back().get() + (kChunkOctets - chunk_left_);
  chunk_left_ -= octets;
  return start;
}

}  // namespace schoolgate::filter

#include "filter/rules/rule_store.h"

#include <algorithm>
#include <cstring>
#include <tuple>

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

bool NameRule::precedes(const NameRule& left, const NameRule& right) {
  if (left.start_ != right.start_) return left.start_ < right.start_;
  if (const int order = left.key().compare(right.key()); order != 0) return order < 0;
  const auto rest = [](const NameRule& rule) {
    return std::tuple(rule.list, rule.exception, rule.reach, rule.answer, rule.line, rule.text_is_name, rule.text());
  };
  return rest(left) < rest(right);
}

void RuleStore::add(NameRule rule, const dns::Name& lower_name, std::string_view text) {
  const DomainKey key(lower_name);
  rule.text_is_name = is_text_of(lower_name, text);
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

void RuleStore::expect(std::size_t rules) { rules_.reserve(rules_.size() + rules); }

std::span<const NameRule> RuleStore::sorted() {
  // Lists that come in order, one after the other or merged, cost no sorting but among the rules of each name.
  const auto key_precedes = [](const NameRule& left, const NameRule& right) {
    return left.start_ != right.start_ ? left.start_ < right.start_ : left.key() < right.key();
  };
  if (std::is_sorted(rules_.begin(), rules_.end(), key_precedes)) {
    for (auto first = rules_.begin(); first != rules_.end();) {
      const auto end =
          std::find_if(first + 1, rules_.end(), [&](const NameRule& rule) { return rule.key() != first->key(); });
      std::sort(first, end, NameRule::precedes);
      first = end;
    }
  } else {
    std::sort(rules_.begin(), rules_.end(), NameRule::precedes);
  }
  drop_repeated();
  return rules_;
}

// Lines that are there twice, and of those that say the same of a name all but the first few.
void RuleStore::drop_repeated() {
  const auto rule = [](const NameRule& one) { return std::tuple(one.list, one.exception, one.reach, one.answer); };
  std::size_t kept = 0;
  std::size_t alike = 0;
  for (const NameRule& one : rules_) {
    const NameRule* before = kept == 0 ? nullptr : &rules_[kept - 1];
    if (before != nullptr && !NameRule::precedes(*before, one)) continue;
    const bool is_alike =
        before != nullptr && before->start_ == one.start_ && rule(*before) == rule(one) && before->key() == one.key();
    alike = is_alike ? alike + 1 : 0;
    if (alike < kMostAlike) rules_[kept++] = one;
  }
  rules_.resize(kept);
}

char* RuleStore::allocate(std::size_t octets) {
  if (octets > chunk_left_ || chunks_.empty()) {
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(kChunkOctets));
    chunk_left_ = kChunkOctets;
  }
  char* start = chunks_.back().get() + (kChunkOctets - chunk_left_);
  chunk_left_ -= octets;
  return start;
}

}  // namespace schoolgate::filter

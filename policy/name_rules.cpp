#include "policy/name_rules.h"

#include <algorithm>
#include <array>
#include <bit>

namespace schoolgate::policy {
namespace {

// One hash of a name serves every group: the group is mixed in afterwards (the finaliser of SplitMix64).
std::uint64_t key_hash(std::uint64_t name_hash, GroupNumber group) noexcept {
  std::uint64_t value = name_hash + (std::uint64_t{group} + 1) * 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

// The suffixes of a name that a rule could be written for, longest first, hashed once. Trivial members: the
// array is left unwritten beyond the suffixes that there are.
struct NameRules::Suffixes {
  struct Suffix {
    std::uint64_t hash;
    std::uint8_t offset;  // into the name's wire form; 0: the name itself
  };

  Suffixes(const dns::Name& name, std::size_t most_labels) noexcept {
    const std::span<const std::uint8_t> wire = name.wire();
    std::size_t labels = name.label_count();
    for (std::size_t at = 0; wire[at] != 0; at += wire[at] + std::size_t{1}, --labels) {
      if (labels <= most_labels) suffixes_[count_++] = {dns::hash(wire.subspan(at)), static_cast<std::uint8_t>(at)};
    }
  }
  const Suffix* begin() const { return suffixes_.data(); }
  const Suffix* end() const { return suffixes_.data() + count_; }

 private:
  std::array<Suffix, dns::Name::kMaxLabels> suffixes_;
  std::size_t count_ = 0;
};

NameRules::NameRules(std::vector<NameRule> rules) : rules_(std::move(rules)) {
  slots_.resize(std::bit_ceil(std::max<std::size_t>(2, rules_.size() * 2)));
  for (std::uint32_t number = 0; number < rules_.size(); ++number) add(number);
}

void NameRules::add(std::uint32_t number) {
  const NameRule& rule = rules_[number];
  const NameSetting& setting = rule.setting;
  most_labels_ = std::max(most_labels_, setting.name.label_count());
  const std::uint64_t hash = key_hash(dns::hash(setting.name.wire()), rule.group);
  const auto is_mine = [&](const Slot& slot) {
    return slot.hash == hash && rules_[slot.any].group == rule.group && rules_[slot.any].setting.name == setting.name;
  };
  std::size_t at = hash & (slots_.size() - 1);
  while (slots_[at].any != kNone && !is_mine(slots_[at])) at = (at + 1) & (slots_.size() - 1);

  Slot& slot = slots_[at];
  slot.hash = hash;
  slot.any = number;
  const auto put = [&](std::uint32_t& place) {
    if (place == kNone || (rule.action == Action::kBlock && rules_[place].action == Action::kAllow)) place = number;
  };
  if (setting.reach != NameReach::kSubdomains) put(slot.itself);
  if (setting.reach != NameReach::kExact) put(slot.below);
  if (setting.security && rule.action == Action::kAllow) slot.security_allow = number;
}

const NameRules::Slot* NameRules::find_slot(GroupNumber group, std::uint64_t name_hash,
                                            std::span<const std::uint8_t> wire) const noexcept {
  const std::uint64_t hash = key_hash(name_hash, group);
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at].any != kNone; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].hash != hash) continue;
    const NameRule& rule = rules_[slots_[at].any];
    if (rule.group == group && std::ranges::equal(rule.setting.name.wire(), wire)) return &slots_[at];
  }
  return nullptr;
}

template <class Accept>
std::optional<std::uint32_t> NameRules::walk(std::span<const GroupNumber> groups, const dns::Name& lower_name,
                                             Accept accept) const noexcept {
  if (groups.empty()) return std::nullopt;
  const Suffixes suffixes(lower_name, most_labels_);
  for (const GroupNumber group : groups) {
    for (const auto& suffix : suffixes) {
      const Slot* slot = find_slot(group, suffix.hash, lower_name.wire().subspan(suffix.offset));
      if (slot == nullptr) continue;
      const std::uint32_t number = suffix.offset == 0 ? slot->itself : slot->below;
      if (number != kNone && accept(rules_[number])) return number;
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> NameRules::find(std::span<const GroupNumber> groups,
                                             const dns::Name& lower_name) const noexcept {
  return walk(groups, lower_name, [](const NameRule&) { return true; });
}

std::optional<std::uint32_t> NameRules::find_block(std::span<const GroupNumber> groups,
                                                   const dns::Name& lower_name) const noexcept {
  return walk(groups, lower_name, [](const NameRule& rule) { return rule.action == Action::kBlock; });
}

std::optional<std::uint32_t> NameRules::find_security_allow(std::span<const GroupNumber> groups,
                                                            const dns::Name& lower_name) const noexcept {
  const std::uint64_t hash = dns::hash(lower_name.wire());
  for (const GroupNumber group : groups) {
    const Slot* slot = find_slot(group, hash, lower_name.wire());
    if (slot != nullptr && slot->security_allow != kNone) return slot->security_allow;
  }
  return std::nullopt;
}

}  // namespace schoolgate::policy

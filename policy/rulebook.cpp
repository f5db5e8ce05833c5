// Settings of groups in, masks and name rules out: build_rulebook() of policy/decision.h.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "policy/decision.h"

namespace schoolgate::policy {
namespace {

filter::TagSet set_of(const std::vector<std::string>& categories, const filter::TagTable& tags) {
  filter::TagSet set;
  for (const std::string& id : categories) {
    if (const filter::Tag* tag = tags.find(id)) set.set(tag->number);
  }
  return set;
}

bool locks(const GroupSetting& group, std::string_view setting_name) {
  return std::ranges::find(group.locked, setting_name) != group.locked.end();
}

std::vector<NameRule> name_rules(const std::vector<GroupSetting>& groups) {
  std::vector<NameRule> rules;
  for (std::size_t number = 0; number < groups.size(); ++number) {
    const auto group = static_cast<GroupNumber>(number);
    for (const NameSetting& setting : groups[number].block_names) rules.push_back({group, Action::kBlock, setting});
    for (const NameSetting& setting : groups[number].allow_names) rules.push_back({group, Action::kAllow, setting});
  }
  return rules;
}

// The group and those above it, nearest first.
std::vector<GroupNumber> line_of(GroupNumber group, const std::vector<GroupNumber>& parents) {
  std::vector<GroupNumber> line = {group};
  while (line.back() != 0) line.push_back(parents[line.back()]);
  return line;
}

// From the root down: each group adds its `block` to its parent's and takes its `allow` out; what a lock names goes
// back in at the end. An `allow` is inherited as a `block` is: it is what `otherwise = "block"` lets through by
// category. A group below that blocks the category again wins, since a decision asks for blocked ones first.
GroupRules fold(const std::vector<GroupNumber>& line, const std::vector<GroupSetting>& groups,
                const filter::TagTable& tags) {
  GroupRules rules;
  for (const GroupNumber number : line) {
    const GroupSetting& group = groups[number];
    if (group.block_names.empty() && group.allow_names.empty()) continue;
    rules.named.push_back(number);
    if (locks(group, "block_names")) rules.names_locked.push_back(number);
  }
  for (auto number = line.rbegin(); number != line.rend(); ++number) {
    const GroupSetting& group = groups[*number];
    const filter::TagSet block = set_of(group.block, tags);
    const filter::TagSet allow = set_of(group.allow, tags);
    rules.blocked = (rules.blocked | block) - allow;
    rules.allowed |= allow;
    if (locks(group, "block")) rules.block_locked |= block;
    rules.otherwise = group.otherwise.value_or(rules.otherwise);
  }
  rules.blocked |= rules.block_locked | tags.locked();
  return rules;
}

}  // namespace

Rulebook build_rulebook(const std::vector<GroupSetting>& groups, const filter::TagTable& tags) {
  std::unordered_map<std::string, GroupNumber> numbers;
  for (std::size_t i = 0; i < groups.size(); ++i) numbers.emplace(groups[i].id, static_cast<GroupNumber>(i));
  std::vector<GroupNumber> parents(groups.size(), 0);
  for (std::size_t i = 1; i < groups.size(); ++i) parents[i] = numbers.at(groups[i].parent);

  std::vector<std::string> ids;
  std::vector<GroupRules> rules;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    ids.push_back(groups[i].id);
    rules.push_back(fold(line_of(static_cast<GroupNumber>(i), parents), groups, tags));
  }
  return Rulebook{tags,           tags.locked(),    tags.security(),
                  std::move(ids), std::move(rules), NameRules(name_rules(groups))};
}

}  // namespace schoolgate::policy

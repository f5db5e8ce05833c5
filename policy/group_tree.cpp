// What must hold between the groups of a policy file: see check_groups() in group_section.h.
#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "policy/group_section.h"
#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

using base::TomlTable;

constexpr std::size_t kMostGroups = 60'000;  // a GroupNumber has 16 bits
constexpr std::size_t kMostDepth = 32;       // of the tree; a decision looks at each group up to the root

using Parents = std::vector<std::size_t>;  // by group; the root is its own parent

// Writes each setting's parent; what is wrong falls back
// to the root, so that later checks have a tree to walk.
Parents link_parents(std::vector<GroupDraft>& groups, const SectionIds& ids, TomlTable& root) {
  std::unordered_map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < groups.size(); ++i) numbers.emplace(groups[i].setting.id, i);
  if (groups[0].parent) {
    root.report(groups[0].parent->place, fmt::format("'{}' is the root of the groups and has no parent", kRootGroup));
  }
  Parents parents(groups.size(), 0);
  for (std::size_t i = 1; i < groups.size(); ++i) {
    groups[i].setting.parent = kRootGroup;
    if (!groups[i].parent) continue;
    const auto found = numbers.find(groups[i].parent->value);
    if (found == numbers.end()) {
      root.report(groups[i].parent->place, ids.unknown(groups[i].parent->value));
      continue;
    }
    parents[i] = found->second;
    groups[i].setting.parent = found->first;
  }
  return parents;
}

// The groups of the cycle that walking up from `start` comes back to;
// empty when it comes to the root, or to a cycle that `start` is not in.
std::vector<std::size_t> find_cycle(const Parents& parents, std::size_t start) {
  std::vector<std::size_t> walked = {start};
  for (std::size_t at = parents[start]; at != 0 && walked.size() <= parents.size(); at = parents[at]) {
    if (at == start) return walked;
    walked.push_back(at);
  }
  return {};
}

// True when the parents form a tree that is not too deep.
bool check_tree(const std::vector<GroupDraft>& groups, const Parents& parents, TomlTable& root) {
  bool is_tree = true;
  std::vector<bool> reported(groups.size());
  for (std::size_t i = 1; i < groups.size(); ++i) {
    if (reported[i]) continue;
    const std::vector<std::size_t> cycle = find_cycle(parents, i);
    if (cycle.empty()) continue;
    std::string names;
    for (const std::size_t member : cycle) {
      reported[member] = true;
      names += groups[member].setting.id + " → ";
    }
    root.report(groups[i].parent->place, "the parents go round: " + names + groups[i].setting.id);
    is_tree = false;
  }
  for (std::size_t i = 1; is_tree && i < groups.size(); ++i) {
    std::size_t depth = 0;
    for (std::size_t at = i; at != 0 && depth <= kMostDepth; at = parents[at]) ++depth;
    if (depth > kMostDepth) {
      root.report(groups[i].parent->place, fmt::format("more than {} groups above each other", kMostDepth));
      is_tree = false;
    }
  }
  return is_tree;
}

// Calls visit(group) for the group and each above it, the root last.
template <class Visit>
void walk_up(const std::vector<GroupDraft>& groups, const Parents& parents, std::size_t start, Visit visit) {
  for (std::size_t at = start;; at = parents[at]) {
    visit(groups[at]);
    if (at == 0) return;
  }
}

void check_locked_categories(const std::vector<GroupDraft>& groups, const Parents& parents, std::size_t number,
                             TomlTable& root) {
  for (const auto& allowed : groups[number].allow) {
    walk_up(groups, parents, number, [&](const GroupDraft& above) {
      if (!above.locks("block") || std::ranges::find(above.setting.block, allowed.value) == above.setting.block.end()) {
        return;
      }
      root.report(allowed.place, fmt::format("'{}' cannot be allowed: group '{}' blocks it and locks its 'block'",
                                             allowed.value, above.setting.id));
    });
  }
}

void check_locked_names(const std::vector<GroupDraft>& groups, const Parents& parents, std::size_t number,
                        TomlTable& root) {
  for (const NameSetting& allowed : groups[number].setting.allow_names) {
    walk_up(groups, parents, number, [&](const GroupDraft& above) {
      if (!above.locks("block_names")) return;
      for (const NameSetting& blocked : above.setting.block_names) {
        if (!covers(blocked, allowed)) continue;
        root.report(allowed.place,
                    fmt::format("'{}' cannot be allowed: group '{}' blocks '{}' and locks its 'block_names'",
                                allowed.text, above.setting.id, blocked.text));
      }
    });
  }
}

void check_illegal(const GroupDraft& group, const filter::TagTable& tags, TomlTable& root) {
  for (const auto& allowed : group.allow) {
    if (tags.find(allowed.value)->locked) {
      root.report(allowed.place, fmt::format("'{}': illegal content cannot be allowed", allowed.value));
    }
  }
}

void check_protected(const GroupDraft& group, const std::vector<dns::Name>& protected_names, TomlTable& root) {
  for (const NameSetting& blocked : group.setting.block_names) {
    for (const dns::Name& name : protected_names) {
      if (!covers(blocked, name)) continue;
      root.report(blocked.place,
                  fmt::format("'{}' would block '{}', which protected_names protects", blocked.text, name.to_text()));
    }
  }
}

}  // namespace

void check_groups(std::vector<GroupDraft>& groups, const filter::TagTable& tags, const SectionIds& ids,
                  const std::vector<dns::Name>& protected_names, TomlTable& root) {
  if (groups.size() > kMostGroups) {
    root.report(groups[kMostGroups].setting.place, fmt::format("more than {} groups", kMostGroups));
    return;
  }
  for (const GroupDraft& group : groups) {
    check_illegal(group, tags, root);
    check_protected(group, protected_names, root);
  }
  const Parents parents = link_parents(groups, ids, root);
  if (!check_tree(groups, parents, root)) return;
  for (std::size_t number = 0; number < groups.size(); ++number) {
    check_locked_categories(groups, parents, number, root);
    check_locked_names(groups, parents, number, root);
  }
}

}  // namespace schoolgate::policy

// The [[group]] sections of the policy file: reading each, then what must hold between them.
// Not thread-safe; lives while one file is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "filter/rules/tag_table.h"
#include "policy/policy_file.h"
#include "policy/section.h"

namespace schoolgate::policy {

constexpr std::string_view kRootGroup = "everyone";

// A group as read, with the places that later checks point at.
struct GroupDraft {
  GroupSetting setting;
  std::optional<base::Located<std::string>> parent;
  std::vector<base::Located<std::string>> allow;
  std::vector<base::Located<std::string>> block;

  bool locks(std::string_view setting_name) const;
};

// Every group, "everyone" first whether written or not, the
// others in the order of the file. Their ids join `ids`.
std::vector<GroupDraft> read_groups(base::TomlTable& root, const filter::TagTable& tags, SectionIds& ids);

// Parents exist and do not go round; nothing is allowed
// that a lock above, the law, or protected_names forbid.
void check_groups(std::vector<GroupDraft>& groups, const filter::TagTable& tags, const SectionIds& ids,
                  const std::vector<dns::Name>& protected_names, base::TomlTable& root);

}  // namespace schoolgate::policy

#include "policy/group_section.h"

#include <algorithm>

#include <fmt/format.h>

#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

using base::Located;
using base::TomlTable;

std::vector<Located<std::string>> read_categories(TomlTable& table, std::string_view key,
                                                  const filter::TagTable& tags) {
  std::vector<Located<std::string>> categories;
  for (auto& category : table.strings(key)) {
    const filter::Tag* tag = tags.find(category.value);
    if (tag != nullptr && tag->kind == filter::TagKind::kCategory) {
      categories.push_back(std::move(category));
    } else {
      table.report(category.place, unknown("category", category.value, tags.ids(filter::TagKind::kCategory)));
    }
  }
  return categories;
}

std::vector<std::string> values(const std::vector<Located<std::string>>& located) {
  std::vector<std::string> plain;
  for (const auto& one : located) plain.push_back(one.value);
  return plain;
}

std::optional<NameSetting> read_pattern(TomlTable& table, const Located<std::string>& written) {
  auto pattern = parse_name_pattern(written.value);
  if (!pattern) {
    table.report(written.place, pattern.error().message());
    return std::nullopt;
  }
  NameSetting setting;
  setting.name = pattern->name;
  setting.reach = pattern->reach;
  setting.text = written.value;
  setting.place = written.place;
  return setting;
}

// { name = "x.example", security = true, reason = "…" }; only what is allowed can say `security`.
std::optional<NameSetting> read_name_table(TomlTable table, bool may_lift_security) {
  const auto name = table.string("name");
  const auto reason = table.string("reason");
  const auto security = may_lift_security ? table.boolean("security") : std::nullopt;
  table.not_built_yet("until");
  table.finish();
  if (!name) {
    if (!table.has("name")) table.report(table.place(), "this rule has no 'name'");
    return std::nullopt;
  }
  auto setting = read_pattern(table, *name);
  if (!setting) return std::nullopt;
  if (reason) setting->reason = reason->value;
  setting->security = security && security->value;
  if (setting->security && setting->reach == NameReach::kSubdomains) {
    table.report(security->place, fmt::format("security = true lifts one exact name, and '{}' covers many; write the "
                                              "name itself",
                                              setting->text));
  }
  return setting;
}

std::vector<NameSetting> read_names(TomlTable& table, std::string_view key) {
  std::vector<NameSetting> settings;
  for (auto& member : table.strings_or_tables(key)) {
    auto setting = member.string ? read_pattern(table, *member.string)
                                 : read_name_table(std::move(*member.table), key == "allow_names");
    if (setting) settings.push_back(std::move(*setting));
  }
  return settings;
}

std::vector<std::string> read_locks(TomlTable& table) {
  static const std::vector<std::string> kBuilt = {"block", "block_names"};
  static const std::vector<std::string> kLater = {"allow",    "allow_names", "allow_services", "block_services",
                                                  "mode",     "otherwise",   "record",         "safe_search",
                                                  "schedule", "video"};
  std::vector<std::string> locks;
  for (const auto& lock : table.strings("locked")) {
    if (std::ranges::find(kBuilt, lock.value) != kBuilt.end()) {
      locks.push_back(lock.value);
    } else if (std::ranges::find(kLater, lock.value) != kLater.end()) {
      table.report(lock.place, fmt::format("locked '{}': not built yet; 'block' and 'block_names' are", lock.value));
    } else {
      table.report(lock.place, unknown("setting to lock:", lock.value, kBuilt));
    }
  }
  return locks;
}

// What the contract has and this version has not. Saying what is so anyway is no mistake.
void refuse_not_built(TomlTable& table) {
  read_choice(table, "mode", {"enforce"}, {"observe"});
  read_choice(table, "record", {"full"}, {"blocked", "counts", "none"});
  for (const char* key : {"until", "block_services", "allow_services", "safe_search", "video", "schedule"}) {
    table.not_built_yet(key);
  }
}

GroupDraft read_group(TomlTable& table, const filter::TagTable& tags, SectionIds& ids) {
  GroupDraft draft;
  GroupSetting& setting = draft.setting;
  setting.id = ids.read(table);
  setting.place = table.place();
  draft.parent = table.string("parent");
  if (const auto choice = read_choice(table, "otherwise", {"allow", "block"}, {})) {
    setting.otherwise = *choice == 0 ? Otherwise::kAllow : Otherwise::kBlock;
  }
  draft.block = read_categories(table, "block", tags);
  draft.allow = read_categories(table, "allow", tags);
  setting.block = values(draft.block);
  setting.allow = values(draft.allow);
  setting.block_names = read_names(table, "block_names");
  setting.allow_names = read_names(table, "allow_names");
  setting.locked = read_locks(table);
  refuse_not_built(table);
  table.finish();
  return draft;
}

}  // namespace

bool GroupDraft::locks(std::string_view setting_name) const {
  return std::ranges::find(setting.locked, setting_name) != setting.locked.end();
}

std::vector<GroupDraft> read_groups(TomlTable& root, const filter::TagTable& tags, SectionIds& ids) {
  std::vector<GroupDraft> groups;
  for (TomlTable& table : root.tables("group")) groups.push_back(read_group(table, tags, ids));
  const auto is_root = [](const GroupDraft& draft) { return draft.setting.id == kRootGroup; };
  const auto written = std::ranges::find_if(groups, is_root);
  if (written != groups.end()) {
    std::rotate(groups.begin(), written, written + 1);
    return groups;
  }
  GroupDraft everyone;
  everyone.setting.id = kRootGroup;
  everyone.setting.place = root.place();
  ids.add(everyone.setting.id, everyone.setting.place);
  groups.insert(groups.begin(), std::move(everyone));
  return groups;
}

}  // namespace schoolgate::policy

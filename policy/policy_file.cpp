#include "policy/policy_file.h"

#include <filesystem>

#include <fmt/format.h>
#include <xxhash.h>

#include "base/file.h"
#include "policy/group_section.h"
#include "policy/list_source.h"
#include "policy/section.h"
#include "policy/written_name.h"
#include "policy/zone_list.h"

namespace schoolgate::policy {
namespace {

using base::Located;
using base::TomlTable;

constexpr std::size_t kMostBytes = 64 << 20;

std::string digest_of(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// The string under `key`; reported when it is not there.
std::optional<Located<std::string>> required(TomlTable& table, std::string_view key, std::string_view what) {
  auto value = table.string(key);
  if (!value && !table.has(key)) table.report(table.place(), fmt::format("this {} has no '{}'", what, key));
  return value;
}

std::vector<dns::Name> read_protected_names(TomlTable& root) {
  std::vector<dns::Name> names;
  for (const auto& written : root.strings("protected_names")) {
    const auto pattern = parse_name_pattern(written.value);
    if (!pattern) {
      root.report(written.place, pattern.error().message());
    } else if (pattern->reach != NameReach::kBoth) {
      root.report(written.place, fmt::format("a protected name is written plainly: '{}'", pattern->name.to_text()));
    } else {
      names.push_back(pattern->name);
    }
  }
  return names;
}

// Names of illegal content are answered with the block page, whatever a list says; of an opaque list nothing but hashes is kept.
void read_action(TomlTable& table, const filter::TagTable& tags, ListSetting& list) {
  static const std::vector<std::string> kActions = {"given", "block", "nodata", "nxdomain", "drop", "tcp-only"};
  const auto written = table.string("action");
  if (!written) return;
  const auto choice = read_choice(table, "action", kActions, {});
  if (!choice) return;
  list.action = kActions[*choice];
  const filter::Tag* tag = tags.find(list.category);
  if (tag != nullptr && tag->locked && list.action != "block") {
    table.report(written->place, fmt::format("names in '{}' are always answered with the block page", list.category));
  }
  if (list.opaque && list.action == "given") {
    table.report(written->place, "of an opaque list nothing but hashes is kept, no answers");
  }
}

ListSetting read_list(TomlTable& table, const std::string& policy_file, const filter::TagTable& tags, SectionIds& ids) {
  static const std::vector<std::string> kFormats = {"auto", "domains",    "hosts",   "adblock", "regex",
                                                    "rpz",  "squidguard", "dnsmasq", "unbound", "wildcard"};
  ListSetting list;
  list.id = ids.read(table);
  list.place = table.place();
  if (const auto category = required(table, "category", "list")) {
    list.category = category->value;
    if (tags.find(category->value) == nullptr) {
      std::vector<std::string> known;
      for (const filter::Tag& tag : tags.tags()) known.push_back(tag.id);
      table.report(category->place, unknown("category", category->value, known));
    }
  }
  read_list_source(table, policy_file, list);
  list.tsig = read_tsig(table, list.source, policy_file);
  list.format = kFormats[read_choice(table, "format", kFormats, {}).value_or(0)];
  // Of whatever format: a line that cannot be hashed, as a pattern, is rejected by the build with its number and the reason.
  if (const auto opaque = table.boolean("opaque")) list.opaque = opaque->value;
  if (const auto may = table.boolean("may_block_suffixes")) list.may_block_suffixes = may->value;
  read_action(table, tags, list);
  table.finish();
  return list;
}

// Where each match was first seen: two devices must not answer to one.
using MatchPlaces = std::map<std::string, base::Place>;

template <class Value>
std::optional<Value> read_match_value(TomlTable& match, std::string_view key, std::string_view example,
                                      MatchPlaces& seen) {
  const auto written = match.string(key);
  if (!written) return std::nullopt;
  const auto value = Value::parse(written->value);
  if (!value) {
    match.report(written->place,
                 fmt::format("{} {} should be written as in '{}'", key, in_quotes(written->value), example));
    return std::nullopt;
  }
  const auto [first, is_new] = seen.emplace(fmt::format("{} {}", key, value->to_text()), written->place);
  if (!is_new) {
    match.report(written->place, fmt::format("a second device with {} {}; the first is at {}", key, value->to_text(),
                                             first->second.to_text()));
  }
  return value;
}

void check_host_bits(TomlTable& match, const base::IpNetwork& subnet) {
  const auto written = match.string("subnet");
  const auto address = base::IpAddress::parse(std::string_view(written->value).substr(0, written->value.find('/')));
  if (address && *address != subnet.address()) {
    match.report(written->place, fmt::format("subnet {} names an address inside it; write '{}'",
                                             in_quotes(written->value), subnet.to_text()));
  }
}

void read_match(TomlTable& table, DeviceSetting& device, MatchPlaces& seen) {
  auto match = table.table("match");
  if (!match) {
    if (!table.has("match")) table.report(table.place(), "this device has no 'match'");
    return;
  }
  device.mac = read_match_value<base::MacAddress>(*match, "mac", "02:00:5e:00:00:01", seen);
  device.address = read_match_value<base::IpAddress>(*match, "address", "10.0.0.7", seen);
  device.subnet = read_match_value<base::IpNetwork>(*match, "subnet", "10.0.0.0/24", seen);
  if (device.subnet) check_host_bits(*match, *device.subnet);
  for (const char* key : {"client_id", "hostname", "site"}) match->not_built_yet(key);
  match->finish();
  const int given = match->has("mac") + match->has("address") + match->has("subnet");
  if (given != 1 && (given > 1 || match->keys().empty())) {
    match->report(match->place(), "a device matches by exactly one of 'mac', 'address' and 'subnet'");
  }
}

DeviceSetting read_device(TomlTable& table, const SectionIds& groups, SectionIds& ids, MatchPlaces& seen) {
  DeviceSetting device;
  device.id = ids.read(table);
  device.place = table.place();
  read_match(table, device, seen);
  if (const auto group = required(table, "group", "device")) {
    device.group = group->value;
    if (!groups.has(group->value)) table.report(group->place, groups.unknown(group->value));
  }
  if (const auto person = table.string("person")) device.person = person->value;
  table.finish();
  return device;
}

std::string read_default_group(TomlTable& root, const SectionIds& groups) {
  const auto group = root.string("default_group");
  if (!group) {
    if (!root.has("default_group")) {
      root.report(root.place(), "'default_group' is missing; name the strictest group, for devices that no rule names");
    }
    return {};
  }
  if (!groups.has(group->value)) root.report(group->place, groups.unknown(group->value));
  return group->value;
}

}  // namespace

base::Result<PolicySettings> parse_policy(std::string_view text, const std::string& file,
                                          const filter::TagTable& tags) {
  auto document = base::TomlDocument::parse(text, file);
  if (!document) return document.error();
  TomlTable root = document->root();
  PolicySettings settings;
  settings.digest = digest_of(text);
  settings.protected_names = read_protected_names(root);

  SectionIds list_ids("list");
  for (TomlTable& table : root.tables("list")) settings.lists.push_back(read_list(table, file, tags, list_ids));

  SectionIds group_ids("group");
  std::vector<GroupDraft> groups = read_groups(root, tags, group_ids);
  check_groups(groups, tags, group_ids, settings.protected_names, root);
  for (GroupDraft& group : groups) settings.groups.push_back(std::move(group.setting));

  SectionIds device_ids("device");
  MatchPlaces matches;
  for (TomlTable& table : root.tables("device")) {
    settings.devices.push_back(read_device(table, group_ids, device_ids, matches));
  }
  settings.default_group = read_default_group(root, group_ids);
  root.finish();
  if (auto status = document->check(); !status) return status.error();
  return settings;
}

base::Result<PolicySettings> read_policy(const std::string& path, const filter::TagTable& tags) {
  auto text = base::read_file(path, kMostBytes);
  if (!text) return text.error();
  return parse_policy(*text, path, tags);
}

}  // namespace schoolgate::policy

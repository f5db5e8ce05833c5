// AdGuard Home's AdGuardHome.yaml: filters, whitelist_filters and user_rules. Nothing else of it is read.
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include <fmt/format.h>

#include "lists/import/foreign_setup.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kMostValueOctets = 4096;
constexpr std::size_t kMostEntries = 100'000;

// A value that fits one line of a list.
bool is_plain(const YAML::Node& node) {
  if (!node.IsScalar() || node.Scalar().size() > kMostValueOctets) return false;
  return std::none_of(node.Scalar().begin(), node.Scalar().end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string text_of(const YAML::Node& entry, const char* key) {
  const YAML::Node value = entry[key];
  return value.IsDefined() && is_plain(value) ? value.Scalar() : "";
}

// The entries under a key; none when it is not there, or null, or "[]".
Result<std::vector<YAML::Node>> entries_of(const YAML::Node& root, const char* key, const std::string& file) {
  const YAML::Node list = root[key];
  if (!list.IsDefined() || list.IsNull()) return std::vector<YAML::Node>();
  if (!list.IsSequence()) {
    return Error(ErrorCode::kInvalid, fmt::format("{}:{}: '{}' should be a list", file, list.Mark().line + 1, key));
  }
  if (list.size() > kMostEntries) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("{}:{}: '{}' has more than {} entries", file, list.Mark().line + 1, key, kMostEntries));
  }
  return std::vector<YAML::Node>(list.begin(), list.end());
}

void take_filter(const YAML::Node& entry, ForeignSetup& setup) {
  const std::string address = entry.IsMap() ? text_of(entry, "url") : "";
  if (address.empty()) {
    setup.left_out.push_back({"a list", fmt::format("line {} has no 'url' of one line", entry.Mark().line + 1)});
  } else if (text_of(entry, "enabled") == "false") {
    setup.left_out.push_back({"list " + address, "is switched off there"});
  } else {
    take_list_address(setup, text_of(entry, "name"), address);
  }
}

void leave_out_allowlist(const YAML::Node& entry, ForeignSetup& setup) {
  const std::string address = entry.IsMap() ? text_of(entry, "url") : "";
  setup.left_out.push_back({"list " + address, "is a list of allowed names: here a list lifts only its own rules"});
}

void take_user_rule(const YAML::Node& entry, ForeignSetup& setup) {
  if (!is_plain(entry)) {
    setup.left_out.push_back({"a rule", fmt::format("line {} is no text of one line", entry.Mark().line + 1)});
    return;
  }
  const std::string& rule = entry.Scalar();
  if (rule.empty()) return;
  setup.rules.push_back(rule);
  if (rule.starts_with("@@")) {
    setup.left_out.push_back(
        {rule, "lifts only what the imported rules block; for all lists: schoolgate local allow NAME"});
  }
}

using TakeEntry = void (*)(const YAML::Node& entry, ForeignSetup& setup);

struct Part {
  const char* key;
  TakeEntry take;
};

constexpr Part kParts[] = {
    {"filters", take_filter}, {"whitelist_filters", leave_out_allowlist}, {"user_rules", take_user_rule}};

}  // namespace

Result<ForeignSetup> parse_adguard_home(const std::string& text, const std::string& file) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsMap() || (!root["filters"].IsDefined() && !root["user_rules"].IsDefined())) {
      return Error(ErrorCode::kInvalid,
                   file + ": is neither Pi-hole's gravity.db nor AdGuard Home's AdGuardHome.yaml with its 'filters'");
    }
    ForeignSetup setup;
    setup.product = "adguard";
    for (const Part& part : kParts) {
      const auto entries = entries_of(root, part.key, file);
      if (!entries) return entries.error();
      for (const YAML::Node& entry : *entries) part.take(entry, setup);
    }
    return setup;
  } catch (const YAML::Exception& exception) {
    return Error(ErrorCode::kInvalid, fmt::format("{}:{}:{}: not YAML: {}", file, exception.mark.line + 1,
                                                  exception.mark.column + 1, exception.msg));
  }
}

}  // namespace schoolgate::lists

// schoolgate policy show: the policy in force.
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

std::string groups_table(const Json& policy, const Screen& screen) {
  Table table({"GROUP", "PARENT", "OTHERWISE", "CATEGORIES BLOCKED, INHERITED ONES INCLUDED"});
  const std::string default_group = text_of(policy, "default_group");
  for (const Json& group : part_of(policy, "groups")) {
    const std::string id = text_of(group, "id");
    table.add({{id == default_group ? id + " (default)" : id, Ink::kStrong},
               {text_of(group, "parent")},
               {text_of(group, "otherwise")},
               {joined(texts_of(group, "blocked"))}});
  }
  return table.to_text(screen);
}

void add_names(Table& table, const Json& group, const char* key, std::string_view what, Ink ink) {
  for (const Json& name : part_of(group, key)) {
    table.add({{text_of(group, "id")},
               {std::string(what) + (flag_of(name, "security") ? " (security too)" : ""), ink},
               {text_of(name, "name")},
               {std::to_string(number_of(name, "line"))},
               {text_of(name, "reason")}});
  }
}

std::string names_table(const Json& policy, const Screen& screen) {
  Table table({"GROUP", "RULE", "NAME", "LINE", "REASON"});
  for (const Json& group : part_of(policy, "groups")) {
    add_names(table, group, "block_names", "block", Ink::kBad);
    add_names(table, group, "allow_names", "allow", Ink::kGood);
  }
  return table.empty() ? "No name rules.\n" : table.to_text(screen);
}

std::string devices_table(const Json& policy, const Screen& screen) {
  Table table({"DEVICE", "GROUP", "KNOWN BY", "PERSON"});
  for (const Json& device : part_of(policy, "devices")) {
    std::vector<std::string> marks;
    for (const auto& [kind, mark] : part_of(device, "match").items()) {
      if (mark.is_string()) marks.push_back(fmt::format("{} {}", kind, mark.get<std::string>()));
    }
    table.add({{text_of(device, "id")}, {text_of(device, "group")}, {joined(marks)}, {text_of(device, "person")}});
  }
  return table.empty() ? "No devices by name: every device is in the default group.\n" : table.to_text(screen);
}

}  // namespace

base::Status show_policy(const Globals& globals, const Screen& screen) {
  const auto client = connect(globals);
  if (!client) return client.error();
  const auto policy = client->get("/api/v1/policy");
  if (!policy) return policy.error();
  if (globals.json) {
    screen.out << web::to_text(*policy) << '\n';
    return {};
  }
  screen.out << groups_table(*policy, screen) << '\n'
             << names_table(*policy, screen) << '\n'
             << devices_table(*policy, screen);
  if (const auto names = texts_of(*policy, "protected_names"); !names.empty()) {
    screen.out << '\n' << labelled("Protected", printable(joined(names)));
  }
  return {};
}

}  // namespace schoolgate::admin_cli

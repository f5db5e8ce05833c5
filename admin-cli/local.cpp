// schoolgate local ls | block | allow | remove: the school's own rules beside the lists. Only the daemon changes them: what
// is printed here is in force.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/table.h"
#include "admin-cli/time_input.h"
#include "admin-cli/verbs.h"
#include "admin-cli/who_asks.h"

namespace schoolgate::admin_cli {
namespace {

using base::Result;
using web::Json;

constexpr const char* kPath = "/api/v1/local-rules";

// As the daemon and the policy file write it.
Result<std::string> written_name(const LocalOptions& options) {
  const bool is_marked = options.name.starts_with("*.") || options.name.starts_with("=");
  if (is_marked && (options.exact || options.below)) {
    return {base::ErrorCode::kInvalid,
            fmt::format("'{}' says already which names it covers: leave out --exact and --below", options.name)};
  }
  return (options.exact ? "=" : options.below ? "*." : "") + options.name;
}

// "casino.example and all names below it".
std::string covered(const std::string& written) {
  if (written.starts_with('=')) return "only " + written.substr(1);
  if (written.starts_with("*.")) return "all names below " + written.substr(2);
  return written + " and all names below it";
}

bool lifts(const Json& rule) { return text_of(rule, "effect") == "lift"; }

std::string rules_table(const Json& answer, const Screen& screen) {
  Table table({"RULE", "CATEGORY", "COVERS", "REASON", "BY", "ADDED", "NOT IN FORCE"});
  for (const Json& rule : part_of(answer, "rules")) {
    table.add({{lifts(rule) ? "allow" : "block", lifts(rule) ? Ink::kGood : Ink::kBad},
               {text_of(rule, "category")},
               {covered(text_of(rule, "name")), Ink::kStrong},
               {text_of(rule, "reason")},
               {text_of(rule, "added_by")},
               {to_local_time(text_of(rule, "added"))},
               {text_of(rule, "problem"), Ink::kWarning}});
  }
  return table.empty() ? "No local rules: the lists alone say what a name is.\n" : table.to_text(screen);
}

std::string change_lines(const Json& outcome) {
  std::string text;
  const auto add = [&text](std::string_view what, const Json& rule) {
    text += fmt::format("{}: {}\n", what, printable(covered(text_of(rule, "name"))));
  };
  for (const Json& rule : part_of(outcome, "removed")) {
    add(fmt::format("Removed, {} as {}", lifts(rule) ? "allowed" : "blocked", printable(text_of(rule, "category"))),
        rule);
  }
  for (const Json& rule : part_of(outcome, "put")) {
    const std::string category = printable(text_of(rule, "category"));
    add(lifts(rule) ? fmt::format("In force, no longer {}, whatever lists say", category)
                    : fmt::format("In force, as {}", category),
        rule);
  }
  return text;
}

std::string groups_table(const Json& outcome, const Screen& screen) {
  Table table({"GROUP", "NOW", "DECIDED BY"});
  for (const Json& group : part_of(outcome, "groups")) {
    const bool is_blocked = text_of(group, "verdict") == "blocked";
    table.add({{text_of(group, "group")},
               {is_blocked ? "BLOCKED" : "ALLOWED", is_blocked ? Ink::kBad : Ink::kGood},
               {text_of(group, "decided_by")}});
  }
  return table.to_text(screen);
}

bool blocks_somebody(const Json& outcome) {
  const Json& groups = part_of(outcome, "groups");
  return std::any_of(groups.begin(), groups.end(),
                     [](const Json& group) { return text_of(group, "verdict") == "blocked"; });
}

bool gives_something(const Json& outcome) {
  const Json& put = part_of(outcome, "put");
  return std::any_of(put.begin(), put.end(), [](const Json& rule) { return !lifts(rule); });
}

// What the change does not do, and people expect.
std::string limits(const Json& outcome, const Screen& screen) {
  std::string text;
  for (const std::string& category : texts_of(outcome, "locked")) {
    text += screen.paint(Ink::kWarning, fmt::format("Not lifted: {}. It is locked, and no local rule lifts it.",
                                                    printable(category))) +
            '\n';
  }
  if (gives_something(outcome) && !blocks_somebody(outcome)) {
    text += screen.paint(Ink::kWarning, "Nobody is stopped by this: no group blocks that category.") + '\n';
  }
  return text + "A device that has asked before may go by its old answer until that runs out.\n";
}

base::Status change(const Globals& globals, const std::string& method, const Parameters& wanted,
                    const LocalOptions& options, const Screen& screen) {
  const auto name = written_name(options);
  if (!name) return name.error();
  const auto client = connect(globals);
  if (!client) return client.error();
  Parameters parameters = wanted;
  parameters.insert(parameters.end(),
                    {{"name", *name}, {"category", options.category}, {"reason", options.reason}, {"by", who_asks()}});
  const auto outcome = client->change(method, kPath, parameters);
  if (!outcome) return outcome.error();
  if (globals.json) {
    screen.out << web::to_text(*outcome) << '\n';
    return {};
  }
  screen.out << change_lines(*outcome) << '\n'
             << printable(text_of(*outcome, "checked_name")) << " in each group:\n"
             << groups_table(*outcome, screen) << '\n'
             << limits(*outcome, screen);
  return {};
}

}  // namespace

base::Status show_local_rules(const Globals& globals, const Screen& screen) {
  const auto client = connect(globals);
  if (!client) return client.error();
  const auto answer = client->get(kPath);
  if (!answer) return answer.error();
  screen.out << (globals.json ? web::to_text(*answer) + '\n' : rules_table(*answer, screen));
  return {};
}

base::Status block_name(const Globals& globals, const LocalOptions& options, const Screen& screen) {
  return change(globals, "POST", {{"effect", "give"}, {"even_protected", options.even_protected ? "true" : ""}},
                options, screen);
}

base::Status allow_name(const Globals& globals, const LocalOptions& options, const Screen& screen) {
  return change(globals, "POST", {{"effect", "lift"}}, options, screen);
}

base::Status remove_local_rule(const Globals& globals, const LocalOptions& options, const Screen& screen) {
  return change(globals, "DELETE", {}, options, screen);
}

}  // namespace schoolgate::admin_cli

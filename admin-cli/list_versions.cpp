// schoolgate lists log | diff | accept | refuse | rollback: what updates of a list changed, and which of them are in force.
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/files.h"
#include "admin-cli/state_owner.h"
#include "admin-cli/table.h"
#include "admin-cli/time_input.h"
#include "admin-cli/touched_names.h"
#include "admin-cli/verbs.h"
#include "admin-cli/who_asks.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "lists/build_lock.h"
#include "lists/versions/version_diff.h"
#include "lists/versions/versions.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using lists::Standing;
using lists::Version;
using web::Json;

// Without --all.
constexpr std::size_t kShownRules = 20;  // of each kind
constexpr std::size_t kShownNames = 20;  // of the history
constexpr const char* kLately = "7d";

Ink ink_of(Standing standing) {
  if (standing == Standing::kInForce) return Ink::kGood;
  return standing == Standing::kHeld ? Ink::kWarning : Ink::kSoft;
}

// "jane, 2026-11-25 09:30:00: seen"
std::string decision_of(const Version& version) {
  if (version.decided_us == 0) return {};
  const std::string when = to_local_time(base::to_timestamp(version.decided_us));
  return fmt::format("{}, {}{}{}", version.by, when, version.reason.empty() ? "" : ": ", version.reason);
}

Json to_json(const Version& version) {
  Json json = {{"version", version.number},
               {"digest", version.digest},
               {"format", version.format},
               {"read", base::to_timestamp(version.read_us)},
               {"rules", version.rules},
               {"guarded", version.guarded},
               {"standing", lists::word_for(version.standing)},
               {"why", version.why},
               {"decided_by", version.by},
               {"reason", version.reason},
               {"decided", nullptr}};
  if (version.decided_us != 0) json["decided"] = base::to_timestamp(version.decided_us);
  return json;
}

void print_log(const lists::VersionLog& log, const Screen& screen) {
  Table table({"VERSION", "READ", "RULES", "SET ASIDE", "STANDING", "SINCE IT", "DECIDED BY"}, "DECIDED BY");
  for (auto version = log.versions().rbegin(); version != log.versions().rend(); ++version) {
    table.add({{std::to_string(version->number), Ink::kStrong},
               {to_local_time(base::to_timestamp(version->read_us))},
               {with_commas(version->rules)},
               {version->guarded == 0 ? "" : with_commas(version->guarded)},
               {std::string(lists::word_for(version->standing)), ink_of(version->standing)},
               {version->why, Ink::kWarning},
               {decision_of(*version), Ink::kSoft}});
  }
  screen.out << table.to_text(screen);
}

// The versions that a person means: by default, from the one in force to what is held back; or from the one before it.
struct Compared {
  const Version* before = nullptr;
  const Version* after = nullptr;
};

Result<const Version*> find_version(const lists::VersionLog& log, const std::string& list, std::uint32_t number) {
  if (const Version* version = log.find(number)) return version;
  return Error(ErrorCode::kNotFound, fmt::format("list '{}' has no version {}", list, number));
}

const Version* before_the_one_in_force(const lists::VersionLog& log) {
  const auto found = std::find_if(log.versions().rbegin(), log.versions().rend(),
                                  [](const Version& version) { return version.standing == Standing::kBefore; });
  return found == log.versions().rend() ? nullptr : &*found;
}

Result<Compared> choose(const lists::VersionLog& log, const VersionOptions& options) {
  if (options.version) {
    const auto before = find_version(log, options.list, *options.version);
    if (!before) return before.error();
    if (!options.other) return Compared{*before, log.in_force()};
    const auto after = find_version(log, options.list, *options.other);
    return after ? Result<Compared>(Compared{*before, *after}) : after.error();
  }
  if (log.held() != nullptr) return Compared{log.in_force(), log.held()};
  if (const Version* before = before_the_one_in_force(log)) return Compared{before, log.in_force()};
  return Error(ErrorCode::kNotFound, fmt::format("list '{}' has one version only", options.list));
}

void print_rules(char sign, Ink ink, const std::vector<std::string>& rules, bool all, const Screen& screen) {
  const std::size_t shown = all ? rules.size() : std::min(rules.size(), kShownRules);
  for (std::size_t i = 0; i < shown; ++i) {
    screen.out << screen.paint(ink, fmt::format("{} {}", sign, printable(rules[i]))) << '\n';
  }
  if (shown < rules.size()) {
    screen.out << fmt::format("{} … and {} more: --all shows them\n", sign, with_commas(rules.size() - shown));
  }
}

struct Difference {
  const Version& before;
  const Version& after;
  lists::VersionDifference rules;
  std::optional<TouchedNames> touched;  // absent: there are no names to hold against it
};

Json to_json(const Difference& difference) {
  Json json = {{"before", difference.before.number},
               {"after", difference.after.number},
               {"added", difference.rules.added},
               {"removed", difference.rules.removed}};
  if (difference.touched) add_to(json, *difference.touched);
  return json;
}

void print(const Difference& difference, bool all, const Screen& screen) {
  screen.out << fmt::format("From version {} ({}) to version {} ({}): {} more, {} fewer.\n", difference.before.number,
                            lists::word_for(difference.before.standing), difference.after.number,
                            lists::word_for(difference.after.standing), plural(difference.rules.added.size(), "rule"),
                            plural(difference.rules.removed.size(), "rule"));
  print_rules('+', Ink::kGood, difference.rules.added, all, screen);
  print_rules('-', Ink::kBad, difference.rules.removed, all, screen);
  if (difference.touched) print(*difference.touched, screen);
}

// Those that somebody gave; or else, of an update that waits for a person, what was looked up lately, when we may know it.
Result<std::optional<TouchedNames>> touched_by(const lists::ListText& had, const lists::ListText& has,
                                               const Compared& compared, const VersionOptions& options,
                                               const resolver::Configuration& configuration) {
  LookedUpOptions looked_up = options.looked_up;
  if (looked_up.empty() && compared.after->standing != Standing::kHeld) return std::optional<TouchedNames>();
  if (looked_up.empty()) looked_up.since = kLately;
  const std::size_t shown = options.all || !looked_up.names_file.empty() ? 0 : kShownNames;
  auto touched = find_touched(had, has, looked_up, configuration, shown);
  if (touched) return std::optional(std::move(*touched));
  const ErrorCode code = touched.error().code();
  const bool is_no_history = code == ErrorCode::kNotFound || code == ErrorCode::kForbidden;
  if (options.looked_up.empty() && is_no_history) return std::optional<TouchedNames>();
  return touched.error();
}

Result<Difference> compare(const Compared& compared, const VersionOptions& options,
                           const resolver::Configuration& configuration) {
  const auto before = lists::read_version(configuration.state, options.list, compared.before->number);
  if (!before) return before.error();
  const auto after = lists::read_version(configuration.state, options.list, compared.after->number);
  if (!after) return after.error();
  const lists::ListText had{*before, compared.before->format}, has{*after, compared.after->format};
  auto touched = touched_by(had, has, compared, options, configuration);
  if (!touched) return touched.error();
  return Difference{*compared.before, *compared.after, lists::difference(had, has), std::move(*touched)};
}

using Decide = Result<lists::Decided> (*)(const std::string&, const std::string&, std::optional<std::uint32_t>,
                                          const lists::PersonsDecision&);

// Written down under the build lock; then the lists are built, and the daemon told.
Status decide(const Globals& globals, const VersionOptions& options, Decide decide, const Screen& screen) {
  const auto configuration = read_configuration(globals.config);
  if (!configuration) return configuration.error();
  const lists::PersonsDecision decision{who_asks(), options.reason, base::SystemClock().wall_us()};
  if (auto became = become_state_owner(configuration->state, configuration->user); !became) return became;
  {
    const auto lock = lists::BuildLock::take(configuration->state);
    if (!lock) return lock.error();
    const auto decided = decide(configuration->state, options.list, options.version, decision);
    if (!decided) return decided.error();
    if (!globals.json) {
      screen.out << fmt::format("Version {} of {}: {}.\n", decided->version.number, printable(options.list),
                                lists::word_for(decided->version.standing));
    }
  }
  BuildOptions build;
  build.only = options.list;
  return build_lists(globals, build, screen);
}

}  // namespace

Status show_list_log(const Globals& globals, const VersionOptions& options, const Screen& screen) {
  const auto configuration = read_configuration(globals.config);
  if (!configuration) return configuration.error();
  const auto log = lists::read_version_log(configuration->state, options.list);
  if (!log) return log.error();
  if (!globals.json) {
    print_log(*log, screen);
    return {};
  }
  Json versions = Json::array();
  for (const Version& version : log->versions()) versions.push_back(to_json(version));
  screen.out << web::to_text({{"list", options.list}, {"versions", versions}}) << '\n';
  return {};
}

Status show_list_difference(const Globals& globals, const VersionOptions& options, const Screen& screen) {
  const auto configuration = read_configuration(globals.config);
  if (!configuration) return configuration.error();
  const auto log = lists::read_version_log(configuration->state, options.list);
  if (!log) return log.error();
  const auto compared = choose(*log, options);
  if (!compared) return compared.error();
  const auto difference = compare(*compared, options, *configuration);
  if (!difference) return difference.error();
  if (difference->touched) show_problems(difference->touched->of, screen);
  if (globals.json) {
    screen.out << web::to_text(to_json(*difference)) << '\n';
  } else {
    print(*difference, options.all, screen);
  }
  return {};
}

Status accept_list_update(const Globals& globals, const VersionOptions& options, const Screen& screen) {
  return decide(globals, options, lists::accept_version, screen);
}

Status refuse_list_update(const Globals& globals, const VersionOptions& options, const Screen& screen) {
  return decide(globals, options, lists::refuse_version, screen);
}

Status roll_list_back(const Globals& globals, const VersionOptions& options, const Screen& screen) {
  return decide(globals, options, lists::roll_back, screen);
}

}  // namespace schoolgate::admin_cli

// The verbs of `schoolgate lists`, and their options.
#include "admin-cli/command.h"

namespace schoolgate::admin_cli {
namespace {

using base::Status;

void add_build(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* verb = lists.add_subcommand("build", "Read the policy's lists and build the filter");
  BuildOptions& options = command.build;
  verb->add_flag("--background", options.background, "Give way to everything else on this machine");
  auto* state =
      verb->add_option("--state", options.state, "State folder; with --policy and --data, no --config is read");
  auto* policy = verb->add_option("--policy", options.policy, "Policy file")->needs(state);
  auto* data = verb->add_option("--data", options.data, "Folder of taxonomy.toml")->needs(state)->needs(policy);
  state->needs(policy)->needs(data);
  policy->needs(data);
  options.says_lists = true;
  verb->callback([&] { command.verb = [&] { return build_lists(command.globals, command.build, screen); }; });
}

void add_update(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* verb = lists.add_subcommand("update", "Fetch the lists that have an address, and build the filter");
  UpdateOptions& options = command.update;
  verb->add_option("LIST", options.lists, "Only these")->check(kNotEmpty);
  verb->add_flag("--background", options.background, "Only what is named or due, and give way to everything else");
  auto* state =
      verb->add_option("--state", options.state, "State folder; with --policy and --data, no --config is read");
  auto* policy = verb->add_option("--policy", options.policy, "Policy file")->needs(state);
  auto* data = verb->add_option("--data", options.data, "Folder of taxonomy.toml")->needs(state)->needs(policy);
  state->needs(policy)->needs(data);
  policy->needs(data);
  verb->add_option("--server", options.servers,
                   "A name server that knows the lists' hosts; may be given several times");
  verb->callback([&] { command.verb = [&] { return update_lists(command.globals, command.update, screen); }; });
}

void add_find(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* verb = lists.add_subcommand("find", "Every rule of every list that has a name or covers it");
  verb->add_option("NAME", command.found, "A name, or an address pasted from a browser")->required()->check(kNotEmpty);
  verb->callback([&] { command.verb = [&] { return find_in_lists(command.globals, command.found, screen); }; });
}

void add_looked_up(CLI::App& verb, LookedUpOptions& options, const std::string& question) {
  auto* names =
      verb.add_option("--names", options.names_file, "A file of names lately looked up: " + question)->check(kNotEmpty);
  verb.add_option("--since", options.since, "The same for the names that the history has since then: 7d, 2026-03-02")
      ->check(kNotEmpty)
      ->excludes(names);
}

void add_statistics(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* verb = lists.add_subcommand("stats", "What each list is worth beside the others");
  add_looked_up(*verb, command.looked_up, "which list was needed for them?");
  verb->callback(
      [&] { command.verb = [&] { return show_list_statistics(command.globals, command.looked_up, screen); }; });
}

using VersionVerb = Status (*)(const Globals&, const VersionOptions&, const Screen&);

CLI::App* add_version_verb(CLI::App& lists, Command& command, const Screen& screen, const char* name,
                           const char* meaning, VersionVerb run_verb) {
  CLI::App* verb = lists.add_subcommand(name, meaning);
  verb->add_option("LIST", command.versions.list, "A list's id")->required()->check(kNotEmpty);
  verb->callback([&command, &screen, run_verb] {
    command.verb = [&command, &screen, run_verb] { return run_verb(command.globals, command.versions, screen); };
  });
  return verb;
}

void add_versions(CLI::App& lists, Command& command, const Screen& screen) {
  VersionOptions& options = command.versions;
  const auto add = [&](const char* name, const char* meaning, VersionVerb run_verb) {
    return add_version_verb(lists, command, screen, name, meaning, run_verb);
  };
  add("log", "Which versions of a list were read, and what became of each", show_list_log);
  CLI::App* diff = add("diff", "What an update changes; without versions, the one held back, or else the last",
                       show_list_difference);
  auto* from = diff->add_option("FROM", options.version, "A version's number");
  diff->add_option("TO", options.other, "Another's; otherwise the one in force")->needs(from);
  diff->add_flag("--all", options.all, "Every rule and name, however many there are");
  add_looked_up(*diff, options.looked_up, "which of them does it touch?");
  for (CLI::App* verb : {add("accept", "Put an update that is held back into force", accept_list_update),
                         add("refuse", "Leave an update out of force, for good", refuse_list_update),
                         add("rollback", "Go back to an earlier version", roll_list_back)}) {
    verb->add_option("VERSION", options.version, "Otherwise the one held back; for rollback, the one before");
    verb->add_option("--reason", options.reason, "Why; kept in the list's log")->check(kNotEmpty);
  }
}

void add_catalogue(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* verb = lists.add_subcommand("catalogue", "Well-known public lists, and what we recommend");
  verb->add_option("--category", command.category, "Only of this one")->check(kNotEmpty);
  verb->callback([&] { command.verb = [&] { return show_catalogue(command.globals, command.category, screen); }; });
}

void add_list_changes(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* add = lists.add_subcommand("add", "Put lists into the policy file");
  AddOptions& options = command.add;
  auto* ids = add->add_option("ID", options.ids, "Lists of the catalogue")->check(kNotEmpty);
  auto* set =
      add->add_option("--set", options.set, "A recommended set: primary, secondary or college")->check(kNotEmpty);
  auto* id = add->add_option("--id", options.id, "The id of a list of your own")->check(kNotEmpty);
  auto* category = add->add_option("--category", options.category, "What its names are")->check(kNotEmpty);
  auto* source = add->add_option("--source", options.source, "Its file, or https://…")->check(kNotEmpty);
  add->add_option("--format", options.format, "Its format; otherwise found by its lines")->check(kNotEmpty)->needs(id);
  set->excludes(ids)->excludes(id);
  id->excludes(ids)->needs(category)->needs(source);
  category->needs(id);
  source->needs(id);
  add->callback([&command, &screen, ids, set, id] {
    if (ids->empty() && set->empty() && id->empty()) throw CLI::RequiredError("ID, --set or --id");
    command.verb = [&] { return add_lists(command.globals, command.add, screen); };
  });
  CLI::App* remove = lists.add_subcommand("remove", "Take a list out of the policy file");
  remove->add_option("ID", command.removed, "As the policy file names it")->required()->check(kNotEmpty);
  remove->callback([&] { command.verb = [&] { return remove_list(command.globals, command.removed, screen); }; });
}

void add_import(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* verb = lists.add_subcommand("import", "Take over the lists and rules of Pi-hole or AdGuard Home, once");
  ImportOptions& options = command.import;
  verb->add_option("FILE", options.file, "gravity.db, or AdGuardHome.yaml")->required()->check(kNotEmpty);
  verb->add_option("--category", options.category, "What their names are: neither says it")
      ->required()
      ->check(kNotEmpty);
  verb->add_flag("--dry-run", options.dry_run, "Only say what would be done");
  verb->callback([&] { command.verb = [&] { return import_lists(command.globals, command.import, screen); }; });
}

}  // namespace

void add_list_verbs(CLI::App& app, Command& command, const Screen& screen) {
  CLI::App* lists = app.add_subcommand("lists", "Where the rules come from")->require_subcommand(1);
  add_plain(*lists, command, screen, "ls", "The lists that the filter in force was built from", show_lists);
  lists->fallthrough();
  add_catalogue(*lists, command, screen);
  add_list_changes(*lists, command, screen);
  add_import(*lists, command, screen);
  add_build(*lists, command, screen);
  add_update(*lists, command, screen);
  add_find(*lists, command, screen);
  add_statistics(*lists, command, screen);
  add_versions(*lists, command, screen);
}

}  // namespace schoolgate::admin_cli

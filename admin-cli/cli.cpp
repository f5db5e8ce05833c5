#include "admin-cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>

#include "admin-cli/files.h"
#include "admin-cli/verbs.h"

namespace schoolgate::admin_cli {
namespace {

using base::ErrorCode;
using base::Status;

// What was asked for, once the command line is understood.
struct Command {
  Globals globals;
  CheckOptions check;
  SearchOptions search;
  LocalOptions local;
  BuildOptions build;
  UpdateOptions update;
  VersionOptions versions;
  AddOptions add;
  ImportOptions import;
  std::string category;  // of lists catalogue
  std::string removed;   // by lists remove
  std::function<Status()> verb;
};

int exit_code(const base::Error& error) {
  return error.code() == ErrorCode::kInvalid || error.code() == ErrorCode::kNotBuiltYet ? 2 : 1;
}

void add_globals(CLI::App& app, Command& command) {
  app.add_option("--config", command.globals.config, "The server's configuration")->capture_default_str();
  app.add_option("--socket", command.globals.socket, "The daemon's admin socket; otherwise the configuration's");
  app.add_flag("--json", command.globals.json, "JSON for programs");
  app.set_version_flag("--version", std::string("schoolgate " SCHOOLGATE_VERSION), "Print the version");
  app.fallthrough();  // global options may stand after the verb too
  app.require_subcommand(1);
}

void add_check(CLI::App& app, Command& command, const Screen& screen) {
  CLI::App* verb = app.add_subcommand("check", "Why is a name blocked, or not?");
  CheckOptions& options = command.check;
  auto* name = verb->add_option("NAME", options.name, "A name, or an address pasted from a browser");
  auto* many = verb->add_flag("--stdin", options.many,
                              "Names on standard input, a line each; answered from the files, by a line with tabs");
  auto* device = verb->add_option("--device", options.device, "A device's id, address or MAC");
  verb->add_option("--group", options.group, "A group; without either, the default group")->excludes(device);
  auto* type = verb->add_option("--type", options.type, "The type that is asked for")->capture_default_str();
  many->excludes(name)->excludes(type);
  verb->add_flag("--offline", options.offline, "From the files, even when the daemon runs");
  verb->callback([&command, &screen, name] {
    if (name->empty() && !command.check.many) throw CLI::RequiredError("NAME");
    command.verb = [&] {
      return command.check.many ? check_names(command.globals, command.check, std::cin, screen)
                                : check_name(command.globals, command.check, screen);
    };
  });
}

constexpr std::uint32_t kMostLimit = 1'000'000'000;

// A script's variable that was never set must not widen a search to everybody.
const CLI::Validator kNotEmpty([](const std::string& text) { return std::string(text.empty() ? "is empty" : ""); }, "");

void add_history(CLI::App& app, Command& command, const Screen& screen) {
  CLI::App* noun = app.add_subcommand("history", "Which names did devices ask for?")->require_subcommand(1);
  CLI::App* verb = noun->add_subcommand("search", "Lookups, newest first");
  noun->fallthrough();
  SearchOptions& options = command.search;
  const char* times = "2026-03-02, '2026-03-02 09:30', RFC 3339, or 10m, 2h, 1d ago";
  verb->add_option("--device", options.device, "A device's id, address or MAC")->check(kNotEmpty);
  verb->add_option("--client", options.client, "The address that asked, whatever device it was")->check(kNotEmpty);
  verb->add_option("--name", options.name, "example.org; '*.example.org' for what is below; or '*part*'")
      ->check(kNotEmpty);
  verb->add_option("--category", options.category, "A category that decided, or that the name has")->check(kNotEmpty);
  verb->add_option("--verdict", options.verdict, "allowed, blocked, rewritten, refused or failed")->check(kNotEmpty);
  verb->add_option("--from", options.from, times)->check(kNotEmpty);
  verb->add_option("--to", options.to, "Likewise; this moment is not included")->check(kNotEmpty);
  verb->add_option("--limit", options.limit, "At most this many")
      ->capture_default_str()
      ->check(CLI::Range(1U, kMostLimit));
  verb->add_option("--cursor", options.cursor, "Where the search before ended");
  verb->callback([&] { command.verb = [&] { return search_history(command.globals, command.search, screen); }; });
}

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
  verb->callback([&] { command.verb = [&] { return build_lists(command.globals, command.build, screen); }; });
}

void add_update(CLI::App& lists, Command& command, const Screen& screen) {
  CLI::App* verb = lists.add_subcommand("update", "Fetch the lists that have an address, and build the filter");
  UpdateOptions& options = command.update;
  verb->add_option("LIST", options.lists, "Only these")->check(kNotEmpty);
  verb->add_flag("--background", options.background, "Only what is due, and give way to everything else");
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
  diff->add_flag("--all", options.all, "Every rule, however many there are");
  diff->add_option("--names", options.names_file, "A file of names lately looked up: which of them does it touch?")
      ->check(kNotEmpty);
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

using LocalVerb = Status (*)(const Globals&, const LocalOptions&, const Screen&);

CLI::App* add_local_verb(CLI::App& local, Command& command, const Screen& screen, const char* name, const char* meaning,
                         LocalVerb run_verb) {
  CLI::App* verb = local.add_subcommand(name, meaning);
  verb->add_option("NAME", command.local.name, "A name; it stands for all below it too")->required()->check(kNotEmpty);
  auto* exact = verb->add_flag("--exact", command.local.exact, "Only this name");
  verb->add_flag("--below", command.local.below, "Only the names below it")->excludes(exact);
  verb->callback([&command, &screen, run_verb] {
    command.verb = [&command, &screen, run_verb] { return run_verb(command.globals, command.local, screen); };
  });
  return verb;
}

void add_local(CLI::App& app, Command& command, const Screen& screen) {
  CLI::App* noun = app.add_subcommand("local", "Rules of this school beside the lists, in force at once");
  noun->require_subcommand(1)->fallthrough();
  noun->add_subcommand("ls", "The local rules: who added each, when and why")->callback([&command, &screen] {
    command.verb = [&command, &screen] { return show_local_rules(command.globals, screen); };
  });
  CLI::App* block = add_local_verb(*noun, command, screen, "block", "Give a name a category", block_name);
  CLI::App* allow = add_local_verb(*noun, command, screen, "allow", "Lift a category from a name", allow_name);
  CLI::App* remove = add_local_verb(*noun, command, screen, "remove", "Let the lists decide again", remove_local_rule);
  std::string& category = command.local.category;
  block->add_option("--category", category, "As whom it blocks: gambling, games …")->required()->check(kNotEmpty);
  allow->add_option("--category", category, "Otherwise each that the name has now")->check(kNotEmpty);
  remove->add_option("--category", category, "Otherwise whatever the rules are about")->check(kNotEmpty);
  for (CLI::App* verb : {block, allow}) {
    verb->add_option("--reason", command.local.reason, "Why; shown to whoever asks")->check(kNotEmpty);
  }
}

using PlainVerb = Status (*)(const Globals&, const Screen&);

void add_plain(CLI::App& app, Command& command, const Screen& screen, const char* name, const char* meaning,
               PlainVerb run_verb) {
  app.fallthrough();
  app.add_subcommand(name, meaning)->callback([&command, &screen, run_verb] {
    command.verb = [&command, &screen, run_verb] { return run_verb(command.globals, screen); };
  });
}

// The table of verbs.
void add_verbs(CLI::App& app, Command& command, const Screen& screen) {
  add_plain(app, command, screen, "status", "Is all well, and if not, what needs a person?", show_status);
  add_check(app, command, screen);
  add_history(app, command, screen);
  add_local(app, command, screen);
  CLI::App* policy = app.add_subcommand("policy", "Who may have what")->require_subcommand(1);
  add_plain(*policy, command, screen, "show", "The policy in force", show_policy);
  CLI::App* lists = app.add_subcommand("lists", "Where the rules come from")->require_subcommand(1);
  add_plain(*lists, command, screen, "ls", "The lists that the filter in force was built from", show_lists);
  lists->fallthrough();
  add_catalogue(*lists, command, screen);
  add_list_changes(*lists, command, screen);
  add_import(*lists, command, screen);
  add_build(*lists, command, screen);
  add_update(*lists, command, screen);
  add_versions(*lists, command, screen);
}

}  // namespace

base::Result<Client> connect(const Globals& globals) {
  if (!globals.socket.empty()) return Client(globals.socket);
  const auto configuration = read_configuration(globals.config);
  if (!configuration) return configuration.error();
  return Client(configuration->admin_socket());
}

int run(int argc, const char* const* argv, const Screen& screen) {
  CLI::App app("Schoolgate: DNS filtering for schools", "schoolgate");
  Command command;
  add_globals(app, command);
  add_verbs(app, command, screen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, screen.out, screen.err) == 0 ? 0 : 2;
  }
  const Status done = command.verb();
  if (done) return 0;
  // A configuration's errors are a line each; printable() would run them together.
  std::string_view message = done.error().message();
  while (!message.empty()) {
    const std::string_view line = message.substr(0, message.find('\n'));
    screen.err << printable(line) << '\n';
    message.remove_prefix(std::min(message.size(), line.size() + 1));
  }
  return exit_code(done.error());
}

}  // namespace schoolgate::admin_cli

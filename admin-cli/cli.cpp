#include "admin-cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>

#include "admin-cli/command.h"
#include "admin-cli/files.h"
#include "admin-cli/verbs.h"

namespace schoolgate::admin_cli {
namespace {

using base::ErrorCode;
using base::Status;

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
  block->add_flag("--even-protected", command.local.even_protected,
                  "Though it is a name that the shipped guard protects, or a whole public suffix");
  allow->add_option("--category", category, "Otherwise each that the name has now")->check(kNotEmpty);
  remove->add_option("--category", category, "Otherwise whatever the rules are about")->check(kNotEmpty);
  for (CLI::App* verb : {block, allow}) {
    verb->add_option("--reason", command.local.reason, "Why; shown to whoever asks")->check(kNotEmpty);
  }
}

// The table of verbs.
void add_verbs(CLI::App& app, Command& command, const Screen& screen) {
  add_plain(app, command, screen, "status", "Is all well, and if not, what needs a person?", show_status);
  add_check(app, command, screen);
  add_history(app, command, screen);
  add_local(app, command, screen);
  CLI::App* policy = app.add_subcommand("policy", "Who may have what")->require_subcommand(1);
  add_plain(*policy, command, screen, "show", "The policy in force", show_policy);
  add_list_verbs(app, command, screen);
}

}  // namespace

void add_plain(CLI::App& app, Command& command, const Screen& screen, const char* name, const char* meaning,
               PlainVerb run_verb) {
  app.fallthrough();
  app.add_subcommand(name, meaning)->callback([&command, &screen, run_verb] {
    command.verb = [&command, &screen, run_verb] { return run_verb(command.globals, screen); };
  });
}

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

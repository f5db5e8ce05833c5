#include "resolver/daemon/options.h"

#include <CLI/CLI.hpp>

namespace schoolgate::daemon {
namespace {

constexpr int kBadUsage = 2;

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app("schoolgated: the DNS resolver that filters, answers and remembers for a school", "schoolgated");
  app.add_option("--config", options.config, "Configuration file")->capture_default_str();
  app.add_flag("--check-config", options.check_config, "Read the configuration and the policy, report, and end");
  app.set_version_flag("--version", "schoolgated " SCHOOLGATE_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadUsage;
  }
  return options;
}

}  // namespace schoolgate::daemon

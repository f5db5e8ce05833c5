// The command line of schoolgated.
#pragma once

#include <string>
#include <variant>

namespace schoolgate::daemon {

struct Options {
  std::string config = "/etc/schoolgate/schoolgate.toml";
  bool check_config = false;
};

// The options, or the exit code with which the program ends at once (--help, --version, wrong usage).
std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace schoolgate::daemon

// What was asked for, once the command line is understood; and what the tables of verbs have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "admin-cli/verbs.h"

namespace schoolgate::admin_cli {

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
  std::string category;       // of lists catalogue
  std::string removed;        // by lists remove
  std::string found;          // by lists find
  LookedUpOptions looked_up;  // of lists stats
  std::function<base::Status()> verb;
};

// A script's variable that was never set must not widen a search to everybody.
inline const CLI::Validator kNotEmpty(
    [](const std::string& text) { return std::string(text.empty() ? "is empty" : ""); }, "");

// A verb without options of its own.
using PlainVerb = base::Status (*)(const Globals&, const Screen&);
void add_plain(CLI::App& app, Command& command, const Screen& screen, const char* name, const char* meaning,
               PlainVerb run_verb);

// schoolgate lists …, in cli_lists.cpp.
void add_list_verbs(CLI::App& app, Command& command, const Screen& screen);

}  // namespace schoolgate::admin_cli

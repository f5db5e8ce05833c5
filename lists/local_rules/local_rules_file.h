// STATE/local_rules.toml, and STATE/local_rules.toml.copy beside it.
//
// Both say the same: a change is written to the file, and then to the copy, each atomically. When the file cannot be read at
// a start (a bad sector, a slip of somebody's editor), the copy is in force, so that no change is lost and the daemon neither
// stays down nor forgets what it should block; with no good copy either there are no local rules, and the lists alone decide.
// Both are said in `status` until the next change, which keeps what could not be read as local_rules.toml.damaged. A copy of
// the state before, as of the image, would bring back a site that was blocked a minute ago.
//
// Thread contract: writing belongs to one thread at a time; the daemon's.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "lists/local_rules/local_rules.h"

namespace schoolgate::lists {

struct KeptLocalRules {
  std::vector<LocalRule> rules;
  std::string problem;  // empty: read from the file itself, or there are none yet
};

KeptLocalRules read_local_rules(const std::string& state_folder);
// The file: what is in it outlives a power cut. An error leaves it as it was.
base::Status write_local_rules(const std::string& state_folder, const std::vector<LocalRule>& rules);
// The same in the copy.
base::Status copy_local_rules(const std::string& state_folder, const std::vector<LocalRule>& rules);
// Whoever wrote into the file what cannot be read finds it again, as local_rules.toml.damaged.
void keep_damaged_local_rules(const std::string& state_folder);

std::string local_rules_path(const std::string& state_folder);
std::string local_rules_copy_path(const std::string& state_folder);

}  // namespace schoolgate::lists

// What the verbs that read lists have in common: the files that the policy names, and manners beside a daemon.
#pragma once

#include <string>
#include <vector>

#include "admin-cli/files.h"
#include "admin-cli/verbs.h"
#include "lists/build.h"

namespace schoolgate::admin_cli {

// The folders and files that the daemon has in force, all three; or none: the configuration's.
struct FilesInForce {
  std::string state, policy, data;
};
base::Result<Files> files_of_lists(const Globals& globals, const FilesInForce& in_force);

std::vector<lists::Source> sources_of(const Files& files);

// The daemon answers on the same cores, and must not be the one that the kernel ends when memory runs out.
void give_way();

}  // namespace schoolgate::admin_cli

// `sudo schoolgate lists build` must leave files that the daemon, which is not root, can read and replace.
#pragma once

#include <string>

#include "base/result.h"

namespace schoolgate::admin_cli {

// Started by root, the whole process becomes, for good, the owner of the state folder; when that is missing or root's,
// it is made and given to `daemon_user` first, as the daemon itself would. Nothing happens to others than root, or when
// there is no such user. Threads must not exist yet.
base::Status become_state_owner(const std::string& state_folder, const std::string& daemon_user);

}  // namespace schoolgate::admin_cli

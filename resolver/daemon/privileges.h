// From root to the daemon's own user, once the ports are bound.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace schoolgate::daemon {

struct User {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

// nullopt when not started as root: nothing to drop. kNotFound when the configured user does not exist.
base::Result<std::optional<User>> find_user(const std::string& name);

// The folder, made and given to the user.
base::Status own_folder(const std::string& path, const std::optional<User>& user);
// That we can work in it, as who we are now: root passes everywhere, its daemon's user may not.
base::Status check_own_folder(const std::string& path);

// For good: no capability is left, and none can come back through a set-uid program. Threads must not exist yet.
base::Status drop_privileges(const User& user);

// What is made from now on is for us and our group alone: SQLite makes its files as wide as it is let.
void keep_files_private();

// As many file descriptors as the system lets us have.
void raise_file_limit();

}  // namespace schoolgate::daemon

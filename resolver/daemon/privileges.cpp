#include "resolver/daemon/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace schoolgate::daemon {

using base::Error;
using base::ErrorCode;

base::Result<std::optional<User>> find_user(const std::string& name) {
  if (::geteuid() != 0) return std::optional<User>();
  const passwd* entry = ::getpwnam(name.c_str());
  if (entry == nullptr) {
    return Error(ErrorCode::kNotFound, "user '" + name + "' does not exist: make it with `useradd --system " + name +
                                           "`, or name another in [server] user");
  }
  if (entry->pw_uid == 0) return Error(ErrorCode::kInvalid, "[server] user must not be root");
  return std::optional<User>(User{name, entry->pw_uid, entry->pw_gid});
}

base::Status own_folder(const std::string& path, const std::optional<User>& user) {
  if (auto made = base::make_folder(path); !made) return made;
  if (user && ::chown(path.c_str(), user->uid, user->gid) != 0) {
    return base::system_error(errno, "cannot give " + path + " to " + user->name);
  }
  return {};
}

base::Status check_own_folder(const std::string& path) {
  if (::access(path.c_str(), W_OK | X_OK) != 0) return base::system_error(errno, "cannot write in " + path);
  return {};
}

base::Status drop_privileges(const User& user) {
  const bool dropped = ::initgroups(user.name.c_str(), user.gid) == 0 &&
                       ::setresgid(user.gid, user.gid, user.gid) == 0 &&
                       ::setresuid(user.uid, user.uid, user.uid) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (!dropped) return base::system_error(errno, "cannot become user " + user.name);
  if (::setuid(0) == 0) return Error(ErrorCode::kForbidden, "still root after becoming " + user.name);
  return {};
}

void keep_files_private() { ::umask(S_IRWXO | S_IWGRP); }

void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace schoolgate::daemon

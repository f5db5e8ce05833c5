#include "admin-cli/state_owner.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "base/file.h"

namespace schoolgate::admin_cli {
namespace {

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

// nullopt: missing, or root's.
std::optional<Owner> owner_of(const std::string& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || status.st_uid == 0) return std::nullopt;
  return Owner{status.st_uid, status.st_gid};
}

base::Status become(const Owner& owner) {
  const passwd* entry = ::getpwuid(owner.user);
  const int grouped = entry != nullptr ? ::initgroups(entry->pw_name, owner.group) : ::setgroups(0, nullptr);
  if (grouped != 0 || ::setresgid(owner.group, owner.group, owner.group) != 0 ||
      ::setresuid(owner.user, owner.user, owner.user) != 0) {
    return base::system_error(errno, "cannot become user " + std::to_string(owner.user));
  }
  return {};
}

}  // namespace

base::Status become_state_owner(const std::string& state_folder, const std::string& daemon_user) {
  if (::geteuid() != 0) return {};
  if (const auto owner = owner_of(state_folder)) return become(*owner);
  const passwd* user = ::getpwnam(daemon_user.c_str());
  if (user == nullptr || user->pw_uid == 0) return {};
  const Owner owner{user->pw_uid, user->pw_gid};
  if (auto made = base::make_folder(state_folder); !made) return made;
  if (::chown(state_folder.c_str(), owner.user, owner.group) != 0) {
    return base::system_error(errno, "cannot give " + state_folder + " to " + daemon_user);
  }
  return become(owner);
}

}  // namespace schoolgate::admin_cli

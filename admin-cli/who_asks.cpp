#include "admin-cli/who_asks.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

namespace schoolgate::admin_cli {

std::string who_asks() {
  const char* caller = ::geteuid() == 0 ? std::getenv("SUDO_USER") : nullptr;
  if (caller != nullptr && *caller != '\0') return caller;
  const passwd* user = ::getpwuid(::geteuid());
  return user != nullptr ? std::string(user->pw_name) : fmt::format("uid {}", ::geteuid());
}

}  // namespace schoolgate::admin_cli

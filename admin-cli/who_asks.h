// Who is at the keyboard, for what is written down of a decision.
#pragma once

#include <string>

namespace schoolgate::admin_cli {

// The user; with sudo, whoever called it. Before become_state_owner(), which makes another of the process.
std::string who_asks();

}  // namespace schoolgate::admin_cli

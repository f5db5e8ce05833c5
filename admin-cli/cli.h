// The command line: which verbs there are, and what becomes of their errors.
#pragma once

#include "admin-cli/screen.h"

namespace schoolgate::admin_cli {

// 0 done, 1 refused or not found, 2 bad usage or bad configuration.
int run(int argc, const char* const* argv, const Screen& screen);

}  // namespace schoolgate::admin_cli

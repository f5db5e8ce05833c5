// What a daemon that runs makes of a policy file that a command has changed.
#pragma once

#include "admin-cli/verbs.h"
#include "base/result.h"
#include "web/json.h"

namespace schoolgate::admin_cli {

// The last words of a command that changed the policy file. Has a daemon that runs read it again, waits for some seconds until
// the lists are built of it, and says what came of it; with --json `outcome` is printed, and has it as "reload".
// kUnavailable with the reason when the daemon goes on with the policy before. `fetches`: a list with an address was added.
enum class Fetches { kNothing, kSomething };
base::Status tell_daemon(const Globals& globals, web::Json outcome, Fetches fetches, const Screen& screen);

}  // namespace schoolgate::admin_cli

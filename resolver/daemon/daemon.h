// Daemon: schoolgated put together. Who uses what is decided here and nowhere else.
#pragma once

#include "base/result.h"
#include "resolver/configuration.h"

namespace schoolgate::daemon {

// Runs until SIGTERM or SIGINT; everything that was answered is stored by then. An Error is what prevented the start.
base::Status run(const resolver::Configuration& configuration);

// Reads what run() would read, and nothing else.
base::Status check(const resolver::Configuration& configuration);

}  // namespace schoolgate::daemon

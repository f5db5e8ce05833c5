// Search over the day files, newest first. Any number of threads and processes at a time: each call opens what it reads,
// read-only, and writing goes on meanwhile.
#pragma once

#include <string>

#include "base/result.h"
#include "history/history.h"

namespace schoolgate::history {

base::Result<Page> search(const std::string& folder, const Filter& filter);

}  // namespace schoolgate::history

// Search over the day files, newest first. Any number of threads and processes at a time: each call opens what it reads,
// read-only, and writing goes on meanwhile.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "history/history.h"

namespace schoolgate::history {

// When `gives_up` says so, the page has what was found until then, and a problem that names the days not searched.
base::Result<Page> search(const std::string& folder, const Filter& filter, const std::function<bool()>& gives_up);

}  // namespace schoolgate::history

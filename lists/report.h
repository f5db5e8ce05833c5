// The report of a build as JSON: STATE/filter.report.json. Keys may only grow.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "lists/build.h"

namespace schoolgate::lists {

std::string encode_report(const BuildOutcome& outcome);
// kDamaged when the bytes are not what encode_report writes; unknown keys are passed over.
base::Result<BuildOutcome> parse_report(std::string_view text);

std::string report_path(const std::string& state_folder);

}  // namespace schoolgate::lists

// The report of a build as JSON: STATE/filter.report.json. Keys may only grow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lists/report/list_report.h"

namespace schoolgate::lists {

struct BuildOutcome {
  std::vector<ListReport> lists;
  std::string image_digest;
  std::uint64_t rules = 0;
  double seconds = 0;
};

std::string encode_report(const BuildOutcome& outcome);
// kDamaged when the bytes are not what encode_report writes; unknown keys are passed over.
base::Result<BuildOutcome> parse_report(std::string_view text);
// What the last build said; kNotFound before the first.
base::Result<BuildOutcome> read_report(const std::string& state_folder);

std::string report_path(const std::string& state_folder);

}  // namespace schoolgate::lists

// Which names were looked up in some time, and how often: for whoever asks what a list did, or would do.
//
// Any number of threads and processes at a time: each call opens what it reads, read-only, and writing goes on meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::history {

struct TimeSpan {
  std::int64_t from_us = 0;  // inclusive
  std::int64_t to_us = 0;    // exclusive
};

struct NamesRead {
  std::uint64_t names = 0;
  std::uint64_t lookups = 0;
  std::vector<std::string> problems;  // days that could not be read to their end, and why: what they hold is missing
};

using TakeName = std::function<base::Status(const dns::Name& lower_name, std::uint64_t lookups)>;

// Each name once, those under a name right after it, with all its lookups of the time; ends at the first error of `take`. Of each
// day one name is in memory at a time, and nothing else: a day has millions of lookups. kNotFound when there is no history at
// all; kForbidden when whoever asks may not read it.
base::Result<NamesRead> read_looked_up_names(const std::string& folder, TimeSpan span, const TakeName& take);

}  // namespace schoolgate::history

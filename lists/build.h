// From list sources to one image. Runs in a process of its own (`schoolgate lists build`), never in the daemon's threads.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "lists/catalogue/taxonomy.h"
#include "lists/guard/guard.h"
#include "lists/report/report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {

class BuildObserver;

// Reads every source, keeps a copy of each good one in STATE/lists/ID, writes STATE/filter.image and
// STATE/filter.report.json. A list that cannot be read, or has no rule left, is replaced by its kept copy; with none, it
// is missing and says so. In the image the lists stand in the order of `sources`.
// An opaque list has no such copy but its rules as hashes, STATE/lists/ID.hashed, and is stored as such only. When it cannot
// be read and what is kept of it does not fit the key, there is no new image: one without it would let its names through.
// kInvalid for a setting that is wrong (id, category, format); kUnavailable when not one list has a rule and none has
// a copy: the last image then stays as it was; kInUse when another build went on in the same folder for too long.
// An update that is more likely a mistake is held back until a person has looked (update_check.h, versions.h): the version
// before stays in force.
// `popular_names` (popular_names.h): a pattern that matches too many of them is held back.
// `observer` (build_progress.h) is told how far the build is; nullptr: nobody looks.
base::Result<BuildOutcome> build_image(const Taxonomy& taxonomy, const Guard& guard,
                                       std::vector<dns::Name> popular_names, const std::vector<Source>& sources,
                                       const std::string& state_folder, BuildObserver* observer = nullptr);

std::string image_path(const std::string& state_folder);
// The image before, for when that one is damaged.
std::string previous_image_path(const std::string& state_folder);

}  // namespace schoolgate::lists

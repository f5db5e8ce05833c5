// From list sources to one image. Runs in a process of its own (`schoolgate lists build`), never in the daemon's threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "filter/image_builder.h"
#include "lists/catalogue/taxonomy.h"
#include "lists/fetch/fetched_list.h"
#include "lists/formats/own_answer.h"
#include "lists/guard/guard.h"

namespace schoolgate::lists {

class BuildObserver;

struct Source {
  std::string id;
  std::string category;  // a tag's id
  std::string path;      // a file, a category folder (category_folder.h), an archive, or what was fetched
  std::string format = "auto";
  bool opaque = false;  // its names are stored and shown nowhere: see opaque_source.h
  // A district may mean a list of whole top-level domains.
  Guard::Suffixes suffixes = Guard::Suffixes::kSetAside;
  ListAction action = ListAction::kUnset;       // how its names are answered
  std::optional<Remote> remote = std::nullopt;  // where `path` was fetched from
  std::string folder = "";                      // of an archive with several category folders: see archive.h

  std::string shown_source() const { return (remote ? remote->url : path) + (folder.empty() ? "" : "#" + folder); }
};

// A version of a list that was read and is not in force: it waits for a person, or a person refused it.
struct HeldUpdate {
  std::uint32_t version = 0;
  std::string why;
  std::int64_t since_us = 0;  // since the epoch
  bool refused = false;
};

// How many rules of a list could not be taken for one reason, and the first of them: no line stays unexplained, however many
// there are.
struct RejectedReason {
  std::string reason;
  std::uint64_t count = 0;
  std::uint32_t line = 0;
  std::string text;
};

// What became of one list.
struct ListReport {
  std::string id;
  std::string category;
  std::string source;
  std::string format;   // the one found when "auto"
  std::string version;  // digest of the bytes read, hex; of an opaque list a keyed one
  std::uint64_t rules = 0;
  std::uint64_t skipped = 0;                   // lines that are no rule
  std::uint64_t rejected_count = 0;            // rules that could not be taken, those of `guarded` among them
  std::uint64_t guarded = 0;                   // rules set aside, since they would block what must not be blocked
  std::vector<filter::RejectedRule> rejected;  // the first 100 of them, with line and reason
  std::vector<RejectedReason> reasons;         // of all of them, in the order of their first lines; at most 50
  std::string problem;                         // empty: read now. Else why not, and what is in force instead
  bool kept_copy = false;                      // the last good version was used
  bool opaque = false;                         // its names are not stored, and the rejected rules have no text
  std::uint32_t version_number = 0;            // in the list's log; 0: it could not be kept
  std::optional<HeldUpdate> held;              // what the source says now, when that is not in force
};

struct BuildOutcome {
  std::vector<ListReport> lists;
  std::string image_digest;
  std::uint64_t rules = 0;
  double seconds = 0;
};

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
// What the last build said; kNotFound before the first.
base::Result<BuildOutcome> read_report(const std::string& state_folder);

std::string image_path(const std::string& state_folder);
// The image before, for when that one is damaged.
std::string previous_image_path(const std::string& state_folder);

}  // namespace schoolgate::lists

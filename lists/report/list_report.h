// What a build says of one list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "filter/image_builder.h"

namespace schoolgate::lists {

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
  std::string stamp;                           // of the source that is in force (source_stamp.h); empty: unknown
};

// Adds to the list's rejected rules and their reasons; the first 100 are kept, in a form that is safe for a terminal; of an
// opaque list without their text.
void note_rejected(ListReport& report, const filter::RejectedRule& rule);

}  // namespace schoolgate::lists

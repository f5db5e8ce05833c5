// A list whose names may be stored, and which octets of it are in force: those of its source, or the copy kept of the last good
// ones.
#pragma once

#include <optional>

#include "filter/list_rules.h"
#include "lists/report/list_report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {

class BuildProgress;

struct PlainReading {
  ListReport report;
  std::optional<filter::ListRules> rules;  // absent: the list is missing
};

// Octets with at least one rule become the kept copy and a version of the list; without one, unreadable, or held back as a
// version that a person has to look at first, the kept copy takes their place. What has not changed since the last build is not
// read, and octets that were parsed before are not parsed (kept_rules.h).
// REQUIRES: a valid id and format, and a list that is not opaque; for those see opaque_source.h.
// `collected` is memory to work in: the lists of a build take it in turn.
PlainReading read_plain_source(const Source& source, const Ground& ground, BuildProgress& progress,
                               filter::ListRulesBuilder& collected);

}  // namespace schoolgate::lists

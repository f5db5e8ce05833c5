// The source of an opaque list, and which rules of it are in force: those just read, or those kept of the last good ones. Its
// names leave this function as hashes only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "filter/rules/opaque_rules.h"
#include "lists/report/list_report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {

struct OpaqueReading {
  ListReport report;
  std::vector<filter::OpaqueRule> rules;  // sorted, each once; empty: the list is missing
  std::optional<filter::OpaqueKey> key;   // what they were hashed with
};

// As read_source(), but the kept copy is opaque_copy.h's, and the key of the state folder is made when there is none. A
// copy in the clear, of the time before the list was opaque, is hashed too, and goes.
// REQUIRES: source.opaque.
// Fails when a key that is there cannot be used; or when the source cannot be read, and what is kept of it neither.
base::Result<OpaqueReading> read_opaque_source(const Source& source, const Ground& ground);

// Whether the last good version of the list was kept while it was opaque.
bool has_opaque_copy(const Source& source, const std::string& state_folder);
// Of a list that is no longer opaque, and was read as it is now.
void remove_opaque_copy(const Source& source, const std::string& state_folder);

}  // namespace schoolgate::lists

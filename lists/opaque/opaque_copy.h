// OpaqueCopy: what is kept of the last good version of an opaque list: its rules as hashes and what was said of them, in
// STATE/lists/ID.hashed. No more than the image has; a list's own id has no dot, so this is no other list's copy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/rules/opaque_rules.h"
#include "lists/report/list_report.h"

namespace schoolgate::lists {

struct OpaqueCopy {
  ListReport report;
  std::vector<filter::OpaqueRule> rules;
};

std::string encode_opaque_copy(const OpaqueCopy& copy, const filter::OpaqueKey& key);
// Only when it differs from what is there: an unchanged list costs no sync. REQUIRES: at least one rule, sorted.
base::Status write_opaque_copy(const std::string& path, std::string_view octets);
// kNotFound when there is none; kForbidden when its names were hashed with another key; kDamaged.
base::Result<OpaqueCopy> read_opaque_copy(const std::string& path, const filter::OpaqueKey& key);

std::string opaque_copy_path(const std::string& state_folder, const std::string& list);

}  // namespace schoolgate::lists

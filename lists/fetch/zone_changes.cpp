#include "lists/fetch/zone_changes.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

Error does_not_fit(const std::string& line, std::string_view why) {
  return Error(ErrorCode::kInvalid, "the changes do not fit the zone that we have: '" + line + "' " + std::string(why));
}

}  // namespace

base::Status ZoneChanges::set(std::string line, bool is_there) {
  const auto [change, is_new] = changes_.try_emplace(std::move(line), Change{!is_there, is_there});
  if (is_new) return {};
  if (change->second.is_there == is_there) {
    return does_not_fit(change->first, is_there ? "is added twice" : "is removed twice");
  }
  change->second.is_there = is_there;
  return {};
}

base::Status ZoneChanges::remove(std::string line) { return set(std::move(line), false); }
base::Status ZoneChanges::add(std::string line) { return set(std::move(line), true); }

base::Result<std::string> ZoneChanges::apply(std::string_view records) const {
  std::string text;
  text.reserve(records.size());
  std::unordered_set<std::string_view> met;
  std::string line;
  while (!records.empty()) {
    const std::size_t end = std::min(records.find('\n'), records.size() - 1);
    line.assign(records.substr(0, end));
    const auto change = changes_.find(line);
    if (change != changes_.end()) {
      if (!change->second.was_there) return does_not_fit(line, "is added, and there already");
      met.insert(change->first);
    }
    if (change == changes_.end() || change->second.is_there) text.append(records.substr(0, end + 1));
    records.remove_prefix(end + 1);
  }
  std::vector<std::string_view> added;
  for (const auto& [name, change] : changes_) {
    if (change.was_there && !met.contains(name)) return does_not_fit(name, "is removed, and not there");
    if (!change.was_there && change.is_there) added.push_back(name);
  }
  std::sort(added.begin(), added.end());  // the same file from the same changes
  for (const std::string_view one : added) text.append(one).append(1, '\n');
  return text;
}

}  // namespace schoolgate::lists

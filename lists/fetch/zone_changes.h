// What an incremental transfer (RFC 1995) does to the zone that we have: records taken away and added, version after version,
// brought into one change. Strict: what does not fit the zone says that it is not the one the primary means, and a whole
// transfer is needed.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace schoolgate::lists {

class ZoneChanges {
 public:
  // By their lines (zone_record.h). kInvalid: it was removed, or added, just before.
  base::Status remove(std::string line);
  base::Status add(std::string line);

  // The lines of the zone, each with its end, after all changes: those that stay in their order, then the new ones.
  // kInvalid: a record was to go that is not there, or to come that is.
  base::Result<std::string> apply(std::string_view records) const;

  std::size_t size() const { return changes_.size(); }

 private:
  struct Change {
    bool was_there;  // before the first
    bool is_there;   // after the last
  };
  base::Status set(std::string line, bool is_there);

  std::unordered_map<std::string, Change> changes_;
};

}  // namespace schoolgate::lists

// DayFiles: the folder of day files as the writer sees it. Brings each record into its day, sets damaged files aside,
// deletes old ones.
//
// Not thread-safe: the writer's; size_bytes() from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "filter/rules/tag_table.h"
#include "history/day.h"
#include "history/problems.h"
#include "history/store.h"

namespace schoolgate::history {

class DayFiles {
 public:
  DayFiles(std::string folder, filter::TagTable tags, Problems& problems);

  // Files that are no databases get out of the way before anything is written; a file that turns out to be damaged
  // later goes the same way when it is next written to.
  void set_aside_damaged();
  // Returns how many rows were new. On an error some days may have theirs: the same batch may be offered again.
  base::Result<std::uint64_t> append(const Batch& batch);
  std::vector<Day> days() const { return find_days(folder_); }  // newest first
  // Deletes what belongs to days before `oldest_kept`, files set aside too.
  void delete_before(Day oldest_kept);

  static std::uint64_t size_bytes(const std::string& folder);

 private:
  base::Result<std::uint64_t> append_to(Day day, const Batch& batch);
  base::Result<DayStore*> store_of(Day day);
  void set_aside(Day day, const std::string& why);

  const std::string folder_;
  const filter::TagTable tags_;
  Problems& problems_;
  std::map<Day, std::unique_ptr<DayStore>> open_;
  std::set<std::string> aside_;  // problems until somebody takes them away
};

// Renames PATH to PATH.damaged, or PATH.damaged.2 when that is taken, …; returns the new name.
base::Result<std::string> set_file_aside(const std::string& path);

}  // namespace schoolgate::history

// DayStore: one day of lookups in one SQLite file, to be added to.
//
// Exactly once. A batch adds its rows and the ring's last sequence in one transaction of this file; rows whose sequence
// is not above the one stored are left out. So a batch may be offered again, whole, after any crash: what a file has, it
// keeps, and what it lacks, it gets. Each day file goes by its own sequence, so that a batch over midnight, which is two
// transactions, needs no more than that.
//
// Not thread-safe: the writer's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "filter/rules/tag_table.h"
#include "history/day.h"
#include "history/record.h"

namespace schoolgate::history {

// Consecutive records of one ring.
struct Batch {
  std::string_view ring;  // its key
  std::string_view node;
  std::string_view site;
  std::uint64_t first = 1;  // sequence of the first record
  std::span<const LookupRecord> records;
  std::uint64_t last() const { return first + records.size() - 1; }
};

class DayStore {
 public:
  // kDamaged when there is a file and it is not a day's. `tags` outlives the store.
  static base::Result<std::unique_ptr<DayStore>> open(const std::string& path, Day day, const filter::TagTable& tags);
  ~DayStore();

  // Adds those of the batch that are of this day and not here yet; returns how many. All or none.
  base::Result<std::uint64_t> append(const Batch& batch);

 private:
  struct Impl;
  explicit DayStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolgate::history

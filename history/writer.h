// Writer: the one thread that brings what is in the rings into the day files.
//
// Thread contract: one owner starts and stops it and adds rings; flush() and the counts from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "history/day_files.h"
#include "history/journal.h"
#include "history/losses.h"
#include "history/problems.h"

namespace schoolgate::history {

class Writer {
 public:
  struct Settings {
    std::string site;
    int retention_days;
  };
  struct Counts {
    std::uint64_t stored = 0;
    std::uint64_t dropped = 0;
    std::uint64_t waiting = 0;
  };

  Writer(Settings settings, DayFiles& files, Problems& problems, const base::Clock& clock);
  ~Writer();  // stop()

  // REQUIRES: before start(). Stores what is in a ring that a dead process left.
  base::Status drain_left_behind(JournalRing& ring);

  void start();
  JournalRing* add_ring(std::unique_ptr<JournalRing> ring);
  // Makes the thread go round once more, and waits until it has: all that was published before is stored, or could not
  // be. After a failed attempt the next one is made when it is due, unless somebody insists.
  enum class Insist { kNo, kYes };
  void flush(Insist insist, std::chrono::milliseconds patience);
  // Once more round, then ends the thread. Files of rings that are stored to the last record are deleted; others stay
  // for the next start.
  void stop();

  Counts counts() const;
  // The first day that retention keeps: day 0 while the clock is in doubt, which is then a problem.
  Day oldest_kept();

 private:
  void run();
  void go_round();
  base::Status drain(JournalRing& ring);
  std::vector<JournalRing*> rings() const;
  void delete_old_days();

  const Settings settings_;
  DayFiles& files_;
  Problems& problems_;
  const base::Clock& clock_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable round_done_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<JournalRing>> rings_;
  std::uint64_t rounds_wanted_ = 0;
  std::uint64_t rounds_done_ = 0;
  bool insisted_ = false;
  std::uint64_t stored_ = 0;
  bool stopping_ = false;

  // The thread's own.
  std::vector<LookupRecord> records_;
  std::int64_t next_deletion_us_ = 0;
  std::int64_t next_attempt_us_ = 0;
  Losses losses_;
  std::thread thread_;
};

}  // namespace schoolgate::history

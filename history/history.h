// History: the writer thread that drains the rings into SQLite, and search over what it stored.
//
// Thread contract: start(), stop() and add_ring() from the control thread; search() from any thread (each call opens its
// own read connection; WAL, so that reading never waits for writing).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "filter/rules/tag_table.h"
#include "history/journal.h"
#include "history/record.h"

namespace schoolgate::history {

struct Settings {
  std::string folder;  // STATE/history: day files YYYY-MM-DD.sqlite (UTC), rings in FOLDER/journal
  std::string node;
  std::string site;
  // Days; the writer deletes day files that are older at start and once an hour.
  int retention_days = 365;
  std::uint32_t ring_slots = JournalRing::kDefaultSlots;  // a power of two
};

// A lookup as it is stored and searched.
struct Lookup {
  std::int64_t time_us = 0;
  std::string device;
  std::string client;  // address as text
  std::string name;    // presentation form, escaped
  std::string type;    // "A"
  LookupVerdict verdict = LookupVerdict::kAllowed;
  std::string category;
  std::string list;
  std::vector<std::string> tags;
  std::string rcode;
  Transport transport = Transport::kUdp;
  std::uint32_t duration_us = 0;
  bool cached = false;
};

struct Filter {
  std::optional<std::string> device;  // exact id
  std::optional<std::string> name;    // exact, "*.example.org" (below), or "*part*"
  std::optional<base::IpAddress> client;
  std::optional<std::string> category;  // that decided, or that the name has: who may have it asked for it too
  std::optional<LookupVerdict> verdict;
  std::optional<std::int64_t> from_us;  // inclusive
  std::optional<std::int64_t> to_us;    // exclusive
  std::uint32_t limit = 100;
  std::string cursor;  // of the page before; empty: newest
};

struct Page {
  std::vector<Lookup> lookups;        // newest first
  std::string next_cursor;            // empty: no more
  std::vector<std::string> problems;  // days that could not be read, and why: the page lacks what they hold
};

struct Statistics {
  std::uint64_t stored = 0;   // since start
  std::uint64_t dropped = 0;  // ring full, or could not be stored
  std::uint64_t waiting = 0;  // in the rings
  std::uint64_t bytes = 0;    // of all day files
  std::string last_problem;   // what is wrong now; empty: all is well; "cannot write …: No space left on device"
  std::int64_t last_problem_us = 0;
};

class History {
 public:
  // Opens the folder, drains every ring that a dead process left, starts the writer. kInUse when another process has it.
  static base::Result<std::unique_ptr<History>> start(Settings settings, filter::TagTable tags,
                                                      const base::Clock& clock);
  ~History();  // stop()

  // A ring for one worker; owned here, valid until stop().
  base::Result<JournalRing*> add_ring(std::uint32_t worker);
  // Drains everything that was published before the call, then ends the writer. No publish() after it.
  void stop();
  // Waits until what was published before the call is stored (tests, and `history search` right after a lookup), for five
  // seconds at most.
  void flush();
  // The same for a moment only: whoever waits for a page must not wait for a disk.
  void flush_briefly();

  // Ends when its time is over, with a problem in the page: one reader must not keep the others waiting for ever.
  static constexpr std::int64_t kMostSearchUs = 30'000'000;
  base::Result<Page> search(const Filter& filter, std::int64_t most_us = kMostSearchUs) const;
  // Searches under way, and all later ones, end at once: before a stop. From any thread.
  void end_searches();
  Statistics statistics() const;
  std::string problem() const;  // the statistics' last_problem; touches no disk

 private:
  struct Impl;
  explicit History(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

std::string_view to_text(LookupVerdict verdict);  // "allowed", …
std::optional<LookupVerdict> parse_verdict(std::string_view text);

}  // namespace schoolgate::history

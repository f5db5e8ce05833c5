// Publishing: lookups through the journal rings of a History, a thread a ring, as the workers do it. A worker that meets
// a full ring drops the record; here each waits for room, so that nothing may be missing in the end.
#pragma once

#include <cstdint>

#include "history/history.h"
#include "tests/load/school.h"
#include "tests/load/traffic.h"

namespace schoolgate::load {

struct Published {
  Accounts accounts;
  double publish_ns = 0;  // the median over blocks of records
  double seconds = 0;     // until the last one was stored
  bool has_given_up = false;
};

// Ends the history's writer: everything that was published is stored when this returns, or never will be.
Published publish_all(history::History& history, const School& school, std::uint64_t lookups);

}  // namespace schoolgate::load

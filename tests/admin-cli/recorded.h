// Lookups that a daemon recorded, put into a workplace as it would have.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "dns/name.h"
#include "filter/rules/tag_table.h"
#include "history/history.h"
#include "tests/admin-cli/workplace.h"

namespace schoolgate::admin_cli {

struct Recorded {
  std::string name;
  int times = 1;
  std::int64_t seconds_ago = 60;
};

inline void record(const Workplace& place, const std::vector<Recorded>& lookups) {
  const base::SystemClock clock;
  history::Settings settings;
  settings.folder = place.path("state/history");
  settings.node = "node";
  settings.site = "school";
  auto history = history::History::start(settings, filter::TagTable(), clock);
  ASSERT_TRUE(history) << history.error().message();
  auto ring = (*history)->add_ring(0);
  ASSERT_TRUE(ring) << ring.error().message();
  for (const Recorded& lookup : lookups) {
    for (int i = 0; i < lookup.times; ++i) {
      history::LookupRecord record;
      record.time_us = clock.wall_us() - lookup.seconds_ago * 1'000'000;
      record.put_name(dns::Name::parse(lookup.name)->wire());
      history::LookupRecord::put(record.device, "pc-" + std::to_string(i % 3));
      (*ring)->publish(record);
    }
  }
  (*history)->flush();
  ASSERT_EQ((*history)->statistics().waiting, 0u);
}

}  // namespace schoolgate::admin_cli

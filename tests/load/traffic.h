// Traffic: one worker's lookups over a school week, and an account of them against which the history is checked.
#pragma once

#include <cstdint>
#include <vector>

#include "filter/rules/tag_table.h"
#include "history/record.h"
#include "tests/load/school.h"

namespace schoolgate::load {

// How many, and the sum of their durations: one too many and one too few do not make up for each other.
struct Account {
  std::uint64_t lookups = 0;
  std::uint64_t duration_us = 0;

  void add(std::uint32_t lookup_duration_us) {
    ++lookups;
    duration_us += lookup_duration_us;
  }
  Account& operator+=(const Account& other) {
    lookups += other.lookups;
    duration_us += other.duration_us;
    return *this;
  }
  bool operator==(const Account&) const = default;
};

struct Accounts {
  std::vector<Account> by_device = std::vector<Account>(School::kDevices);
  std::vector<Account> blocked_by_device = std::vector<Account>(School::kDevices);
  std::vector<Account> by_name = std::vector<Account>(School::kZones * School::kNamesPerZone);

  Accounts& operator+=(const Accounts& other);
};

class Traffic {
 public:
  static constexpr int kDays = 5;

  // The same for the same seed. `school` outlives it.
  Traffic(const School& school, std::uint64_t seed, std::uint64_t lookups);

  history::LookupRecord next();
  const Accounts& accounts() const { return accounts_; }

 private:
  std::int64_t next_time_us();

  const School& school_;
  Random random_;
  const std::uint64_t lookups_;
  std::uint64_t made_ = 0;
  Accounts accounts_;
};

// Of the category that Traffic blocks.
filter::TagTable traffic_tags();

}  // namespace schoolgate::load

#include "base/timestamp.h"

#include <gtest/gtest.h>

namespace schoolgate::base {
namespace {

TEST(Timestamp, WritesUtcWithMicroseconds) {
  EXPECT_EQ(to_timestamp(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_timestamp(1'709'164'800'000'001), "2024-02-29T00:00:00.000001Z");
  EXPECT_EQ(to_timestamp(1'798'761'599'999'999), "2026-12-31T23:59:59.999999Z");
}

TEST(Timestamp, ReadsWhatItWrites) {
  for (std::int64_t time = 0; time < 4'000'000'000'000'000; time += 86'399'123'456'789) {
    EXPECT_EQ(parse_timestamp(to_timestamp(time)), time);
  }
}

struct ReadCase {
  std::string text;
  std::optional<std::string> meaning;
};

TEST(Timestamp, ReadsRfc3339AndNothingElse) {
  const std::vector<ReadCase> cases = {
      {"2026-03-02T09:30:00Z", "2026-03-02T09:30:00.000000Z"},
      {"2026-03-02t09:30:00z", "2026-03-02T09:30:00.000000Z"},
      {"2026-03-02 09:30:00.5Z", "2026-03-02T09:30:00.500000Z"},
      {"2026-03-02T09:30:00.123456789Z", "2026-03-02T09:30:00.123456Z"},
      {"2026-07-02T00:30:00+01:00", "2026-07-01T23:30:00.000000Z"},
      {"2026-12-31T23:30:00-05:30", "2027-01-01T05:00:00.000000Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"},
      {"2026-06-30T23:59:60Z", "2026-07-01T00:00:00.000000Z"},
      {"", {}},
      {"2026-03-02", {}},
      {"2026-03-02T09:30Z", {}},
      {"2026-03-02T09:30:00", {}},
      {"2026-02-29T00:00:00Z", {}},
      {"2026-13-01T00:00:00Z", {}},
      {"2026-04-31T00:00:00Z", {}},
      {"2026-03-02T24:00:00Z", {}},
      {"2026-03-02T09:60:00Z", {}},
      {"2026-03-02T09:30:00.Z", {}},
      {"2026-03-02T09:30:00.1234567890Z", {}},
      {"2026-03-02T09:30:00+0100", {}},
      {"2026-03-02T09:30:00Z ", {}},
      {"+026-03-02T09:30:00Z", {}},
      {"2026-03-02T-9:30:00Z", {}},
      {"999999-03-02T09:30:00Z", {}},
  };
  for (const auto& each : cases) {
    const auto time = parse_timestamp(each.text);
    EXPECT_EQ(time ? std::optional(to_timestamp(*time)) : std::nullopt, each.meaning) << each.text;
  }
}

}  // namespace
}  // namespace schoolgate::base

#include "admin-cli/time_input.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <optional>

#include "base/timestamp.h"

namespace schoolgate::admin_cli {
namespace {

class TimeInputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const char* zone = std::getenv("TZ")) before_ = zone;
    use_zone("Europe/London");
  }
  void TearDown() override {
    before_ ? static_cast<void>(::setenv("TZ", before_->c_str(), 1)) : static_cast<void>(::unsetenv("TZ"));
    ::tzset();
  }
  void use_zone(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  std::string read(const std::string& text) {
    const auto time = parse_time(text, *base::parse_timestamp("2026-03-02T12:00:00Z"));
    return time ? base::to_timestamp(*time) : "no time";
  }
  std::optional<std::string> before_;
};

TEST_F(TimeInputTest, ReadsWhatPeopleType) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"now", "2026-03-02T12:00:00.000000Z"},
      {"30s", "2026-03-02T11:59:30.000000Z"},
      {"10m", "2026-03-02T11:50:00.000000Z"},
      {"2h", "2026-03-02T10:00:00.000000Z"},
      {"1d", "2026-03-01T12:00:00.000000Z"},
      {"1w ago", "2026-02-23T12:00:00.000000Z"},
      {"2026-03-02", "2026-03-02T00:00:00.000000Z"},
      {"2026-07-02", "2026-07-01T23:00:00.000000Z"},  // British summer time
      {"2026-07-02 09:30", "2026-07-02T08:30:00.000000Z"},
      {"2026-07-02 09:30:15", "2026-07-02T08:30:15.000000Z"},
      {"2026-07-02T09:30:00Z", "2026-07-02T09:30:00.000000Z"},
      {"2026-07-02T09:30:00.25+02:00", "2026-07-02T07:30:00.250000Z"},
  };
  for (const auto& [text, meaning] : cases) EXPECT_EQ(read(text), meaning) << text;
}

TEST_F(TimeInputTest, RefusesTheRestAndSaysWhatWouldDo) {
  for (const char* text : {"", "yesterday", "10", "m", "-5m", "5x", "10 m", "999999999d", "2026-3-2", "2026-02-30",
                           "2026-03-02 25:00", "2026-03-02 09", "02/03/2026", "2026-03-02 09:30 "}) {
    EXPECT_EQ(read(text), "no time") << text;
  }
  EXPECT_NE(parse_time("x", 0).error().message().find("2026-03-02"), std::string::npos);
}

TEST_F(TimeInputTest, ShowsThisMachinesTime) {
  EXPECT_EQ(to_local_time("2026-07-02T08:30:15.123456Z"), "2026-07-02 09:30:15");
  EXPECT_EQ(to_local_time("nonsense"), "nonsense");
  EXPECT_EQ(local_zone(*base::parse_timestamp("2026-07-02T08:30:15Z")), "BST");
  EXPECT_EQ(local_zone(*base::parse_timestamp("2026-01-02T08:30:15Z")), "GMT");
}

}  // namespace
}  // namespace schoolgate::admin_cli

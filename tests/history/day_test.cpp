#include "history/day.h"

#include <gtest/gtest.h>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

TEST(Day, BeginsAtMidnightUtc) {
  EXPECT_EQ(to_text(day_of(0)), "1970-01-01");
  EXPECT_EQ(to_text(day_of(kNoonUs)), "2024-10-04");
  const Day day = day_of(kNoonUs);
  EXPECT_EQ(day_of(start_us(day)), day);
  EXPECT_EQ(day_of(start_us(day) - 1), day - 1);
  EXPECT_EQ(day_of(start_us(day + 1) - 1), day);
}

TEST(Day, TimesOutOfRangeHaveADayAllTheSame) {
  EXPECT_EQ(to_text(day_of(-1)), "1970-01-01");
  EXPECT_EQ(to_text(day_of(std::numeric_limits<std::int64_t>::min())), "1970-01-01");
  EXPECT_EQ(to_text(day_of(std::numeric_limits<std::int64_t>::max())), "9999-12-31");
}

TEST(Day, TextAndBack) {
  for (const Day day : {0, 59, 11'016, 20'000, 20'365, 2'932'896}) EXPECT_EQ(parse_day(to_text(day)), day);
  EXPECT_EQ(parse_day("2024-02-29"), 19'782);
  EXPECT_EQ(parse_day("2024-10-04.sqlite-wal"), 20'000);
}

TEST(Day, RefusesWhatIsNone) {
  for (const char* text : {"", "2024", "2024-10-4", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-32",
                           "2024/10/04", "abcd-10-04", "+024-10-04", "1969-12-31", "2024-1a-04", "-024-10-04"}) {
    EXPECT_EQ(parse_day(text), std::nullopt) << text;
  }
}

TEST(Day, FilesAreFoundNewestFirstAndOthersLeftAlone) {
  const TemporaryFolder folder;
  for (const char* name : {"2024-10-04.sqlite", "2023-01-01.sqlite", "2024-10-05.sqlite", "2024-10-04.sqlite-wal",
                           "2024-10-03.sqlite.damaged", "lock", "notes.sqlite"}) {
    write_file(folder.file(name), "x");
  }
  EXPECT_EQ(find_days(folder.path()), (std::vector<Day>{20'001, 20'000, 19'358}));
  EXPECT_EQ(day_path("/h", 20'000), "/h/2024-10-04.sqlite");
  EXPECT_TRUE(find_days(folder.file("absent")).empty());
}

}  // namespace
}  // namespace schoolgate::history

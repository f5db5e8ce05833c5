#include "admin-cli/screen.h"

#include <gtest/gtest.h>

#include <sstream>

namespace schoolgate::admin_cli {
namespace {

TEST(Printable, NothingMovesTheCursorOrDisguisesItself) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"bbc.co.uk", "bbc.co.uk"},
      {"\x1b[2J", "\\027[2J"},
      {"a\r\nb\tc", "a\\013\\010b\\009c"},
      {std::string("\0\x7f", 2), "\\000\\127"},
      {"Zo\xc3\xab", "Zo\xc3\xab"},
      {"\xe2\x80\xa6 \xf0\x9f\x8e\x93", "\xe2\x80\xa6 \xf0\x9f\x8e\x93"},
      {"\xc2\x9b"
       "1m",
       "\\194\\1551m"},  // C1: another ESC [
      {"\xe2\x80\xae"
       "moc",
       "\\226\\128\\174moc"},               // right-to-left override
      {"\xe2\x80\x8b", "\\226\\128\\139"},  // zero width space
      {"\xff\xfe", "\\255\\254"},
      {"\xc0\xaf", "\\192\\175"},           // not the shortest form
      {"\xed\xa0\x80", "\\237\\160\\128"},  // a surrogate
      {"\xe2\x80", "\\226\\128"},           // cut off
      {"\xf5\x80\x80\x80", "\\245\\128\\128\\128"},
  };
  for (const auto& [text, shown] : cases) EXPECT_EQ(printable(text), shown);
}

TEST(Cut, CountsCodePointsAndMarksTheCut) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abcd", 3), "ab\xe2\x80\xa6");
  EXPECT_EQ(cut("abcd", 1), "\xe2\x80\xa6");
  EXPECT_EQ(cut("abcd", 0), "");
  EXPECT_EQ(cut("\xc3\xab\xc3\xab\xc3\xab", 3), "\xc3\xab\xc3\xab\xc3\xab");
  EXPECT_EQ(cut("\xc3\xab\xc3\xab\xc3\xab", 2), "\xc3\xab\xe2\x80\xa6");
  EXPECT_EQ(width_of("\xc3\xab\xe2\x80\xa6x"), 3u);
}

TEST(Numbers, ReadWell) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'000), "1,000");
  EXPECT_EQ(with_commas(123'456), "123,456");
  EXPECT_EQ(with_commas(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
  EXPECT_EQ(plural(1, "rule"), "1 rule");
  EXPECT_EQ(plural(0, "rule"), "0 rules");
  EXPECT_EQ(bytes_in_words(1'023), "1023 bytes");
  EXPECT_EQ(bytes_in_words(1'536), "1.5 KiB");
  EXPECT_EQ(bytes_in_words(std::uint64_t{5} << 30), "5.0 GiB");
}

TEST(Screen, PaintsOnlyWhenColoursAreWanted) {
  std::ostringstream out, err;
  Screen screen{out, err};
  EXPECT_EQ(screen.paint(Ink::kBad, "x"), "x");
  screen.colours = true;
  EXPECT_EQ(screen.paint(Ink::kBad, "x"), "\x1b[1;31mx\x1b[0m");
  EXPECT_EQ(screen.paint(Ink::kPlain, "x"), "x");
}

}  // namespace
}  // namespace schoolgate::admin_cli

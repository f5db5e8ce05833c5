#include "lists/fetch/zone_copy.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

constexpr std::size_t kLimit = 1'000;

std::optional<ZoneCopy> read(const std::string& text, std::size_t limit = kLimit) {
  const support::TemporaryFolder folder;
  return read_zone_copy(folder.write("zone", text), *dns::Name::parse("rpz.example"), limit);
}

TEST(ZoneCopy, ReadsWhatWasWritten) {
  const std::string head = zone_head(*dns::Name::parse("rpz.example"), "@ SOA ns. host. 4294967295 1 2 3 4");
  EXPECT_EQ(head, "$ORIGIN rpz.example.\n@ SOA ns. host. 4294967295 1 2 3 4\n");
  const auto copy = read(head + "bad.example CNAME .\n");
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->serial, 4'294'967'295U);
  EXPECT_EQ(copy->records(), "bad.example CNAME .\n");
  EXPECT_EQ(read(head)->records(), "");
}

TEST(ZoneCopy, TakesNothingElseForOne) {
  const std::string soa = "@ SOA ns. host. 7 1 2 3 4\n";
  for (const std::string& text :
       {std::string(), "$ORIGIN other.example.\n" + soa, soa, std::string("$ORIGIN rpz.example.\n"),
        "$ORIGIN rpz.example.evil.\n" + soa, std::string("$ORIGIN rpz.example.\n@ SOA ns. host. 4294967296 1 2 3 4\n"),
        std::string("$ORIGIN rpz.example.\n@ SOA ns. host. x 1 2 3 4\n"),
        std::string("$ORIGIN rpz.example.\n@ SOA ns.\n"), std::string("$ORIGIN rpz.example.\nbad CNAME .\n"),
        "$ORIGIN rpz.example.\n" + soa + "cut short"}) {
    EXPECT_FALSE(read(text)) << text;
  }
  EXPECT_FALSE(read("$ORIGIN rpz.example.\n" + soa, 20)) << "over the limit";
  EXPECT_FALSE(read_zone_copy("/nowhere/zone", *dns::Name::parse("rpz.example"), kLimit));
}

TEST(ZoneCopy, SerialsGoRound) {
  struct Row {
    std::uint32_t serial, kept;
    bool newer;
  };
  for (const Row row : {Row{2, 1, true}, Row{1, 2, false}, Row{1, 1, false}, Row{0, 0xffffffff, true},
                        Row{0xffffffff, 0, false}, Row{0x7fffffff, 0, true}, Row{0x80000000, 0, false},
                        Row{0, 0x80000000, false}, Row{5, 0x80000006, true}, Row{2026112600, 2026112599, true}}) {
    EXPECT_EQ(is_newer(row.serial, row.kept), row.newer) << row.serial << " after " << row.kept;
  }
}

}  // namespace
}  // namespace schoolgate::lists

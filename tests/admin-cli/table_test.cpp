#include "admin-cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace schoolgate::admin_cli {
namespace {

class TableTest : public ::testing::Test {
 protected:
  Screen screen(unsigned columns, bool colours = false) { return {out_, err_, columns, colours}; }
  std::ostringstream out_, err_;
};

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) found.push_back(line);
  return found;
}

TEST_F(TableTest, AlignsColumnsAndLeavesNoBlanksAtTheEnd) {
  Table table({"NAME", "VERDICT", "LIST"});
  table.add({{"bbc.co.uk"}, {"allowed"}});
  table.add({{"x.example"}, {""}, {"starter"}});
  EXPECT_EQ(table.to_text(screen(100)),
            "NAME       VERDICT  LIST\n"
            "bbc.co.uk  allowed\n"
            "x.example           starter\n");
}

TEST_F(TableTest, FitsTheWidthByCuttingTheWidestColumn) {
  Table table({"NAME", "VERDICT"});
  table.add({{std::string(200, 'a')}, {"blocked"}});
  table.add({{"short"}, {"allowed"}});
  const auto shown = lines(table.to_text(screen(40)));
  for (const auto& line : shown) EXPECT_LE(width_of(line), 40u) << line;
  EXPECT_EQ(width_of(shown[1]), 40u);
  EXPECT_NE(shown[1].find("\xe2\x80\xa6  blocked"), std::string::npos) << shown[1];
}

TEST_F(TableTest, SeveralWideColumnsShareTheLoss) {
  Table table({"ONE", "TWO", "N"});
  table.add({{std::string(50, 'a')}, {std::string(60, 'b')}, {"7"}});
  const auto shown = lines(table.to_text(screen(45)));
  EXPECT_EQ(shown[1], std::string(19, 'a') + "\xe2\x80\xa6  " + std::string(19, 'b') + "\xe2\x80\xa6  7");
}

TEST_F(TableTest, TheSpareColumnIsCutFirst) {
  Table table({"NAME", "SOURCE", "N"}, "SOURCE");
  table.add({{std::string(30, 'a')}, {std::string(20, 'b')}, {"7"}});
  EXPECT_EQ(lines(table.to_text(screen(50)))[1],
            std::string(30, 'a') + "  " + std::string(14, 'b') + "\xe2\x80\xa6  7");
  // It goes when it would say next to nothing; then the widest is cut.
  EXPECT_EQ(lines(table.to_text(screen(40)))[1], std::string(30, 'a') + "  7");
  EXPECT_EQ(lines(table.to_text(screen(30)))[1], std::string(26, 'a') + "\xe2\x80\xa6  7");
}

TEST_F(TableTest, AColumnWithoutAWordIsLeftOut) {
  Table table({"NAME", "CLIENT", "TYPE"});
  table.add({{"a.example"}, {""}, {"A"}});
  EXPECT_EQ(table.to_text(screen(100)), "NAME       TYPE\na.example  A\n");
}

TEST_F(TableTest, ANarrowFirstColumnStaysWhole) {
  Table table({"TIME", "NAME"});
  table.add({{"2026-11-24 09:30:00"}, {"www.example.org"}});
  EXPECT_EQ(lines(table.to_text(screen(30)))[1], "2026-11-24 09:30:00  www.exam\xe2\x80\xa6");
}

TEST_F(TableTest, ATinyTerminalStillGetsSomething) {
  Table table({"NAME", "VERDICT"});
  table.add({{"example.org"}, {"blocked"}});
  EXPECT_EQ(lines(table.to_text(screen(1)))[1], "examp\xe2\x80\xa6  block\xe2\x80\xa6");
}

TEST_F(TableTest, CellsAreMadePrintable) {
  Table table({"NAME"});
  table.add({{"\x1b[31mred\n"}});
  EXPECT_EQ(table.to_text(screen(100)), "NAME\n\\027[31mred\\010\n");
}

TEST_F(TableTest, ColoursDoNotCountAsWidth) {
  Table table({"A", "B"});
  table.add({{"one", Ink::kBad}, {"two"}});
  EXPECT_EQ(lines(table.to_text(screen(100, true)))[1], "\x1b[1;31mone\x1b[0m  two");
}

}  // namespace
}  // namespace schoolgate::admin_cli

#include "lists/guard/guard_file.h"

#include <gtest/gtest.h>

#include "lists/catalogue/taxonomy.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

std::string error_of(const std::string& text) {
  const auto names = parse_guard(text, "guard.toml");
  return names ? "" : names.error().message();
}

TEST(GuardFile, ANameProtectsWhatIsBelowItUnlessItSaysOtherwise) {
  const auto names =
      parse_guard("[[guard]]\nid = 'a'\nwhy = 'a helpline'\nnames = ['Help.Example', '=search.example']\n", "g");
  ASSERT_TRUE(names) << names.error().message();
  ASSERT_EQ(names->size(), 2u);
  EXPECT_EQ((*names)[0].name.to_text(), "help.example");
  EXPECT_TRUE((*names)[0].and_below);
  EXPECT_EQ((*names)[1].name.to_text(), "search.example");
  EXPECT_FALSE((*names)[1].and_below);
  EXPECT_EQ(why_protected((*names)[1]), "would block 'search.example', which is a helpline");
}

TEST(GuardFile, EveryMistakeIsToldWithItsPlace) {
  EXPECT_EQ(error_of("[[guard]]\nid = 'a'\nnames = []\n"), "guard.toml:1:1: 'why' is missing or empty");
  EXPECT_EQ(error_of("[[guard]]\nid = 'a'\nwhy = 'b'\nnames = ['*.x.example']\n"),
            "guard.toml:4:10: '*.x.example': write the name itself: it protects what is below it too, or '=' and the "
            "name, for it alone");
  EXPECT_EQ(error_of("[[guard]]\nid = 'a'\nwhy = 'b'\nnames = ['x.example', '=x.example']\n"),
            "guard.toml:4:23: '=x.example' is protected already");
  EXPECT_NE(error_of("[[guard]]\nid = 'a'\nwhy = 'b'\nnames = ['two words']\n"), "");
  EXPECT_NE(error_of("[[guard]]\nid = 'a'\nwhy = 'b'\nname = ['x.example']\n").find("guard.toml:4:1: "),
            std::string::npos);
}

TEST(GuardFile, TheShippedOneIsReadWhole) {
  const auto names = read_guard(std::string(SCHOOLGATE_SOURCE_DIR) + "/lists/data/guard.toml");
  ASSERT_TRUE(names) << names.error().message();
  EXPECT_GT(names->size(), 200u);
}

}  // namespace
}  // namespace schoolgate::lists

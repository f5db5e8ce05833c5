#include "lists/formats/lines.h"

namespace schoolgate::lists {
namespace {

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> found;
  LineReader lines(text);
  while (const auto line = lines.next()) found.push_back(fmt::format("{}={}", line->number, line->text));
  return found;
}

TEST(LineReader, TakesAnyLineEndAndTheMark) {
  EXPECT_EQ(texts(""), std::vector<std::string>{});
  EXPECT_EQ(texts("a"), std::vector<std::string>{"1=a"});
  EXPECT_EQ(texts("a\n"), std::vector<std::string>{"1=a"});
  EXPECT_EQ(texts("\n\na"), (std::vector<std::string>{"1=", "2=", "3=a"}));
  EXPECT_EQ(texts("a\r\nb\r\n"), (std::vector<std::string>{"1=a", "2=b"}));
  EXPECT_EQ(texts("\xef\xbb\xbf\ta \n\xef\xbb\xbf"
                  "b"),
            (std::vector<std::string>{"1=a", "2=b"}));
}

TEST(LineReader, HandsNulBytesOn) {
  EXPECT_EQ(texts(std::string_view("a\0b\n", 4)), std::vector<std::string>{"1=" + std::string("a\0b", 3)});
}

TEST(TakeWord, CutsWordsAndBlanks) {
  std::string_view text = "  one\ttwo   # three ";
  EXPECT_EQ(take_word(text), "one");
  EXPECT_EQ(take_word(text), "two");
  EXPECT_EQ(text, "# three");
  text = "   ";
  EXPECT_EQ(take_word(text), "");
  EXPECT_TRUE(text.empty());
}

TEST(BeginsComment, KnowsTheFourSigns) {
  for (const char* text : {"#", "# a", ";a", "! a", "//a"}) EXPECT_TRUE(begins_comment(text)) << text;
  for (const char* text : {"", "a", "/a", "a#"}) EXPECT_FALSE(begins_comment(text)) << text;
}

}  // namespace
}  // namespace schoolgate::lists

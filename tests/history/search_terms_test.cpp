#include "history/search_terms.h"

#include <gtest/gtest.h>

namespace schoolgate::history {
namespace {

using namespace std::string_literals;

TEST(NameTerm, ThreeForms) {
  const auto exact = parse_name_term("WWW.Example.org.");
  ASSERT_TRUE(exact);
  EXPECT_EQ(exact->match, NameMatch::kExact);
  EXPECT_EQ(exact->value, "\3org\7example\3www"s);
  const auto under = parse_name_term("*.Example.org");
  ASSERT_TRUE(under);
  EXPECT_EQ(under->match, NameMatch::kUnder);
  EXPECT_EQ(under->value, "\3org\7example"s);
  const auto part = parse_name_term("*Self-Harm*");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->match, NameMatch::kContains);
  EXPECT_EQ(part->value, "self-harm");
}

TEST(NameTerm, AnAsteriskOfANameIsWrittenByItsNumber) {
  const auto term = parse_name_term("\\042.example.org");
  ASSERT_TRUE(term);
  EXPECT_EQ(term->match, NameMatch::kExact);
  EXPECT_EQ(term->value, "\3org\7example\1*"s);
}

TEST(NameTerm, RefusesOtherAsterisksAndSaysWhatWouldBeRight) {
  for (const char* text : {"*", "**", "exam*ple.org", "example.*", "*.*.org", "*example.org", "a*b*c", "***"}) {
    const auto term = parse_name_term(text);
    ASSERT_FALSE(term) << text;
    EXPECT_EQ(term.error().code(), base::ErrorCode::kInvalid);
    EXPECT_NE(term.error().message().find("'*.example.org' (names under it) or '*part*'"), std::string::npos);
  }
}

TEST(NameTerm, RefusesWhatIsNoName) {
  for (const std::string& text : {""s, "a..b"s, "*."s, std::string(64, 'a'), "*."s + std::string(64, 'a'), "a\\"s}) {
    const auto term = parse_name_term(text);
    ASSERT_FALSE(term) << text;
    EXPECT_EQ(term.error().code(), base::ErrorCode::kInvalid);
  }
}

TEST(NameTerm, NamesInTheirOwnLetters) {
  for (const char* text : {"bücher.example", " BÜCHER.Example. ", "xn--bcher-kva.example"}) {
    const auto term = parse_name_term(text);
    ASSERT_TRUE(term) << text << ": " << term.error().message();
    EXPECT_EQ(term->value, "\7example\15xn--bcher-kva"s) << text;
  }
  EXPECT_EQ(parse_name_term("*.bücher.example")->value, "\7example\15xn--bcher-kva"s);
  EXPECT_FALSE(parse_name_term("*bücher*"));
  EXPECT_FALSE(parse_name_term("b\xff.example"));
}

// "No lookup fits" of a name that nobody can ask for would be read as "nobody did".
TEST(NameTerm, RefusesWhatNobodyMeansByAName) {
  for (const char* text : {"https://example.org/x", "example.org,", "example.org/", "example.org;", "two words"}) {
    const auto term = parse_name_term(text);
    ASSERT_FALSE(term) << text;
    EXPECT_EQ(term.error().code(), base::ErrorCode::kInvalid);
    EXPECT_NE(term.error().message().find("write the name alone"), std::string::npos) << term.error().message();
  }
}

TEST(Cursor, ThereAndBack) {
  for (const Position& position : {Position{0, 1, 1}, Position{1'728'043'200'000'000, 3, 65'536}, Position{-5, 2, 9},
                                   Position{INT64_MAX, INT64_MAX, INT64_MAX}, Position{INT64_MIN, 0, 0}}) {
    const auto parsed = parse_cursor(to_cursor(position));
    ASSERT_TRUE(parsed) << to_cursor(position);
    EXPECT_EQ(*parsed, position);
  }
}

TEST(Cursor, RefusesGarbage) {
  for (const std::string& text :
       {""s, "x"s, "1"s, "1.2"s, "1.2."s, "1.2.3.4"s, "1.2.3 "s, " 1.2.3"s, "01.2.3"s, "+1.2.3"s, "1..3"s,
        "1.2.99999999999999999999"s, "1.2.3\0"s, "' OR 1=1 --"s, "-0.1.1"s}) {
    const auto parsed = parse_cursor(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), base::ErrorCode::kInvalid);
  }
}

}  // namespace
}  // namespace schoolgate::history

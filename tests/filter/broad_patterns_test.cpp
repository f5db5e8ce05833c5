#include "filter/patterns/broad_patterns.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

// 1,000 names, of which 300 are under com, 101 begin with "ads", and 100 hold "play".
std::vector<dns::Name> some_popular_names() {
  std::vector<dns::Name> names;
  for (int i = 0; i < 1000; ++i) {
    const std::string start = i < 101 ? "ads" : i >= 900 ? "play" : "www";
    names.push_back(name(fmt::format("{}{}.example.{}", start, i, i % 10 < 3 ? "COM" : "net")));
  }
  return names;
}

std::vector<RejectedRule> rejected_of(const std::vector<std::string>& expressions, Exception exception,
                                      std::vector<dns::Name> popular) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"ads", 3, "", ""});
  std::uint32_t line = 0;
  for (const std::string& expression : expressions) {
    builder.add_pattern(list, exception, expression, ++line, "/" + expression + "/");
  }
  builder.set_popular_names(std::move(popular));
  return builder.build()->report.rejected;
}

TEST(BroadPatterns, OverATenthIsTooBroad) {
  const std::vector<std::string> expressions = {"^ads",          "play",
                                                "\\.com$",       "^[a-z]+[0-9]\\.x",
                                                "net$|ads",      "^(?!x)[a-z]+[0-9]",
                                                "(^|\\.|-)com$", "[0-9]\\.example\\.org"};
  const auto rejected = rejected_of(expressions, Exception::kNo, some_popular_names());
  std::vector<std::string> texts;
  for (const RejectedRule& rule : rejected) texts.push_back(rule.text);
  EXPECT_EQ(texts,
            (std::vector<std::string>{"/^ads/", "/\\.com$/", "/net$|ads/", "/^(?!x)[a-z]+[0-9]/", "/(^|\\.|-)com$/"}))
      << "in the order of their lines";
  for (const RejectedRule& rule : rejected) {
    if (rule.text != "/\\.com$/") continue;
    EXPECT_EQ(rule.reason, "'\\.com$': too broad: it matches 300 of the 1,000 popular names");
    EXPECT_EQ(rule.line, 3u);
  }
}

TEST(BroadPatterns, ExceptionsAndSmallSamplesAreNotJudged) {
  EXPECT_TRUE(rejected_of({"\\.com$", "a"}, Exception::kYes, some_popular_names()).empty());
  auto few = some_popular_names();
  few.resize(99);
  EXPECT_TRUE(rejected_of({"\\.com$", "a"}, Exception::kNo, few).empty());
}

TEST(BroadPatterns, WhatMatchesEveryNameIsRejectedWithoutASample) {
  for (const Exception exception : {Exception::kNo, Exception::kYes}) {
    const auto rejected = rejected_of({".*", ".", "^", "", "ads"}, exception, {});
    ASSERT_EQ(rejected.size(), 4u);
    EXPECT_EQ(rejected[0].reason, "'.*': it matches every name");
    EXPECT_EQ(rejected[3].reason, "'': it is empty");
  }
}

// The rest stays in force, with the right numbers.
TEST(BroadPatterns, TheOthersAreInForce) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"ads", 3, "", ""});
  builder.add_pattern(list, Exception::kNo, "e", 1, "broad");
  builder.add_pattern(list, Exception::kNo, "casino", 2, "casino");
  builder.add_pattern(list, Exception::kNo, "bet[0-9]+x", 3, "bet");
  builder.add_pattern(list, Exception::kNo, "\\.com$", 4, "com");
  builder.add_pattern(list, Exception::kNo, "poker[a-f]+x", 5, "poker");
  builder.add_pattern(list, Exception::kNo, "(ex|am)[a-z]*", 6, "broad and triggered");
  builder.add_pattern(list, Exception::kNo, "slot(?!s)[a-z]x", 7, "slot");
  builder.set_popular_names(some_popular_names());
  const Folder folder;
  ASSERT_TRUE(builder.write(folder.file("x.image")));
  const auto image = Image::open(folder.file("x.image")).value();
  ASSERT_FALSE(image->compiled_patterns()) << "what the build compiled is what is asked";
  EXPECT_EQ(classify(*image, name("www.example.com")), TagSet());
  EXPECT_EQ(image->explain(name("casino.com")).value().at(0).text, "casino");
  EXPECT_EQ(image->explain(name("bet7x.com")).value().at(0).text, "bet");
  EXPECT_EQ(image->explain(name("pokerabcx.com")).value().at(0).text, "poker");
  EXPECT_EQ(image->explain(name("slotax.com")).value().at(0).text, "slot");
  EXPECT_TRUE(image->explain(name("pokerz.com")).value().empty());
}

}  // namespace
}  // namespace schoolgate::filter

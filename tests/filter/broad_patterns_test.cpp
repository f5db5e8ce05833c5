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

// Whoever writes a list may lift all of it, but no other list. What look-around hides is taken as well.
TEST(BroadPatterns, AnExceptionThatMatchesEveryNameLiftsItsOwnListAtMost) {
  for (const char* expression : {"[a-z]", "(?=.)", "(?!x)|x"}) {
    ImageBuilder builder(some_tags());
    const ListNumber open = builder.add_list({"open", 3, "", ""});
    const ListNumber closed = builder.add_list({"closed", 64, "", ""});
    for (const ListNumber list : {open, closed}) {
      builder.add_name(list, Reach::kBoth, Exception::kNo, name("bad.example"), 1, "bad.example");
      builder.add_pattern(list, Exception::kNo, "casino[0-9]", 2, "/casino[0-9]/");
    }
    builder.add_pattern(open, Exception::kYes, expression, 3, "@@");
    builder.set_popular_names(some_popular_names());
    const auto image = image_of(builder);
    for (const char* asked : {"bad.example", "www.bad.example", "casino7.example"}) {
      EXPECT_EQ(classify(*image, name(asked)), tag_set({64})) << expression << " on " << asked;
      const auto hits = image->explain(name(asked)).value();
      ASSERT_EQ(hits.size(), 3u) << expression << " on " << asked;
      for (const RuleHit& hit : hits) EXPECT_EQ(hit.in_force, hit.list == "closed") << asked << ": " << hit.text;
    }
  }
}

TEST(BroadPatterns, AnExceptionThatPlainlyMatchesEveryNameIsRejectedAndLiftsNothing) {
  const std::vector<std::string> expressions = {".*", "^", "x*", "(ads)?", "[^ ]", ""};
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"ads", 3, "", ""});
  builder.add_name(list, Reach::kBoth, Exception::kNo, name("bad.example"), 1, "bad.example");
  builder.add_pattern(list, Exception::kNo, "casino[0-9]", 2, "/casino[0-9]/");
  std::uint32_t line = 2;
  for (const std::string& every : expressions) {
    builder.add_pattern(list, Exception::kYes, every, ++line, fmt::format("@@/{}/", every));
  }
  const auto built = builder.build().value();
  ASSERT_EQ(built.report.rejected.size(), expressions.size());
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const RejectedRule& rejected = built.report.rejected[i];
    EXPECT_EQ(rejected.list, "ads");
    EXPECT_EQ(rejected.line, i + 3);
    EXPECT_EQ(rejected.text, fmt::format("@@/{}/", expressions[i]));
    const std::string why = expressions[i].empty() ? "it is empty" : "it matches every name";
    EXPECT_EQ(rejected.reason, fmt::format("'{}': {}", expressions[i], why));
  }
  const auto image = Image::from_memory(built.image, built.lines, Checksums::kVerify).value();
  for (const char* asked : {"www.bad.example", "casino7.example"}) {
    EXPECT_EQ(classify(*image, name(asked)), tag_set({3})) << asked;
    EXPECT_EQ(image->explain(name(asked))->size(), 1u) << asked;
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

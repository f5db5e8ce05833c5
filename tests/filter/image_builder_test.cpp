#include "filter/image_builder.h"

#include <random>

#include "base/file.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

struct Line {
  ListNumber list;
  Reach reach;
  Exception exception;
  std::string rule;
  bool is_pattern = false;
};

std::vector<Line> some_lines() {
  std::vector<Line> lines;
  for (int i = 0; i < 300; ++i) {
    lines.push_back({static_cast<ListNumber>(i % 3), static_cast<Reach>(i % 3),
                     i % 7 == 0 ? Exception::kYes : Exception::kNo, fmt::format("n{}.{}.org", i % 50, i % 11)});
  }
  lines.push_back({0, Reach::kBoth, Exception::kNo, "^ads[0-9]", true});
  lines.push_back({1, Reach::kBoth, Exception::kNo, "casino", true});
  lines.push_back({1, Reach::kBoth, Exception::kYes, "casinova", true});
  return lines;
}

// The order is that of `order`; the line numbers stay with the lines.
BuiltImage built_in(const std::vector<std::size_t>& order, const std::string& version = "v1") {
  ImageBuilder builder(some_tags());
  for (const TagNumber tag : std::vector<TagNumber>{3, 64, 3})
    builder.add_list({fmt::format("list-{}", tag), tag, version, "here"});
  const auto lines = some_lines();
  for (const std::size_t index : order) {
    const Line& line = lines[index];
    const auto number = static_cast<std::uint32_t>(index + 1);
    if (line.is_pattern) {
      builder.add_pattern(line.list, line.exception, line.rule, number, line.rule);
    } else {
      builder.add_name(line.list, line.reach, line.exception, name(line.rule), number, "||" + line.rule + "^");
    }
  }
  return builder.build().value();
}

std::vector<std::size_t> in_order() {
  std::vector<std::size_t> order(some_lines().size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  return order;
}

TEST(ImageBuilder, TheSameRulesGiveTheSameOctetsInAnyOrder) {
  const BuiltImage first = built_in(in_order());
  std::mt19937 random(3);
  for (int round = 0; round < 5; ++round) {
    auto order = in_order();
    std::shuffle(order.begin(), order.end(), random);
    const BuiltImage shuffled = built_in(order);
    ASSERT_TRUE(shuffled.image == first.image);
    ASSERT_TRUE(shuffled.lines == first.lines);
    ASSERT_EQ(shuffled.report.digest, first.report.digest);
  }
}

TEST(ImageBuilder, AnotherRuleOrVersionIsAnotherDigest) {
  const std::string digest = built_in(in_order()).report.digest;
  EXPECT_EQ(digest.size(), 32u);
  EXPECT_NE(built_in(in_order(), "v2").report.digest, digest);
  auto fewer = in_order();
  fewer.pop_back();
  EXPECT_NE(built_in(fewer).report.digest, digest);
}

TEST(ImageBuilder, CountsWhatItTook) {
  ImageBuilder builder(some_tags());
  const ListNumber first = builder.add_list({"first", 3, "v", "s"});
  const ListNumber second = builder.add_list({"second", 64, "v", "s"});
  builder.add_name(first, Reach::kBoth, Exception::kNo, name("Example.ORG"), 1, "Example.ORG");
  builder.add_name(first, Reach::kBoth, Exception::kNo, name("example.org"), 2, "example.org");
  builder.add_name(second, Reach::kBoth, Exception::kYes, name("example.org"), 1, "@@||example.org^");
  builder.add_pattern(second, Exception::kNo, "ads", 2, "/ads/");
  builder.add_pattern(second, Exception::kNo, "(ads", 3, "/(ads/");
  const auto report = builder.build()->report;
  EXPECT_EQ(report.names, 3u);
  EXPECT_EQ(report.patterns, 1u);
  EXPECT_EQ(report.rules_per_list, (std::vector<std::uint64_t>{2, 2}));
  ASSERT_EQ(report.rejected.size(), 1u);
  EXPECT_EQ(report.rejected[0].list, "second");
  EXPECT_EQ(report.rejected[0].line, 3u);
  EXPECT_EQ(report.rejected[0].text, "/(ads/");
  EXPECT_TRUE(report.rejected[0].reason.starts_with("'(ads': ")) << report.rejected[0].reason;
}

TEST(ImageBuilder, BuildsTwiceTheSame) {
  ImageBuilder builder(some_tags());
  builder.add_pattern(builder.add_list({"a", 3, "", ""}), Exception::kNo, "ads", 1, "ads");
  EXPECT_EQ(builder.build()->image, builder.build()->image);
}

TEST(ImageBuilder, AListNeedsATagThatExists) {
  ImageBuilder builder(some_tags());
  builder.add_list({"stray", 77, "", ""});
  const auto built = builder.build();
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code(), base::ErrorCode::kInvalid);
  EXPECT_EQ(built.error().message(), "list 'stray': no tag has the number 77");
}

TEST(ImageBuilder, WritesThreeFilesAndRemovesACompiledSetOfBefore) {
  const Folder folder;
  const std::string path = folder.file("filter.image");
  ImageBuilder with_pattern(some_tags());
  with_pattern.add_pattern(with_pattern.add_list({"a", 3, "", ""}), Exception::kNo, "ads", 1, "ads");
  const auto report = with_pattern.write(path);
  ASSERT_TRUE(report) << report.error().message();
  for (const char* end : {"", ".lines", ".hs"}) {
    EXPECT_TRUE(std::filesystem::exists(path + end)) << end;
    EXPECT_EQ(std::filesystem::status(path + end).permissions(), std::filesystem::perms(0440)) << end;
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.file("")), {}), 3);
  EXPECT_EQ(Image::open(path).value()->digest(), report->digest);
  ImageBuilder without(some_tags());
  ASSERT_TRUE(without.write(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".hs"));
  EXPECT_TRUE(Image::open(path));
}

TEST(ImageBuilder, SaysWhereItCannotWrite) {
  ImageBuilder builder(some_tags());
  const auto report = builder.write("/nonexistent-folder/filter.image");
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message().find("/nonexistent-folder/filter.image"), std::string::npos);
}

}  // namespace
}  // namespace schoolgate::filter

#include "lists/report/report.h"

#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using support::TemporaryFolder;

BuildOutcome outcome() {
  ListReport first;
  first.id = "one";
  first.category = "games";
  first.source = "/lists/\"one\".txt";
  first.format = "hosts";
  first.version = "0123abcd";
  first.rules = 5'000'000'000;
  first.skipped = 3;
  first.rejected_count = 2000;
  first.guarded = 17;
  first.version_number = 5;
  first.held = HeldUpdate{6, "shrinks", 1234, true};
  first.rejected = {{"one", 7,
                     "b\xc3\xbc"
                     "cher",
                     "not ASCII", true}};
  first.reasons = {{"not ASCII", 2000, 7, "one"}};
  first.problem = "cannot open";
  first.kept_copy = true;
  first.opaque = true;
  ListReport second;
  second.id = "two";
  return BuildOutcome{{first, second}, "ffff", 12, 0.25};
}

TEST(Report, ComesBackAsWritten) {
  const auto back = parse_report(encode_report(outcome()));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(encode_report(*back), encode_report(outcome()));
  ASSERT_EQ(back->lists.size(), 2u);
  const ListReport& first = back->lists[0];
  EXPECT_EQ(first.id + first.category + first.source + first.format + first.version + first.problem,
            "onegames/lists/\"one\".txthosts0123abcdcannot open");
  EXPECT_EQ(first.rules, 5'000'000'000u);
  EXPECT_EQ(first.skipped, 3u);
  EXPECT_EQ(first.rejected_count, 2000u);
  EXPECT_EQ(first.guarded, 17u);
  EXPECT_TRUE(first.rejected[0].guarded);
  EXPECT_EQ(first.version_number, 5u);
  ASSERT_TRUE(first.held);
  EXPECT_EQ(first.held->version, 6u);
  EXPECT_EQ(first.held->why, "shrinks");
  EXPECT_EQ(first.held->since_us, 1234);
  EXPECT_TRUE(first.held->refused);
  EXPECT_FALSE(back->lists[1].held);
  EXPECT_TRUE(first.kept_copy);
  EXPECT_TRUE(first.opaque);
  ASSERT_EQ(first.rejected.size(), 1u);
  EXPECT_EQ(first.rejected[0].line, 7u);
  EXPECT_EQ(first.rejected[0].list + first.rejected[0].text + first.rejected[0].reason,
            "oneb\xc3\xbc"
            "chernot ASCII");
  ASSERT_EQ(first.reasons.size(), 1u);
  EXPECT_EQ(first.reasons[0].reason + first.reasons[0].text, "not ASCIIone");
  EXPECT_EQ(first.reasons[0].count, 2000u);
  EXPECT_EQ(first.reasons[0].line, 7u);
  EXPECT_EQ(back->image_digest, "ffff");
  EXPECT_EQ(back->rules, 12u);
  EXPECT_EQ(back->seconds, 0.25);
  EXPECT_FALSE(back->lists[1].kept_copy);
}

// Written before there were opaque lists, and before reasons were counted.
TEST(Report, OneOfAnEarlierVersionIsUnderstood) {
  std::string text = encode_report(outcome());
  for (std::size_t at = text.find("\"reasons\""); at != std::string::npos; at = text.find("\"reasons\"")) {
    text.erase(at, text.find(']', at) + 2 - at);
  }
  for (const char* opaque : {"\"opaque\": true,", "\"opaque\": false,"}) {
    const std::size_t at = text.find(opaque);
    ASSERT_NE(at, std::string::npos) << text;
    text.erase(at, std::string_view(opaque).size());
  }
  const auto back = parse_report(text);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_FALSE(back->lists[0].opaque);
  EXPECT_TRUE(back->lists[0].reasons.empty());
}

TEST(Report, BytesThatAreNotUtf8AreReplaced) {
  BuildOutcome odd = outcome();
  odd.lists[0].rejected[0].text =
      "a\xff"
      "b";
  const auto back = parse_report(encode_report(odd));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->lists[0].rejected[0].text,
            "a\xef\xbf\xbd"
            "b");
}

TEST(Report, DamageIsSaid) {
  const std::string good = encode_report(outcome());
  const std::string negative = "{\"image_digest\": \"\", \"rules\": [], \"seconds\": 0, \"lists\": []}";
  for (const std::string& text :
       {std::string(), std::string("{}"), good.substr(0, good.size() / 2), std::string("[1]"), negative}) {
    const auto back = parse_report(text);
    ASSERT_FALSE(back) << text;
    EXPECT_EQ(back.error().code(), base::ErrorCode::kDamaged);
  }
}

TEST(Report, ReadsFromTheStateFolder) {
  const TemporaryFolder state;
  EXPECT_EQ(read_report(state.path()).error().code(), base::ErrorCode::kNotFound);
  state.write("filter.report.json", encode_report(outcome()));
  ASSERT_TRUE(read_report(state.path()));
  EXPECT_EQ(read_report(state.path())->image_digest, "ffff");
  state.write("filter.report.json", "{");
  const auto damaged = read_report(state.path());
  EXPECT_EQ(damaged.error().code(), base::ErrorCode::kDamaged);
  EXPECT_TRUE(damaged.error().message().starts_with(report_path(state.path()) + ": ")) << damaged.error().message();
}

}  // namespace
}  // namespace schoolgate::lists

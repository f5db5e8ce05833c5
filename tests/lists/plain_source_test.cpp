#include "lists/plain_source.h"

#include <unistd.h>

#include "tests/lists/names_of.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/read_source.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using support::TemporaryFolder;

class ReadSource : public testing::Test {
 protected:
  ReadSource() { std::filesystem::create_directories(copy_folder(state_.path())); }
  PlainReading read(const std::string& format = "auto") const {
    return read_source({"one", "games", folder_.file("one.txt"), format}, {no_guard(), state_.path()});
  }
  std::string copy() const { return base::read_file(state_.file("lists/one")).value_or("(none)"); }

  TemporaryFolder folder_;
  TemporaryFolder state_;
};

TEST_F(ReadSource, AGoodOneIsCountedAndKept) {
  folder_.write("one.txt", "# a list\na.example\nb.example\nc.example/path\n");
  const PlainReading reading = read();
  EXPECT_EQ(reading.report.problem, "");
  EXPECT_FALSE(reading.report.kept_copy);
  EXPECT_EQ(reading.report.rules, 2u);
  EXPECT_EQ(reading.report.skipped, 1u);
  EXPECT_EQ(reading.report.rejected_count, 1u);
  ASSERT_EQ(reading.report.rejected.size(), 1u);
  EXPECT_EQ(reading.report.rejected[0].list, "one");
  EXPECT_EQ(reading.report.rejected[0].line, 4u);
  EXPECT_EQ(reading.report.rejected[0].text, "c.example/path");
  EXPECT_EQ(reading.report.rejected[0].reason, "not enforceable by DNS: has a path");
  EXPECT_EQ(reading.report.format, "domains");
  EXPECT_EQ(reading.report.category, "games");
  EXPECT_EQ(reading.report.source, folder_.file("one.txt"));
  EXPECT_EQ(copy(), "# a list\na.example\nb.example\nc.example/path\n");
  ASSERT_TRUE(reading.rules);
  EXPECT_EQ(reading.rules->count(), 2u);
}

// XXH3-128 of no bytes, from its specification.
TEST_F(ReadSource, TheVersionIsTheDigestOfTheBytes) {
  folder_.write("one.txt", "");
  EXPECT_EQ(read().report.version, "99aa06d3014798d86001c324468d497f");
  folder_.write("one.txt", "a.example\n");
  const std::string version = read().report.version;
  folder_.write("one.txt", "b.example\n");
  EXPECT_NE(read().report.version, version);
}

TEST_F(ReadSource, TheFormatOfTheSettingIsUsed) {
  folder_.write("one.txt", "0.0.0.0 a.example\n");
  EXPECT_EQ(read().report.format, "hosts");
  folder_.write("one.txt", "a.example\n0.0.0.0 b.example\n0.0.0.0 c.example\n");
  EXPECT_EQ(read("hosts").report.rules, 2u);
  EXPECT_EQ(read("domains").report.rules, 1u);
}

TEST_F(ReadSource, AFormatThatFitsNoLineLeavesTheCopyInForce) {
  folder_.write("one.txt", "0.0.0.0 a.example\n");
  ASSERT_EQ(read("hosts").report.rules, 1u);
  const PlainReading reading = read("domains");
  EXPECT_TRUE(reading.report.kept_copy);
  EXPECT_EQ(reading.report.rules, 1u);
  EXPECT_EQ(reading.report.format, "hosts");
  EXPECT_NE(reading.report.problem.find("no rule in it"), std::string::npos) << reading.report.problem;
}

// Read as an expression, "a.example" would match names that nobody listed.
TEST_F(ReadSource, NamesAreNeverReadAsExpressions) {
  for (const char* names : {"a.example\n", "0.0.0.0 a.example\n"}) {
    folder_.write("one.txt", names);
    ASSERT_EQ(read().report.rules, 1u);
    const PlainReading reading = read("regex");
    EXPECT_TRUE(reading.report.kept_copy);
    EXPECT_NE(reading.report.format, "regex");
    EXPECT_EQ(reading.report.rules, 1u);
  }
}

TEST_F(ReadSource, AWebPageInPlaceOfExpressionsLeavesTheCopyInForce) {
  folder_.write("one.txt", "^ad[0-9]\n");
  ASSERT_EQ(read("regex").report.problem, "");
  folder_.write("one.txt", "<html>\n<head><title>404 Not Found</title></head>\n</html>\n");
  EXPECT_TRUE(read("regex").report.kept_copy);
  EXPECT_EQ(copy(), "^ad[0-9]\n");
}

TEST_F(ReadSource, AVanishedOneLeavesTheCopyInForce) {
  folder_.write("one.txt", "a.example\n");
  const std::string version = read().report.version;
  std::filesystem::remove(folder_.file("one.txt"));
  const PlainReading reading = read();
  EXPECT_TRUE(reading.report.kept_copy);
  EXPECT_EQ(reading.report.rules, 1u);
  EXPECT_EQ(reading.report.version, version);
  ASSERT_TRUE(reading.rules);
  EXPECT_EQ(names_of(*reading.rules), std::vector<std::string>{"a.example"});
  EXPECT_EQ(reading.report.problem, "cannot open " + folder_.file("one.txt") +
                                        ": No such file or directory; the last good copy is in force (rules: 1)");
}

TEST_F(ReadSource, AnUnreadableOneLeavesTheCopyInForce) {
  folder_.write("one.txt", "a.example\n");
  ASSERT_EQ(read().report.problem, "");
  std::filesystem::remove(folder_.file("one.txt"));
  std::filesystem::create_directory(folder_.file("one.txt"));  // cannot be read as a file, not even by root
  const PlainReading reading = read();
  EXPECT_TRUE(reading.report.kept_copy);
  EXPECT_TRUE(reading.report.problem.find(": is a folder without") != std::string::npos) << reading.report.problem;
}

TEST_F(ReadSource, AnEmptiedOneLeavesTheCopyInForce) {
  for (const char* emptied : {"", "# all gone\n", "<html>\n404\n</html>\n"}) {
    folder_.write("one.txt", "a.example\n");
    ASSERT_FALSE(read().report.kept_copy);
    folder_.write("one.txt", emptied);
    const PlainReading reading = read();
    EXPECT_TRUE(reading.report.kept_copy) << emptied;
    EXPECT_EQ(reading.report.rules, 1u);
    EXPECT_NE(reading.report.problem.find("no rule in it"), std::string::npos) << reading.report.problem;
    EXPECT_EQ(copy(), "a.example\n") << "the copy must outlive an empty source";
  }
}

TEST_F(ReadSource, ARecoveredOneReplacesTheCopy) {
  folder_.write("one.txt", "a.example\n");
  ASSERT_FALSE(read().report.kept_copy);
  std::filesystem::remove(folder_.file("one.txt"));
  ASSERT_TRUE(read().report.kept_copy);
  folder_.write("one.txt", "b.example\n");
  EXPECT_EQ(read().report.problem, "");
  EXPECT_FALSE(read().report.kept_copy);
  EXPECT_EQ(copy(), "b.example\n");
}

TEST_F(ReadSource, WithoutACopyAListIsMissingOrEmptyAndSaysSo) {
  const PlainReading missing = read();
  EXPECT_FALSE(missing.rules);
  EXPECT_EQ(missing.report.version, "");
  EXPECT_TRUE(missing.report.problem.ends_with("; there is no earlier copy, so this list is missing"));
  folder_.write("one.txt", "com\n");
  const PlainReading empty = read();
  EXPECT_FALSE(empty.rules);
  EXPECT_EQ(empty.report.rules, 0u);
  EXPECT_EQ(empty.report.problem,
            folder_.file("one.txt") + ": no rule in it (rejected: 1): is it the right file, and the right format?");
  EXPECT_EQ(copy(), "(none)");
}

TEST_F(ReadSource, ACopyThatCannotBeKeptIsSaidButDoesNotStopTheList) {
  std::filesystem::remove_all(copy_folder(state_.path()));
  state_.write("lists", "a file where the folder should be");
  folder_.write("one.txt", "a.example\n");
  const PlainReading reading = read();
  EXPECT_EQ(reading.report.rules, 1u);
  EXPECT_FALSE(reading.report.kept_copy);
  EXPECT_TRUE(reading.report.problem.starts_with("in force, but no copy of it could be kept: "))
      << reading.report.problem;
}

TEST_F(ReadSource, TheFirstHundredRejectedRulesAreKeptSafeForATerminal) {
  std::string text = "a.example\nred\x1b[31m.example\n" + std::string(300, 'x') + ".example\n";
  for (int i = 0; i < 200; ++i) text += "com\n";
  folder_.write("one.txt", text);
  const PlainReading reading = read();
  EXPECT_EQ(reading.report.rejected_count, 202u);
  ASSERT_EQ(reading.report.rejected.size(), 100u);
  EXPECT_EQ(reading.report.rejected[0].text, "red\\027[31m.example");
  EXPECT_EQ(reading.report.rejected[1].text, std::string(200, 'x') + "…");
  ASSERT_EQ(reading.report.reasons.size(), 3u);
  EXPECT_EQ(reading.report.reasons[0].text, "red\\027[31m.example");
  EXPECT_EQ(reading.report.reasons[2].reason, "covers a whole top-level domain");
  EXPECT_EQ(reading.report.reasons[2].count, 200u);
  EXPECT_EQ(reading.report.reasons[2].line, 4u);
  EXPECT_EQ(reading.report.reasons[2].text, "com");
}

// A stranger's list cannot make the report grow without end.
TEST_F(ReadSource, ManyReasonsAreFiftyAtMost) {
  ListReport report;
  for (std::uint32_t line = 1; line <= 1000; ++line) {
    note_rejected(report, {"one", line, "text", "reason " + std::to_string(line % 100)});
  }
  ASSERT_EQ(report.reasons.size(), 50u);
  EXPECT_EQ(report.reasons[0].reason, "reason 1");
  EXPECT_EQ(report.reasons[0].count, 10u);
  EXPECT_EQ(report.reasons[49].reason, "for other reasons");
  EXPECT_EQ(report.reasons[49].line, 50u);
  EXPECT_EQ(report.reasons[49].count, 1000u - 49u * 10u);
}

}  // namespace
}  // namespace schoolgate::lists

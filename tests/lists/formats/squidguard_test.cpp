#include "lists/formats/squidguard.h"

#include "lists/source/category_folder.h"
#include "tests/lists/names_of.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/read_source.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

constexpr std::size_t kMostBytes = 1000;

std::string read(const std::string& text) { return joined(events_of("squidguard", text)); }

TEST(Squidguard, EachFileIsReadAsWhatItIs) {
  EXPECT_EQ(read("bad.example\n"
                 "*.below.example\n"
                 "198.51.100.7\n"
                 "with.path.example/x\n"
                 "[file] urls\n"
                 "whole.example\n"
                 "Whole.Slash.example/\n"
                 "page.example/x/y?z\n"
                 "198.51.100.7/x\n"
                 "# a comment\n"
                 "[file] expressions\n"
                 "(casino|poker)[0-9]*\\.\n"
                 "(^|[-?+=/_])adult\n"
                 "two words\n"
                 "[file] something else\n"
                 "again.example"),
            "1: both bad.example\n2: subdomains below.example\n"
            "3: rejected: an address, not a name: that is a firewall's work\n"
            "4: rejected: not enforceable by DNS: has a path\n5: skipped\n"
            "6: exact whole.example\n7: exact Whole.Slash.example\n"
            "8: rejected: not enforceable by DNS: has a path\n9: rejected: not enforceable by DNS: has a path\n"
            "10: skipped\n11: skipped\n12: pattern (casino|poker)[0-9]*\\.\n"
            "13: rejected: not enforceable by DNS: goes by more of a page's address than the name\n"
            "14: rejected: not enforceable by DNS: goes by more of a page's address than the name\n"
            "15: skipped\n16: both again.example\n");
}

class CategoryFolder : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(base::replace_file(folder_.file(name), bytes));
  }
  base::Result<std::string> read_folder() const { return read_category_folder(folder_.path(), kMostBytes); }

  support::TemporaryFolder folder_;
};

TEST_F(CategoryFolder, DomainsComeFirstAndKeepTheirLines) {
  write("urls", "b.example/x\n");
  write("domains", "a.example");
  write("expressions", "x\n");
  write("very_restrictive_expression", "sex\n");
  write("usage", "black\nwhite\n");
  EXPECT_EQ(read_folder().value_or("?"), "a.example\n[file] urls\nb.example/x\n[file] expressions\nx\n");
}

TEST_F(CategoryFolder, OneFileIsEnough) {
  write("urls", "b.example\n");
  EXPECT_EQ(read_folder().value_or("?"), "[file] urls\nb.example\n");
}

TEST_F(CategoryFolder, WhatIsNoneSaysWhy) {
  EXPECT_EQ(read_folder().error().message(),
            folder_.path() + ": is a folder without a file 'domains', 'urls' or 'expressions'");
  write("domains", "a.example\n");
  write("usage", "white\n");
  EXPECT_EQ(read_folder().error().message(),
            folder_.path() + ": its file 'usage' says that it lists what is to be allowed");
}

TEST_F(CategoryFolder, ItsFilesTogetherHaveALimit) {
  write("domains", std::string(600, 'a'));
  write("urls", std::string(300, 'b'));
  EXPECT_TRUE(read_folder());
  write("urls", std::string(500, 'b'));
  EXPECT_FALSE(read_folder());
}

// What is kept of a folder is one file, and means the same.
TEST_F(CategoryFolder, TheKeptCopyGivesTheSameRules) {
  write("domains", "a.example\n");
  write("urls", "b.example\nc.example/x\n");
  const support::TemporaryFolder state;
  ASSERT_TRUE(base::make_folder(copy_folder(state.path())));
  const Source source{"ut1", "games", folder_.path()};
  const PlainReading first = read_source(source, {no_guard(), state.path()});
  EXPECT_EQ(first.report.problem, "");
  EXPECT_EQ(first.report.format, "squidguard");
  EXPECT_EQ(first.report.rules, 2U);
  EXPECT_EQ(first.report.rejected_count, 1U);
  std::filesystem::rename(folder_.file("domains"), folder_.file("gone"));
  std::filesystem::rename(folder_.file("urls"), folder_.file("gone too"));
  const PlainReading kept = read_source(source, {no_guard(), state.path()});
  EXPECT_TRUE(kept.report.kept_copy);
  EXPECT_EQ(kept.report.format, "squidguard");
  EXPECT_EQ(kept.report.rules, 2U);
  EXPECT_EQ(names_of(*kept.rules), names_of(*first.rules));
}

}  // namespace
}  // namespace schoolgate::lists

// The generated list files are what they are said to be: each of its format, and together all the names.
#include "tests/bench/list_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/formats/format.h"
#include "lists/source/archive.h"
#include "lists/source/category_folder.h"
#include "tests/bench/pattern_kinds.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::bench {
namespace {

constexpr std::size_t kNames = 5'000;
constexpr std::size_t kPatterns = 50;
constexpr std::size_t kMostOctets = std::size_t{16} << 20;

struct Rules final : lists::RuleSink {
  void take(const lists::Line&, filter::Reach, filter::Exception exception, const dns::Name& name) override {
    (exception == filter::Exception::kYes ? exceptions : names).insert(name.to_text());
  }
  void take_pattern(const lists::Line&, filter::Exception, std::string_view) override { ++patterns; }
  void reject(const lists::Line& line, std::string_view reason) override { rejected.emplace(line.text, reason); }
  void skip(const lists::Line&) override {}
  std::set<std::string> names, exceptions;
  std::map<std::string, std::string> rejected;
  std::size_t patterns = 0;
};

class ListFilesTest : public testing::Test {
 protected:
  ListFilesTest() : lists_(BlockLists::generate(kNames, 7, {})) {}
  void SetUp() override {
    ASSERT_TRUE(write_list_files(folder_.path(), lists_, generate_patterns(kPatterns, 7)));
    for (const ListFile& file : list_files()) read(file);
  }
  void read(const ListFile& file) {
    const std::string path = folder_.file(std::string(file.path));
    auto text = std::filesystem::is_directory(path) ? lists::read_category_folder(path, kMostOctets)
                                                    : base::read_file(path, kMostOctets);
    ASSERT_TRUE(text) << text.error().message();
    if (lists::is_archive(*text)) text = lists::read_archive(path, *text, "", kMostOctets);
    ASSERT_TRUE(text) << text.error().message();
    if (file.format != "regex") {
      EXPECT_EQ(lists::detect_format(*text).name, file.format) << file.path;
    }
    lists::find_format(file.format)->parse(*text, rules_[file.id]);
    texts_[file.id] = std::move(*text);
  }
  const BlockLists lists_;
  const support::TemporaryFolder folder_;
  std::map<std::string_view, std::string> texts_;
  std::map<std::string_view, Rules> rules_;
};

TEST_F(ListFilesTest, TogetherTheyHaveEveryNameThatIsNoException) {
  std::set<std::string> names;
  for (const auto& [id, rules] : rules_) names.insert(rules.names.begin(), rules.names.end());
  std::size_t exceptions = 0;
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    const bool is_exception = lists_.rules(i)[0].exception == filter::Exception::kYes;
    exceptions += is_exception ? 1 : 0;
    EXPECT_NE(names.contains(std::string(lists_.name(i))), is_exception) << lists_.name(i);
  }
  EXPECT_EQ(names.size() + exceptions, kNames);
}

TEST_F(ListFilesTest, NearlyEveryLineIsARule) {
  for (const auto& [id, rules] : rules_) EXPECT_LE(rules.rejected.size(), id == "category" ? 2u : 0u) << id;
  EXPECT_EQ(rules_["regex"].patterns, kPatterns);
  EXPECT_FALSE(rules_["adblock"].exceptions.empty() && rules_["dnsmasq"].exceptions.empty() &&
               rules_["unbound"].exceptions.empty() && rules_["rpz"].exceptions.empty());
}

TEST_F(ListFilesTest, TheFirstIsTheBiggestAndTheLastOfNamesTheSmallest) {
  for (const auto& [id, rules] : rules_) {
    if (id == "regex") continue;
    EXPECT_GE(rules_["category"].names.size(), rules.names.size()) << id;
    EXPECT_LE(rules_["small-packed"].names.size(), rules.names.size()) << id;
  }
}

TEST_F(ListFilesTest, NamesComeInTheOrderOfTheirText) {
  const std::string& text = texts_["domains"];
  std::vector<std::string> lines;
  for (std::size_t begin = text.find('\n') + 1; begin < text.size(); begin = text.find('\n', begin) + 1) {
    lines.push_back(text.substr(begin, text.find('\n', begin) - begin));
  }
  EXPECT_EQ(lines.size(), rules_["domains"].names.size());
  EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
}

TEST_F(ListFilesTest, ThePolicyNamesThem) {
  const std::string policy = folder_.read("policy.toml");
  for (const ListFile& file : list_files()) {
    EXPECT_NE(policy.find(fmt::format("source = \"{}\"", file.path)), std::string::npos) << file.path;
  }
}

TEST(ListFiles, WhatCannotBeWrittenIsSaid) {
  const auto status = write_list_files("/no/such/folder", BlockLists::generate(1'000, 7, {}), {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "cannot write /no/such/folder/category/domains");
}

}  // namespace
}  // namespace schoolgate::bench

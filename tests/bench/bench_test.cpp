// The generated lists and queries are what they are said to be, and the image answers them as a plain set of names would.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "tests/bench/bench_folder.h"
#include "tests/bench/our_image.h"
#include "tests/bench/pattern_kinds.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::bench {
namespace {

constexpr std::size_t kNames = 20'000;
constexpr std::size_t kQueries = 20'000;
constexpr std::uint64_t kSeed = 7;

const std::vector<std::string>& popular() {
  static const auto names = read_names(SCHOOLGATE_SOURCE_DIR "/lists/data/popular.txt", 10'000).value();
  return names;
}

const BlockLists& lists() {
  static const BlockLists made = BlockLists::generate(kNames, kSeed, popular());
  return made;
}

std::set<std::string, std::less<>> listed_names() {
  std::set<std::string, std::less<>> names;
  for (std::size_t i = 0; i < lists().size(); ++i) names.emplace(lists().name(i));
  return names;
}

double share(std::size_t part, std::size_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

TEST(BlockLists, AreTheSameFromTheSameSeedOnly) {
  const auto text = [](std::uint64_t seed) {
    const BlockLists made = BlockLists::generate(1'000, seed, {});
    std::string all;
    for (std::size_t i = 0; i < made.size(); ++i) all += std::string(made.name(i)) + " ";
    return all;
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

TEST(BlockLists, HoldDistinctNamesInTheOrderOfTheirKeys) {
  ASSERT_EQ(lists().size(), kNames);
  for (std::size_t i = 0; i < kNames; ++i) {
    const auto name = dns::Name::parse(lists().name(i));
    ASSERT_TRUE(name) << lists().name(i);
    EXPECT_EQ(name->to_text(), lists().name(i));
    if (i > 0) {
      EXPECT_LT(sort_key(lists().name(i - 1)), sort_key(lists().name(i)));
    }
  }
}

TEST(BlockLists, HaveTheSharesOfRealOnes) {
  std::size_t several = 0, narrow = 0, exceptions = 0, octets = 0;
  std::map<filter::ListNumber, std::size_t> sizes;
  for (std::size_t i = 0; i < kNames; ++i) {
    const auto rules = lists().rules(i);
    ASSERT_FALSE(rules.empty());
    several += rules.size() > 1 ? 1 : 0;
    narrow += rules[0].reach != filter::Reach::kBoth ? 1 : 0;
    exceptions += rules[0].exception == filter::Exception::kYes ? 1 : 0;
    octets += lists().name(i).size();
    for (const ListRule& rule : rules) ++sizes[rule.list];
  }
  EXPECT_NEAR(share(several, kNames), 0.15, 0.03);
  EXPECT_NEAR(share(narrow, kNames), 0.02, 0.005);
  EXPECT_NEAR(share(exceptions, kNames), 0.002, 0.001);
  EXPECT_NEAR(share(octets, kNames), 18.3, 0.6);
  EXPECT_EQ(sizes.size(), BlockLists::kLists);
  EXPECT_GT(sizes[0], 5 * sizes[23]);
}

// Bits an octet of the first labels, given the octet before; the real lists' is 4.2.
TEST(BlockLists, LabelsAreAsHardToGuessAsRealOnes) {
  std::set<std::string> labels;
  for (std::size_t i = 0; i < kNames; ++i) labels.emplace(lists().name(i).substr(0, lists().name(i).find('.')));
  std::map<std::pair<char, char>, double> pairs;
  std::map<char, double> before;
  double count = 0;
  for (const std::string& label : labels) {
    char last = '.';
    for (const char c : label + ".") {
      ++pairs[{last, c}];
      ++before[last];
      ++count;
      last = c;
    }
  }
  double bits = 0;
  for (const auto& [pair, times] : pairs) bits -= times / count * std::log2(times / before[pair.first]);
  EXPECT_NEAR(bits, 4.2, 0.2);
}

TEST(BlockLists, NeverBlockAPopularName) {
  const auto listed = listed_names();
  for (const std::string& name : popular()) {
    EXPECT_FALSE(any_suffix(name, [&](std::string_view suffix) { return listed.contains(suffix); })) << name;
  }
}

TEST(BlockLists, ComeFromHostsAndPlainFilesToo) {
  const support::TemporaryFolder folder;
  const std::vector<std::string> files = {folder.write("a", "# names\nB.test\nwww.b.test # why\nlocalhost\n"),
                                          folder.write("b", "127.0.0.1 a.test b.test\r\n::1 popular.test\n10.0.0.1\n")};
  const auto read = BlockLists::read(files, kNames, {"www.popular.test"});
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ(read->name(0), "a.test");
  EXPECT_EQ(read->name(1), "b.test");
  EXPECT_EQ(read->rules(1).size(), 2u);
  EXPECT_EQ(read->name(2), "www.b.test");
  EXPECT_FALSE(BlockLists::read({folder.file("none")}, kNames, {}));
}

void expect_right(const QueryMix& mix, double blocked_share) {
  ASSERT_EQ(mix.names.size(), kQueries);
  EXPECT_EQ(share(mix.blocked_count(), kQueries), blocked_share);
  const auto listed = listed_names();
  std::size_t below = 0;
  for (std::size_t i = 0; i < kQueries; ++i) {
    const std::string_view name = mix.names[i];
    EXPECT_EQ(any_suffix(name, [&](std::string_view suffix) { return listed.contains(suffix); }), mix.blocked[i])
        << name;
    below += mix.blocked[i] && !listed.contains(name) ? 1 : 0;
  }
  EXPECT_NEAR(share(below, mix.blocked_count()), 0.5, 0.05);
}

TEST(QueryMix, ATenthOfThePopularMixIsBlocked) { expect_right(zipf_mix(lists(), popular(), kQueries, kSeed), 0.1); }
TEST(QueryMix, HalfOfTheRandomMixIsBlocked) { expect_right(random_mix(lists(), kQueries, kSeed), 0.5); }

TEST(QueryMix, TheImageAgrees) {
  const support::TemporaryFolder folder;
  filter::ImageBuilder builder(bench_tags());
  ASSERT_TRUE(SortedLists(lists()).add_to(builder));
  ASSERT_TRUE(builder.write(folder.file("image")));
  auto image = OurImage::open(folder.file("image"));
  ASSERT_TRUE(image) << image.error().message();
  for (const QueryMix& mix : {zipf_mix(lists(), popular(), kQueries, kSeed), random_mix(lists(), kQueries, kSeed)}) {
    for (std::size_t i = 0; i < kQueries; ++i) {
      EXPECT_EQ(image->find(dns::Name::parse(mix.names[i]).value()), mix.blocked[i]) << mix.names[i];
    }
  }
}

TEST(BenchFolder, GivesBackWhatWasWritten) {
  const support::TemporaryFolder folder;
  EXPECT_FALSE(read_lists(folder.path()));
  ASSERT_TRUE(write_lists(folder.path(), lists()));
  const auto read = read_lists(folder.path());
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), kNames);
  EXPECT_EQ(read->list_count(), BlockLists::kLists);
  for (std::size_t i = 0; i < kNames; ++i) {
    EXPECT_EQ(read->name(i), lists().name(i));
    ASSERT_EQ(read->rules(i).size(), lists().rules(i).size());
    EXPECT_EQ(read->rules(i)[0].list, lists().rules(i)[0].list);
    EXPECT_EQ(read->is_plain(i), lists().is_plain(i));
  }
  const QueryMix mix = random_mix(lists(), kQueries, kSeed);
  ASSERT_TRUE(write_queries(folder.path(), "random", mix));
  const auto queries = read_queries(folder.path(), "random");
  ASSERT_TRUE(queries);
  EXPECT_EQ(queries->blocked, mix.blocked);
  EXPECT_EQ(queries->names[kQueries - 1], mix.names[kQueries - 1]);
}

TEST(PatternKinds, AreTwoThirdsPlainSuffixes) {
  constexpr std::size_t kPatterns = 3'000;
  std::size_t suffixes = 0, look_around = 0;
  for (const std::string& pattern : generate_patterns(kPatterns, kSeed)) {
    suffixes += pattern.starts_with("(^|\\.)") && pattern.find_first_of("[?(", 6) == std::string::npos ? 1 : 0;
    look_around += pattern.find("(?!") != std::string::npos ? 1 : 0;
  }
  EXPECT_NEAR(share(suffixes, kPatterns), 0.65, 0.03);
  EXPECT_NEAR(share(look_around, kPatterns), 0.04, 0.02);
}

// As of real ones: 7,300 of these match some names, not most.
TEST(PatternKinds, DoNotMatchWhatMostNamesHave) {
  constexpr std::size_t kPatterns = 7'300;
  const auto patterns = generate_patterns(kPatterns, kSeed);
  const std::set<std::string> distinct(patterns.begin(), patterns.end());
  EXPECT_EQ(distinct.size(), kPatterns);
  for (const char* broad : {"\\.com$", "\\.net$", "^wwws?[0-9]*[-_.]", "a"}) EXPECT_FALSE(distinct.contains(broad));
}

}  // namespace
}  // namespace schoolgate::bench

#include "base/nearest.h"

namespace schoolgate::base {
namespace {

const std::vector<std::string> kWords = {"gambling", "games", "music", "id", "name", "source", "sources"};

struct Row {
  std::string word;
  std::string meant;  // empty: nothing is near enough
};

class Nearest : public testing::TestWithParam<Row> {};

TEST_P(Nearest, FindsWhatWasMeant) { EXPECT_EQ(nearest(GetParam().word, kWords).value_or(""), GetParam().meant); }

INSTANTIATE_TEST_SUITE_P(Table, Nearest,
                         testing::Values(Row{"gambling", "gambling"}, Row{"gamblng", "gambling"},
                                         Row{"gambbling", "gambling"}, Row{"gambilng", "gambling"},
                                         Row{"game", "games"}, Row{"nmae", "name"}, Row{"musik", "music"},
                                         Row{"sourcse", "source"}, Row{"i", "id"}, Row{"xx", ""}, Row{"malware", ""},
                                         Row{"", ""}, Row{"z", ""}, Row{std::string(1000, 'x'), ""}));

TEST(Nearest, TakesTheFirstOnATie) {
  EXPECT_EQ(nearest("ac", {"ab", "ad"}), "ab");
  EXPECT_EQ(nearest("ac", {"ad", "ab"}), "ad");
}

TEST(Nearest, AllowsMoreMistakesInLongWords) {
  EXPECT_EQ(nearest("trustd_forwardrs_x", {"trusted_forwarders"}), "trusted_forwarders");
  EXPECT_FALSE(nearest("abcd", {"wxyz"}));
}

TEST(Nearest, HasNothingToSayWithoutCandidates) { EXPECT_FALSE(nearest("word", {})); }

TEST(DidYouMean, IsReadyToAppend) {
  EXPECT_EQ(did_you_mean("gamblin", kWords), " (did you mean 'gambling'?)");
  EXPECT_EQ(did_you_mean("quite-different", kWords), "");
}

}  // namespace
}  // namespace schoolgate::base

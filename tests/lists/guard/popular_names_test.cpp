#include "lists/guard/popular_names.h"

#include <set>

#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

std::string error_of(std::string_view text) {
  const support::TemporaryFolder folder;
  const std::string path = folder.write("popular.txt", text);
  const auto names = read_popular_names(path);
  if (names) return "none";
  EXPECT_EQ(names.error().code(), base::ErrorCode::kInvalid);
  EXPECT_TRUE(names.error().message().starts_with(path + ":")) << names.error().message();
  return names.error().message().substr(path.size() + 1);
}

TEST(PopularNames, KeepsTheOrderAndPassesOverComments) {
  const support::TemporaryFolder folder;
  const auto names =
      read_popular_names(folder.write("popular.txt", "# most popular first\n\nwww.B.test\r\n a.test.\n"));
  ASSERT_TRUE(names) << names.error().message();
  ASSERT_EQ(names->size(), 2u);
  EXPECT_EQ((*names)[0].to_text(), "www.b.test");
  EXPECT_EQ((*names)[1].to_text(), "a.test");
}

TEST(PopularNames, ALineThatIsNoNameIsAnErrorWithItsPlace) {
  EXPECT_EQ(error_of("a.test\nb.test c.test\n"), "2: no name has a ' '");
  EXPECT_EQ(error_of("# one\n\nhttps://a.test/x\n"), "3: not enforceable by DNS: has a path");
  EXPECT_EQ(error_of("192.0.2.1\n"), "1: an address, not a name: that is a firewall's work");
}

TEST(PopularNames, ANameTwiceIsAnErrorInAnyCase) {
  EXPECT_EQ(error_of("a.test\nb.test\nA.test.\n"), "3: this name is there already");
}

TEST(PopularNames, AMissingFileIsAnError) {
  const auto names = read_popular_names("/nowhere/popular.txt");
  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().code(), base::ErrorCode::kNotFound);
}

TEST(PopularNames, TheShippedFileHasTenThousandInLowerCase) {
  const auto names = read_popular_names(source_tree("lists/data/popular.txt"));
  ASSERT_TRUE(names) << names.error().message();
  std::set<std::string> texts;
  for (const dns::Name& name : *names) {
    EXPECT_EQ(name, name.lowered());
    EXPECT_GE(name.label_count(), 2u) << name.to_text();
    texts.insert(name.to_text());
  }
  EXPECT_EQ(names->size(), 10'000u);
  EXPECT_EQ(texts.size(), 10'000u);
  EXPECT_EQ(names->front().to_text(), "www.google.com");
  EXPECT_TRUE(texts.contains("childline.org.uk"));
}

}  // namespace
}  // namespace schoolgate::lists

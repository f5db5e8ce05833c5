#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

TEST(TagTable, FindsByIdAndNumberAndKeepsTheOrderOfNumbers) {
  TagTable tags;
  ASSERT_TRUE(tags.add({9, "nine"}));
  ASSERT_TRUE(tags.add({2, "two", TagKind::kService}));
  ASSERT_TRUE(tags.add({511, "last", TagKind::kTrait}));
  ASSERT_EQ(tags.tags().size(), 3u);
  EXPECT_EQ(tags.tags()[0].id, "two");
  EXPECT_EQ(tags.tags()[2].id, "last");
  EXPECT_EQ(tags.find("nine")->number, 9);
  EXPECT_EQ(tags.find(TagNumber{2})->id, "two");
  EXPECT_EQ(tags.find("ten"), nullptr);
  EXPECT_EQ(tags.find(TagNumber{3}), nullptr);
  EXPECT_EQ(tags.find(TagNumber{512}), nullptr);
}

TEST(TagTable, RefusesWhatIsTaken) {
  TagTable tags;
  ASSERT_TRUE(tags.add({1, "games"}));
  const auto same_number = tags.add({1, "social"});
  ASSERT_FALSE(same_number);
  EXPECT_EQ(same_number.error().code(), base::ErrorCode::kInvalid);
  EXPECT_EQ(same_number.error().message(), "tag 'social': its number 1 is that of 'games'");
  const auto same_id = tags.add({2, "games"});
  ASSERT_FALSE(same_id);
  EXPECT_EQ(same_id.error().message(), "tag 'games' is there twice");
  const auto too_high = tags.add({512, "beyond"});
  ASSERT_FALSE(too_high);
  EXPECT_EQ(too_high.error().message(), "tag 'beyond': its number is 512, and should be at most 511");
  EXPECT_EQ(tags.tags().size(), 1u);
}

TEST(TagTable, TraitsAndIds) {
  const TagTable tags = some_tags();
  EXPECT_EQ(tags.locked(), tag_set({511}));
  EXPECT_EQ(tags.security(), tag_set({64}));
  EXPECT_EQ(tags.ids(TagKind::kCategory), (std::vector<std::string>{"gambling", "malware", "illegal"}));
  EXPECT_EQ(tags.ids(TagKind::kService), (std::vector<std::string>{"tiktok"}));
  EXPECT_EQ(tags.ids(tag_set({511, 3, 100})), (std::vector<std::string>{"gambling", "illegal"}));
  EXPECT_TRUE(tags.ids(TagSet()).empty());
}

TEST(TagSet, SetsAndMasks) {
  TagSet set = tag_set({0, 63, 64, 511});
  EXPECT_FALSE(set.test(1));
  EXPECT_TRUE(set.meets(tag_set({64})));
  EXPECT_FALSE(set.meets(tag_set({65})));
  EXPECT_EQ(set.first_common(tag_set({511, 64})), TagNumber{64});
  EXPECT_EQ(set.first_common(tag_set({1})), std::nullopt);
  set.clear(64);
  EXPECT_EQ(set, tag_set({0, 63, 511}));
  EXPECT_EQ(set - tag_set({0}), tag_set({63, 511}));
  EXPECT_EQ(set & tag_set({0, 1}), tag_set({0}));
  std::vector<TagNumber> seen;
  set.for_each([&](TagNumber tag) { seen.push_back(tag); });
  EXPECT_EQ(seen, (std::vector<TagNumber>{0, 63, 511}));
}

}  // namespace
}  // namespace schoolgate::filter

#include "lists/catalogue/catalogue.h"

#include <algorithm>
#include <set>

#include "lists/formats/format.h"
#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

constexpr const char* kTaxonomy = R"toml([[tag]]
number = 1
id = "games"
kind = "category"
name = "N"
meaning = "M."
serves = "S"
advice = "A."
defaults = { under-7 = "block", 7-11 = "block", 11-16 = "block", 16-plus = "block", staff = "block", guest = "block" }
[[tag]]
number = 2
id = "hate"
kind = "category"
name = "N"
meaning = "M."
serves = "S"
advice = "A."
thin = true
defaults = { under-7 = "block", 7-11 = "block", 11-16 = "block", 16-plus = "block", staff = "block", guest = "block" }
[[tag]]
number = 3
id = "sport"
kind = "category"
name = "N"
meaning = "M."
serves = "S"
advice = "A."
defaults = { under-7 = "block", 7-11 = "block", 11-16 = "block", 16-plus = "block", staff = "block", guest = "block" }
[[tag]]
number = 480
id = "test"
kind = "trait"
name = "T"
meaning = "M."
)toml";

Taxonomy small_taxonomy() {
  auto taxonomy = Taxonomy::parse(kTaxonomy, "t.toml");
  EXPECT_TRUE(taxonomy) << taxonomy.error().message();
  return std::move(*taxonomy);
}

// Ten lines, of which line `instead_of` (from 1) is `with`.
std::string entry(std::size_t instead_of = 0, const std::string& with = "") {
  std::vector<std::string> lines = {"[[list]]",
                                    "id = \"some-games\"",
                                    "category = \"games\"",
                                    "source = \"https://lists.example/games.txt\"",
                                    "format = \"hosts\"",
                                    "licence = \"MIT\"",
                                    "page = \"https://lists.example/\"",
                                    "size = 1200",
                                    "counted = \"2026-08\"",
                                    "changes = \"daily\"",
                                    "quality = \"Kept well.\""};
  if (instead_of != 0) lines[instead_of - 1] = with;
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

TEST(Catalogue, ReadsEveryField) {
  const auto catalogue = Catalogue::parse(
      entry() +
          "[[category]]\nid = \"games\"\nnames = 1200\nquality = \"good\"\n[[category]]\nid = \"hate\"\nnames = 7\n" +
          "[[set]]\nid = \"primary\"\nmeaning = \"Up to 11.\"\nlists = [\"some-games\"]\n",
      "c.toml", small_taxonomy());
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  const auto found = catalogue->entry("some-games");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->category + " " + found->source + " " + found->format + " " + found->licence + " " + found->page,
            "games https://lists.example/games.txt hosts MIT https://lists.example/");
  EXPECT_EQ(found->size, 1200u);
  EXPECT_EQ(found->counted + " " + found->changes + " " + found->quality, "2026-08 daily Kept well.");
  EXPECT_EQ(found->refresh(), "1d");
  const auto set = catalogue->set("primary");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->meaning, "Up to 11.");
  EXPECT_EQ(set->lists, std::vector<std::string>{"some-games"});
}

TEST(Catalogue, ThinIsWhatTheTaxonomySays) {
  const Taxonomy taxonomy = small_taxonomy();
  const auto catalogue = Catalogue::parse(
      "[[category]]\nid = \"games\"\nquality = \"good\"\n[[category]]\nid = \"hate\"\nnames = 7\n", "c.toml", taxonomy);
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  const auto quality = [&](const char* id) { return to_text(catalogue->public_lists(*taxonomy.find(id)).quality); };
  EXPECT_EQ(quality("games"), "good");
  EXPECT_EQ(quality("hate"), "thin");
  EXPECT_EQ(quality("sport"), "none");
  EXPECT_EQ(catalogue->public_lists(*taxonomy.find("hate")).names, 7u);
  EXPECT_EQ(catalogue->public_lists(*taxonomy.find("games")).names, 0u);
  const auto empty = Catalogue::parse("", "c.toml", taxonomy);
  ASSERT_TRUE(empty);
  EXPECT_EQ(to_text(empty->public_lists(*taxonomy.find("hate")).quality), "thin");
}

TEST(Catalogue, WhatItHasNotIsNotFoundWithTheNearest) {
  const auto catalogue = Catalogue::parse(
      entry() + "[[set]]\nid = \"primary\"\nmeaning = \"M.\"\nlists = [\"some-games\"]\n", "c.toml", small_taxonomy());
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  const auto entry = catalogue->entry("some-gmes");
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().code(), base::ErrorCode::kNotFound);
  EXPECT_EQ(entry.error().message(), "the catalogue has no list 'some-gmes' (did you mean 'some-games'?)");
  const auto set = catalogue->set("primry");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().message(), "the catalogue has no set 'primry' (did you mean 'primary'?)");
}

struct Mistake {
  std::string text;
  std::string said;
};

TEST(Catalogue, MistakesNameFileLineAndColumn) {
  const std::vector<Mistake> table = {
      {"[[list]\n", "c.toml:1:"},
      {entry(2, "id = \"Some\""), "c.toml:2:6: 'id' may hold small letters, digits and '-' only"},
      {entry(2, ""), "c.toml:1:1: 'id' is missing"},
      {entry() + entry(), "c.toml:13:6: a second entry has the id 'some-games'"},
      {entry(3, "category = \"game\""), "c.toml:3:12: the taxonomy has no category 'game' (did you mean 'games'?)"},
      {entry(3, "category = \"test\""), "c.toml:3:12: the taxonomy has no category 'test'"},
      {entry(4, "source = \"http://lists.example/\""),
       "c.toml:4:10: 'http://lists.example/' should begin with https://"},
      {entry(4, "source = \"games.txt\""), "c.toml:4:10: 'games.txt' should begin with https://"},
      {entry(5, "format = \"host\""), "c.toml:5:10: no format 'host'; there are auto, domains, hosts"},
      {entry(6, "licence = \"\""), "c.toml:6:11: 'licence' is empty"},
      {entry(6, ""), "c.toml:1:1: 'licence' is missing"},
      {entry(7, "page = \"ftp://x\""), "c.toml:7:8: 'ftp://x' should begin with https://"},
      {entry(8, "size = 0"), "c.toml:8:8: 'size' is 0, and should be from 1 to 1000000000"},
      {entry(8, ""), "c.toml:1:1: 'size' and 'counted' stand together, or neither"},
      {entry(9, ""), "c.toml:1:1: 'size' and 'counted' stand together, or neither"},
      {entry(9, "counted = \"2026-13\""), "c.toml:9:11: 'counted' is '2026-13', and should be a month as in '2026-08'"},
      {entry(9, "counted = \"August\""), "c.toml:9:11: 'counted' is 'August'"},
      {entry(10, "changes = \"often\""), "c.toml:10:11: 'changes' is 'often', and should be one of 'hourly', 'daily'"},
      {entry(11, "quality = \"" + std::string(121, 'x') + "\""),
       "c.toml:11:11: 'quality' has 121 octets, and should have at most 120"},
      {entry() + "qualty = \"\"\n", "c.toml:12:1: unknown key 'qualty' (did you mean 'quality'?)"},
      {"[[category]]\nid = \"games\"\n", "c.toml:1:1: 'quality' is missing"},
      {"[[category]]\nid = \"games\"\nquality = \"thin\"\n", "c.toml:3:11: 'quality' is 'thin', and should be one of"},
      {"[[category]]\nid = \"hate\"\nquality = \"good\"\n",
       "c.toml:3:11: the taxonomy says that it is thin: leave it out"},
      {"[[category]]\nid = \"hate\"\n[[category]]\nid = \"hate\"\n", "c.toml:4:6: a second entry has the id 'hate'"},
      {"[[category]]\nid = \"hat\"\n", "c.toml:2:6: the taxonomy has no category 'hat' (did you mean 'hate'?)"},
      {entry() + "[[set]]\nid = \"a\"\nmeaning = \"M.\"\nlists = [\"some-game\"]\n",
       "c.toml:15:10: no [[list]] has the id 'some-game' (did you mean 'some-games'?)"},
      {"[[set]]\nid = \"a\"\nmeaning = \"M.\"\n", "c.toml:1:1: this set has no 'lists'"},
      {"[other]\n", "c.toml:1:2: unknown key 'other'"},
  };
  const Taxonomy taxonomy = small_taxonomy();
  for (const Mistake& row : table) {
    const auto catalogue = Catalogue::parse(row.text, "c.toml", taxonomy);
    ASSERT_FALSE(catalogue) << row.text;
    EXPECT_EQ(catalogue.error().code(), base::ErrorCode::kInvalid);
    EXPECT_NE(catalogue.error().message().find(row.said), std::string::npos) << row.said << "\n"
                                                                             << catalogue.error().message();
  }
}

TEST(Catalogue, SizeAndCountedMayBothBeMissing) {
  std::string text = entry(8, "");
  text.replace(text.find("counted = \"2026-08\""), 19, "");
  const auto catalogue = Catalogue::parse(text, "c.toml", small_taxonomy());
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  EXPECT_EQ(catalogue->entries()[0].size, 0u);
}

TEST(Catalogue, AMissingFileIsNotFound) {
  const auto catalogue = Catalogue::read("/nowhere/catalogue.toml", small_taxonomy());
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().code(), base::ErrorCode::kNotFound);
}

class ShippedCatalogue : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(taxonomy_) << taxonomy_.error().message();
    catalogue_ = Catalogue::read(source_tree("lists/data/catalogue.toml"), *taxonomy_);
    ASSERT_TRUE(catalogue_) << catalogue_.error().message();
  }
  std::set<std::string> categories_of(const std::vector<std::string>& lists) const {
    std::set<std::string> categories;
    for (const std::string& id : lists) categories.insert(catalogue_->entry(id)->category);
    return categories;
  }
  base::Result<Taxonomy> taxonomy_ = Taxonomy::read(source_tree("lists/data/taxonomy.toml"));
  base::Result<Catalogue> catalogue_ = base::Error(base::ErrorCode::kNotFound, "not read");
};

TEST_F(ShippedCatalogue, HasFiftyListsWithAnAddressAndASentenceOfTheirOwn) {
  EXPECT_GE(catalogue_->entries().size(), 50u);
  std::set<std::string> sources;
  for (const CatalogueEntry& entry : catalogue_->entries()) {
    SCOPED_TRACE(entry.id);
    EXPECT_TRUE(sources.insert(entry.source).second);
    EXPECT_TRUE(entry.quality.ends_with('.'));
    EXPECT_LE(entry.id.size(), 48u);  // what the policy file takes
    EXPECT_NE(entry.format, "auto");
    EXPECT_EQ(entry.source.find_first_of(" \"\\"), std::string::npos);
  }
}

TEST_F(ShippedCatalogue, HasAListForEveryCategoryItSaysIsPublic) {
  std::set<std::string> listed;
  for (const CatalogueEntry& entry : catalogue_->entries()) listed.insert(entry.category);
  for (const Category& category : taxonomy_->categories()) {
    SCOPED_TRACE(category.tag.id);
    const PublicQuality quality = catalogue_->public_lists(category).quality;
    if (quality == PublicQuality::kGood || quality == PublicQuality::kFair) {
      EXPECT_TRUE(listed.contains(category.tag.id));
    } else if (quality == PublicQuality::kNone) {
      EXPECT_FALSE(listed.contains(category.tag.id));
    }
  }
}

// A list that is smaller than the floor may stand beside others; a category whose floor nobody reaches would never be covered.
TEST_F(ShippedCatalogue, EveryGoodCategoryCanReachItsFloor) {
  for (const Category& category : taxonomy_->categories()) {
    const PublicLists found = catalogue_->public_lists(category);
    if (found.quality != PublicQuality::kGood || found.names == 0) continue;
    EXPECT_GE(found.names, category.floor) << category.tag.id;
  }
}

TEST_F(ShippedCatalogue, NobodySaysThatIllegalContentIsPublic) {
  for (const CatalogueEntry& entry : catalogue_->entries()) {
    EXPECT_FALSE(taxonomy_->find(entry.category)->tag.locked) << entry.id;
  }
}

TEST_F(ShippedCatalogue, EachSetForYoungerOnesHasAllOfTheOlderOnes) {
  ASSERT_EQ(catalogue_->sets().size(), 3u);
  std::vector<std::string> older;
  for (const char* id : {"college", "secondary", "primary"}) {
    const auto set = catalogue_->set(id);
    ASSERT_TRUE(set) << set.error().message();
    EXPECT_GT(set->lists.size(), older.size());
    for (const std::string& list : older) {
      EXPECT_NE(std::find(set->lists.begin(), set->lists.end(), list), set->lists.end()) << id << " " << list;
    }
    EXPECT_EQ(std::set<std::string>(set->lists.begin(), set->lists.end()).size(), set->lists.size()) << id;
    older = set->lists;
  }
}

TEST_F(ShippedCatalogue, EverySetCoversWhatEverySchoolMustStop) {
  for (const RecommendedSet& set : catalogue_->sets()) {
    const auto covered = categories_of(set.lists);
    for (const char* category : {"pornography", "gambling", "malware", "phishing", "scam", "proxy-vpn", "encrypted-dns",
                                 "drugs", "piracy", "cryptomining"}) {
      EXPECT_TRUE(covered.contains(category)) << set.id << " " << category;
    }
  }
}

}  // namespace
}  // namespace schoolgate::lists

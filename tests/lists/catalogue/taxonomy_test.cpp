#include "lists/catalogue/taxonomy.h"

#include <set>

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

// Lines 1 to 4 are a help resource; the tag begins in line 5.
const std::string kHelp = "[[help]]\nid = \"line\"\nname = \"Line\"\nhow = \"0800\"\n";
const std::string kDefaults =
    "defaults = { under-7 = \"block\", 7-11 = \"block\", 11-16 = \"block\", 16-plus = \"staff-choice\", staff = "
    "\"allow\", "
    "guest = \"allow\" }\n";

std::string category(const std::string& number, const std::string& id, const std::string& more = "",
                     const std::string& defaults = kDefaults) {
  return "[[tag]]\nnumber = " + number + "\nid = \"" + id +
         "\"\nkind = \"category\"\nname = \"N\"\nmeaning = \"M.\"\nserves = \"S\"\nadvice = \"A.\"\n" + defaults + more;
}

TEST(Taxonomy, ReadsEveryField) {
  const auto taxonomy = Taxonomy::parse(
      kHelp +
          category("7", "games",
                   "help = [\"line\"]\nfloor = 300\nalert = true\nthin = true\nhidden = true\nsecurity = true\n") +
          "[[tag]]\nnumber = 480\nid = \"test\"\nkind = \"trait\"\nname = \"T\"\nmeaning = \"M.\"\n",
      "t.toml");
  ASSERT_TRUE(taxonomy) << taxonomy.error().message();
  ASSERT_EQ(taxonomy->categories().size(), 1u);
  const Category& games = taxonomy->categories()[0];
  EXPECT_EQ(games.tag, (filter::Tag{7, "games", filter::TagKind::kCategory, false, true}));
  EXPECT_EQ(games.name + games.meaning + games.serves + games.advice, "NM.SA.");
  EXPECT_EQ(games.defaults.at("16-plus"), "staff-choice");
  EXPECT_EQ(games.defaults.size(), 6u);
  ASSERT_EQ(games.help.size(), 1u);
  EXPECT_EQ(games.help[0].name + games.help[0].how, "Line0800");
  EXPECT_EQ(games.floor, 300u);
  EXPECT_TRUE(games.alert && games.thin && games.hidden);
  EXPECT_EQ(taxonomy->find("games"), &games);
  ASSERT_NE(taxonomy->find("test"), nullptr);
  EXPECT_EQ(taxonomy->find("test")->tag.kind, filter::TagKind::kTrait);
  EXPECT_EQ(taxonomy->find("tests"), nullptr);
  ASSERT_NE(taxonomy->tags().find("games"), nullptr);
  EXPECT_EQ(taxonomy->tags().find("games")->number, 7);
}

TEST(Taxonomy, WithoutAFloorOneNameCovers) {
  const auto taxonomy = Taxonomy::parse(category("1", "games"), "t.toml");
  ASSERT_TRUE(taxonomy) << taxonomy.error().message();
  EXPECT_EQ(taxonomy->find("games")->floor, 1u);
}

struct Mistake {
  std::string text;
  std::vector<std::string> said;  // parts of the message
};

TEST(Taxonomy, MistakesNameFileLineAndColumn) {
  const std::string good = category("1", "good");
  const std::vector<Mistake> table = {
      {"", {"t.toml:1:1: there is no [[tag]] of kind 'category'"}},
      {"[[tag]\n", {"t.toml:1:", "not TOML"}},
      {category("512", "a"), {"t.toml:2:10: 'number' is 512, and should be from 0 to 511"}},
      {category("\"1\"", "a"), {"t.toml:2:10: 'number' is a string, and should be a whole number"}},
      {category("1", "A b"), {"t.toml:3:6: 'id' may hold small letters, digits and '-' only"}},
      {category("1", ""), {"t.toml:3:6: 'id' is empty"}},
      {category("1", "a", "allert = true\n"), {"t.toml:10:1: unknown key 'allert' (did you mean 'alert'?)"}},
      {category("1", "a", "alert = 1\n"), {"t.toml:10:9: 'alert' is a whole number, and should be true or false"}},
      {category("1", "a", "floor = 0\n"), {"t.toml:10:9: 'floor' is 0, and should be from 1 to 1000000000"}},
      {category("1", "a", "help = [\"lin\"]\n") + kHelp,
       {"t.toml:10:9: no [[help]] has the id 'lin' (did you mean 'line'?)"}},
      {category("1", "a", "", ""), {"t.toml:1:1: 'defaults' is missing"}},
      {category("1", "a", "", "defaults = { staff = \"deny\" }\n"),
       {"t.toml:9:22: 'staff' is 'deny', and should be one of 'block', 'allow', 'staff-choice'",
        "'under-7' is missing"}},
      {category("1", "a", "locked = true\n"), {"t.toml:9:", "a locked category is 'block' for everybody"}},
      {good + category("1", "other"), {"t.toml:10:1: "}},
      {good + category("2", "good"), {"t.toml:10:1: "}},
      {kHelp + kHelp + good, {"t.toml:6:6: another [[help]] has the id 'line'"}},
      {good + "[other]\n", {"t.toml:10:2: unknown key 'other'"}},
      {good + "[[tag]]\nnumber = 2\nid = \"b\"\nkind = \"mood\"\nname = \"N\"\nmeaning = \"M\"\n",
       {"t.toml:13:8: 'kind' is 'mood', and should be one of 'category', 'service', 'trait'"}},
      {good + "[[tag]]\nnumber = 2\nid = \"b\"\nkind = \"trait\"\nname = \"N\"\nmeaning = \"M\"\nadvice = \"A\"\n",
       {"t.toml:16:1: unknown key 'advice'"}},
      {good + "[[tag]]\n", {"'number' is missing", "'id' is missing", "'kind' is missing", "'name' is missing"}},
  };
  for (const Mistake& row : table) {
    const auto taxonomy = Taxonomy::parse(row.text, "t.toml");
    ASSERT_FALSE(taxonomy) << row.text;
    for (const std::string& part : row.said) {
      EXPECT_NE(taxonomy.error().message().find(part), std::string::npos) << part << "\n" << taxonomy.error().message();
    }
  }
}

TEST(Taxonomy, AMissingFileIsNotFound) {
  const auto taxonomy = Taxonomy::read("/nowhere/taxonomy.toml");
  ASSERT_FALSE(taxonomy);
  EXPECT_EQ(taxonomy.error().code(), base::ErrorCode::kNotFound);
}

class ShippedTaxonomy : public testing::Test {
 protected:
  ShippedTaxonomy() : taxonomy_(Taxonomy::read(source_tree("lists/data/taxonomy.toml"))) {}
  void SetUp() override { ASSERT_TRUE(taxonomy_) << taxonomy_.error().message(); }
  std::set<std::string> where(bool (*is)(const Category&)) const {
    std::set<std::string> ids;
    for (const Category& category : taxonomy_->categories()) {
      if (is(category)) ids.insert(category.tag.id);
    }
    return ids;
  }
  base::Result<Taxonomy> taxonomy_;
};

using Ids = std::set<std::string>;

// Else one stray name on a list of the school would pass for a list.
TEST_F(ShippedTaxonomy, EveryCategoryHasAFloor) {
  EXPECT_EQ(where([](const Category& category) { return category.floor < 10; }), Ids());
}

TEST_F(ShippedTaxonomy, HasEveryCategoryUnderItsNumber) {
  // Numbers are in images, policies and history: a row here is never changed, only added.
  const std::vector<std::pair<filter::TagNumber, std::string>> given = {{0, "child-abuse"},
                                                                        {1, "terrorism"},
                                                                        {16, "self-harm"},
                                                                        {17, "extremism"},
                                                                        {18, "violence"},
                                                                        {19, "weapons"},
                                                                        {20, "hate"},
                                                                        {21, "drugs"},
                                                                        {22, "alcohol-tobacco"},
                                                                        {32, "pornography"},
                                                                        {33, "nudity"},
                                                                        {34, "dating"},
                                                                        {35, "gambling"},
                                                                        {36, "profanity"},
                                                                        {64, "malware"},
                                                                        {65, "phishing"},
                                                                        {66, "scam"},
                                                                        {67, "newly-seen"},
                                                                        {68, "cryptomining"},
                                                                        {69, "dynamic-dns"},
                                                                        {70, "parked"},
                                                                        {96, "proxy-vpn"},
                                                                        {97, "encrypted-dns"},
                                                                        {98, "remote-access"},
                                                                        {99, "url-shortener"},
                                                                        {100, "translate-cache"},
                                                                        {128, "piracy"},
                                                                        {129, "essay-mills"},
                                                                        {160, "social"},
                                                                        {161, "chat"},
                                                                        {162, "games"},
                                                                        {163, "video"},
                                                                        {164, "music"},
                                                                        {165, "forums"},
                                                                        {166, "shopping"},
                                                                        {167, "sport"},
                                                                        {168, "generative-ai"},
                                                                        {169, "app-stores"},
                                                                        {208, "ads"},
                                                                        {209, "tracking"},
                                                                        {224, "misinformation"},
                                                                        {480, "test"},
                                                                        {481, "support"}};
  for (const auto& [number, id] : given) {
    const Category* entry = taxonomy_->find(id);
    ASSERT_NE(entry, nullptr) << id;
    EXPECT_EQ(entry->tag.number, number) << id;
  }
  EXPECT_EQ(taxonomy_->tags().tags().size(), given.size());
  EXPECT_EQ(taxonomy_->categories().size(), given.size() - 2);
}

TEST_F(ShippedTaxonomy, FlagsAreThoseOfTheField) {
  EXPECT_EQ(where([](const Category& c) { return c.tag.locked; }), (Ids{"child-abuse", "terrorism"}));
  EXPECT_EQ(where([](const Category& c) { return c.tag.security; }),
            (Ids{"malware", "phishing", "scam", "cryptomining", "proxy-vpn", "encrypted-dns"}));
  EXPECT_EQ(where([](const Category& c) { return c.hidden; }), (Ids{"newly-seen", "dynamic-dns"}));
  const Ids thin = where([](const Category& c) { return c.thin; });
  for (const char* id : {"self-harm", "extremism", "hate", "violence", "terrorism", "child-abuse"}) {
    EXPECT_TRUE(thin.contains(id)) << id;
  }
  const Ids alerting = where([](const Category& c) { return c.alert; });
  for (const char* id : {"self-harm", "extremism", "terrorism", "child-abuse"})
    EXPECT_TRUE(alerting.contains(id)) << id;
}

TEST_F(ShippedTaxonomy, OffersHelpWhereSomebodyMayNeedIt) {
  const auto offers = [this](const char* id, std::string_view name) {
    const auto& help = taxonomy_->find(id)->help;
    return std::any_of(help.begin(), help.end(), [name](const HelpResource& one) { return one.name == name; });
  };
  for (const Category& category : taxonomy_->categories()) {
    EXPECT_TRUE(!category.alert || offers(category.tag.id.c_str(), "Childline")) << category.tag.id;
  }
  EXPECT_TRUE(offers("self-harm", "Samaritans"));
  EXPECT_TRUE(offers("gambling", "GamCare"));
  EXPECT_TRUE(offers("drugs", "FRANK"));
}

// DNS shows what a device asked for, never what a person did; and nobody is reproached.
TEST_F(ShippedTaxonomy, NeverSaysWhatAPersonDid) {
  for (const Category& category : taxonomy_->categories()) {
    const std::string said = category.meaning + " " + category.advice;
    for (const char* word : {"visited", "searched", "viewed", "you tried", "not allowed", "forbidden", "should not"}) {
      EXPECT_EQ(said.find(word), std::string::npos) << category.tag.id << ": " << word;
    }
    EXPECT_TRUE(category.meaning.ends_with('.') && category.advice.ends_with('.')) << category.tag.id;
  }
}

// An older age band may have whatever a younger one may.
TEST_F(ShippedTaxonomy, DefaultsLoosenWithAge) {
  for (const Category& category : taxonomy_->categories()) {
    bool opened = false;
    for (const char* band : {"under-7", "7-11", "11-16", "16-plus", "staff"}) {
      const bool blocks = category.defaults.at(band) == "block";
      EXPECT_FALSE(opened && blocks) << category.tag.id << " " << band;
      opened = opened || !blocks;
    }
  }
}

}  // namespace
}  // namespace schoolgate::lists

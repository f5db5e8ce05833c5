// lists catalogue: what it shows.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

constexpr const char* kCatalogue = R"toml([[list]]
id = "our-gambling"
category = "gambling"
source = "https://lists.example/gambling.txt"
format = "hosts"
licence = "CC BY-NC 4.0"
page = "https://lists.example/about"
size = 12000
counted = "2026-08"
changes = "daily"
quality = "Kept well."
[[list]]
id = "dark"
category = "self-harm"
source = "https://lists.example/dark.tar.gz"
format = "squidguard"
licence = "MIT"
page = "https://lists.example/"
changes = "rarely"
quality = "Short."
[[category]]
id = "gambling"
names = 12000
quality = "good"
[[set]]
id = "primary"
meaning = "Up to 11."
lists = ["our-gambling", "dark"]
)toml";

class CatalogueVerbTest : public testing::Test {
 protected:
  CatalogueVerbTest() { place_.write("catalogue.toml", kCatalogue); }
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  // The line that begins so.
  static std::string line(const std::string& text, const std::string& start) {
    const std::size_t at = ("\n" + text).find("\n" + start);
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  }
  Workplace place_;
};

TEST_F(CatalogueVerbTest, ShowsListsCategoriesAndSets) {
  const Ran ran = place_.run({"lists", "catalogue"}, 300);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  const std::string gambling = line(ran.out, "our-gambling");
  for (const char* words : {"gambling", "12,000", "daily", "yes", "CC BY-NC 4.0", "Kept well."}) {
    EXPECT_TRUE(has(gambling, words)) << words << "\n" << ran.out;
  }
  EXPECT_FALSE(has(line(ran.out, "dark"), "yes")) << "the policy has it not";
  const std::string covered = line(ran.out, "gambling");
  EXPECT_TRUE(has(covered, "12,000") && has(covered, "good") && has(covered, "1,000 names")) << ran.out;
  EXPECT_TRUE(has(line(ran.out, "self-harm"), "thin")) << ran.out;
  EXPECT_TRUE(has(ran.out, "schoolgate lists add --set primary    2 lists. Up to 11.\n")) << ran.out;
}

TEST_F(CatalogueVerbTest, OneCategoryIsShownWithItsSentences) {
  const Ran ran = place_.run({"lists", "catalogue", "--category", "gambling"}, 60);
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(has(ran.out,
                  "\nour-gambling: Kept well.\n  licence CC BY-NC 4.0; https://lists.example/about\n"
                  "  about 12,000 names in 2026-08\n"))
      << ran.out;
  EXPECT_FALSE(has(ran.out, "dark"));
  EXPECT_FALSE(has(ran.out, "self-harm"));
  const Ran none = place_.run({"lists", "catalogue", "--category", "child-abuse"});
  EXPECT_EQ(none.out.find("No public list is known.\n"), 0u) << none.out;
}

TEST_F(CatalogueVerbTest, AnUnknownCategoryIsNotFound) {
  const Ran ran = place_.run({"lists", "catalogue", "--category", "gamblin"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_EQ(ran.err, "there is no category 'gamblin' (did you mean 'gambling'?)\n");
}

TEST_F(CatalogueVerbTest, ProgramsGetAllOfIt) {
  const Json json = Json::parse(place_.run({"lists", "catalogue", "--json"}).out, nullptr, false);
  ASSERT_EQ(json["lists"].size(), 2u);
  EXPECT_EQ(
      json["lists"][0].dump(),
      R"({"id":"our-gambling","category":"gambling","source":"https://lists.example/gambling.txt","format":"hosts",)"
      R"("licence":"CC BY-NC 4.0","page":"https://lists.example/about","size":12000,"counted":"2026-08",)"
      R"("changes":"daily","quality":"Kept well.","in_policy":true})");
  EXPECT_EQ(json["lists"][1]["size"], nullptr);
  EXPECT_EQ(json["lists"][1]["in_policy"], false);
  ASSERT_EQ(json["categories"].size(), 3u);
  EXPECT_EQ(json["categories"][1].dump(), R"({"id":"self-harm","names":null,"quality":"thin","floor":100})");
  EXPECT_EQ(json["categories"][2].dump(), R"({"id":"gambling","names":12000,"quality":"good","floor":1000})");
  EXPECT_EQ(json["sets"].dump(), R"([{"id":"primary","meaning":"Up to 11.","lists":["our-gambling","dark"]}])");
}

}  // namespace
}  // namespace schoolgate::admin_cli

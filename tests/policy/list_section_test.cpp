#include "policy/list_section.h"

#include <gtest/gtest.h>

#include "filter/rules/tag_table.h"

namespace schoolgate::policy {
namespace {

const std::string kStart = "# Our school's policy.\ndefault_group = \"everyone\"\n";
const ListSection kGames{"our-games", "games", "games.txt", "hosts", "Games that we found."};

filter::TagTable tags() {
  filter::TagTable table;
  for (const char* id : {"games", "gambling"}) {
    const auto number = static_cast<filter::TagNumber>(table.tags().size());
    EXPECT_TRUE(table.add({number, id, filter::TagKind::kCategory, false, false}));
  }
  return table;
}

PolicySettings parsed(const std::string& text) {
  auto settings = parse_policy(text, "/school/policy.toml", tags());
  EXPECT_TRUE(settings) << settings.error().message() << "\n" << text;
  return settings ? std::move(*settings) : PolicySettings();
}

base::Result<TakenList> take(const std::string& text, const std::string& id) {
  for (const ListSetting& list : parsed(text).lists) {
    if (list.id == id) return take_list(text, list);
  }
  ADD_FAILURE() << "no list " << id << " in\n" << text;
  return base::Error(base::ErrorCode::kNotFound, id);
}

TEST(PutList, StandsAtTheEndWithItsComment) {
  const std::string text = put_list(kStart, kGames);
  EXPECT_EQ(text,
            kStart +
                "\n# Games that we found.\n[[list]]\nid = \"our-games\"\ncategory = \"games\"\nsource = \"games.txt\"\n"
                "format = \"hosts\"\n");
  const PolicySettings settings = parsed(text);
  ASSERT_EQ(settings.lists.size(), 1u);
  EXPECT_EQ(settings.lists[0].source, "/school/games.txt");
}

TEST(PutList, SaysHowOftenAnAddressIsFetched) {
  const std::string text = put_list(kStart, {"a", "games", "https://lists.example/a.txt", "hosts", "", "1w"});
  EXPECT_TRUE(text.ends_with("format = \"hosts\"\nrefresh = \"1w\"\n")) << text;
  EXPECT_EQ(parsed(text).lists.at(0).refresh_s, 7 * 86'400);
  EXPECT_EQ(take(text, "a").value().rest, kStart);
}

TEST(PutList, NeedsNeitherCommentNorFormat) {
  EXPECT_EQ(put_list("", {"a", "games", "a.txt", "", ""}),
            "[[list]]\nid = \"a\"\ncategory = \"games\"\nsource = \"a.txt\"\n");
}

TEST(PutList, KeepsTheLineEndsOfTheFile) {
  EXPECT_EQ(put_list("a = 1\r\n", {"a", "games", "a.txt", "", "c"}),
            "a = 1\r\n\r\n# c\r\n[[list]]\r\nid = \"a\"\r\ncategory = \"games\"\r\nsource = \"a.txt\"\r\n");
  EXPECT_EQ(put_list("a = 1", {"a", "games", "a.txt", "", ""}).substr(0, 9), "a = 1\n\n[[");
}

TEST(PutList, NoValueAndNoCommentBreaksOut) {
  const std::string source = "a\"\nid = \"b\\\x7f\t.txt";
  const std::string text = put_list(kStart, {"a", "games", source, "", "one\n[[group]]\nid = \"x\"\rtwo"});
  const PolicySettings settings = parsed(text);
  ASSERT_EQ(settings.lists.size(), 1u);
  EXPECT_EQ(settings.lists[0].id, "a");
  EXPECT_EQ(settings.lists[0].source, "/school/" + source);
  EXPECT_EQ(settings.groups.size(), 1u);  // "everyone", which is always there
}

TEST(TakeList, GivesBackWhatWasBeforeItWasPut) {
  for (const std::string& before :
       {kStart, kStart + "\n[[group]]\nid = \"a\"\n\n\n", put_list(kStart, {"b", "gambling", "b", "", "B."}),
        std::string("default_group = \"everyone\"\r\n")}) {
    const auto taken = take(put_list(before, kGames), "our-games");
    ASSERT_TRUE(taken) << taken.error().message();
    EXPECT_EQ(taken->rest, before);
  }
}

TEST(TakeList, LeavesEveryOtherOctet) {
  const std::string above = kStart + "\n[[list]] # the first\nid='b'\ncategory = 'gambling'\nsource = 'b'\n";
  const std::string section =
      "# Games,\n# by hand.\n[[ list ]]\n  id = \"our-games\" # here\n\n# within\ncategory = \"games\"\nsource = "
      "\"g\"\n";
  const std::string below =
      "\n# What follows is not the list's.\n\n[[group]]\nid = \"a\"\n  [[device]]\nid='d'\ngroup='a'\nmatch = { "
      "address = '10.0.0.1' }";
  const auto taken = take(above + "\n" + section + below, "our-games");
  ASSERT_TRUE(taken) << taken.error().message();
  EXPECT_EQ(taken->taken, section);
  EXPECT_EQ(taken->rest, above + below);
  EXPECT_EQ(taken->first_line, 9u);
  EXPECT_EQ(taken->last_line, 16u);
  const PolicySettings settings = parsed(taken->rest);
  EXPECT_EQ(settings.lists.size(), 1u);
  EXPECT_EQ(settings.devices.size(), 1u);
}

TEST(TakeList, KeepsABlankLineBetweenItsNeighbours) {
  const std::string text = kStart + "\n[[list]]\nid='a'\ncategory='games'\nsource='a'\n[[group]]\nid = \"a\"\n";
  const auto taken = take(text, "a");
  ASSERT_TRUE(taken) << taken.error().message();
  EXPECT_EQ(taken->rest, kStart + "\n[[group]]\nid = \"a\"\n");
}

TEST(TakeList, TheWordsThatBeginTheFileStay) {
  const std::string text = "# Our school.\n[[list]]\nid='a'\ncategory='games'\nsource='a'\n[[group]]\nid='everyone'\n";
  const auto settings = parse_policy(text + "[[list]]\nid='b'\ncategory='games'\nsource='b'\n", "p.toml", tags());
  ASSERT_FALSE(settings);  // no default_group can stand in such a file: take_list alone is asked
  ListSetting list;
  list.id = "a";
  list.place = {"p.toml", 2, 1};
  const auto taken = take_list(text, list);
  ASSERT_TRUE(taken) << taken.error().message();
  EXPECT_EQ(taken->rest, "# Our school.\n[[group]]\nid='everyone'\n");
}

TEST(TakeList, WhatIsWrittenInAnotherWayIsLeftToAPerson) {
  const std::vector<std::string> texts = {
      // An inline array.
      "default_group = \"everyone\"\nlist = [{ id = 'a', category = 'games', source = 'a' }]\n",
      // A value over several lines, of which one looks like a header.
      kStart + "[[list]]\nid='a'\ncategory='games'\nsource='''\n[[group]]\n'''\n",
      // Two headers in one line of a string, the id in the part that would be left.
      kStart + "[[list]]\ncategory='games'\nsource=\"\"\"x\n[x]\"\"\"\nid='a'\n",
  };
  for (const std::string& text : texts) {
    const auto taken = take(text, "a");
    ASSERT_FALSE(taken) << text;
    EXPECT_EQ(taken.error().code(), base::ErrorCode::kInvalid);
    EXPECT_NE(taken.error().message().find("take it out by hand"), std::string::npos) << taken.error().message();
    EXPECT_EQ(taken.error().message().find("/school/policy.toml:"), 0u) << taken.error().message();
  }
}

TEST(TakeList, APlaceOutsideTheTextIsLeftToAPerson) {
  ListSetting list;
  list.id = "a";
  for (const unsigned line : {0U, 3U, 4'000'000'000U}) {
    list.place = {"p.toml", line, 1};
    EXPECT_FALSE(take_list("[[list]]\nid='a'\n", list)) << line;
  }
}

}  // namespace
}  // namespace schoolgate::policy

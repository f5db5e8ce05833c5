#include "base/toml.h"

#include "tests/support/temporary_folder.h"

namespace schoolgate::base {
namespace {

// What `check` says after `ask` has asked the root for what it knows.
template <class Ask>
std::string problems(std::string_view text, Ask ask) {
  auto document = TomlDocument::parse(text, "f.toml");
  if (!document) return document.error().message();
  TomlTable root = document->root();
  ask(root);
  const Status status = document->check();
  return status ? "" : status.error().message();
}

TEST(Toml, GivesValuesWithTheirPlaces) {
  auto document =
      TomlDocument::parse("name = 'x'\n  on = true\ncount = 0x1f\nwords = [\"a\",\n  \"b\"]\n", "dir/f.toml");
  ASSERT_TRUE(document);
  TomlTable root = document->root();
  EXPECT_EQ(root.string("name")->value, "x");
  EXPECT_EQ(root.string("name")->place.to_text(), "dir/f.toml:1:8");
  EXPECT_TRUE(root.boolean("on")->value);
  EXPECT_EQ(root.boolean("on")->place.to_text(), "dir/f.toml:2:8");
  EXPECT_EQ(root.integer("count", 0, 31)->value, 31);
  const auto words = root.strings("words");
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[1].value, "b");
  EXPECT_EQ(words[1].place.to_text(), "dir/f.toml:5:3");
  root.finish();
  EXPECT_TRUE(document->check());
}

TEST(Toml, GivesNothingForWhatIsAbsent) {
  auto document = TomlDocument::parse("", "f.toml");
  ASSERT_TRUE(document);
  TomlTable root = document->root();
  EXPECT_FALSE(root.string("x"));
  EXPECT_FALSE(root.boolean("x"));
  EXPECT_FALSE(root.integer("x", 0, 9));
  EXPECT_TRUE(root.strings("x").empty());
  EXPECT_FALSE(root.table("x"));
  EXPECT_TRUE(root.tables("x").empty());
  EXPECT_TRUE(root.strings_or_tables("x").empty());
  EXPECT_FALSE(root.has("x"));
  EXPECT_TRUE(root.is_empty("x"));
  EXPECT_TRUE(root.keys().empty());
  EXPECT_EQ(root.place("x").to_text(), "f.toml:1:1");
  root.not_built_yet("x");
  root.finish();
  EXPECT_TRUE(document->check());
}

struct KindRow {
  std::string value;
  std::string is;
};

class WrongKind : public testing::TestWithParam<KindRow> {};

TEST_P(WrongKind, IsReportedAndCountsAsAbsent) {
  const std::string& is = GetParam().is;
  const auto told = [&](const std::string& should_be, auto ask) {
    EXPECT_EQ(problems("k = " + GetParam().value + "\n", ask),
              "f.toml:1:5: 'k' is " + is + ", and should be " + should_be);
  };
  if (is != "a string") told("a string", [](TomlTable& root) { EXPECT_FALSE(root.string("k")); });
  if (is != "true or false") told("true or false", [](TomlTable& root) { EXPECT_FALSE(root.boolean("k")); });
  if (is != "a whole number") told("a whole number", [](TomlTable& root) { EXPECT_FALSE(root.integer("k", 0, 9)); });
  if (is != "a table") told("a table", [](TomlTable& root) { EXPECT_FALSE(root.table("k")); });
  if (is != "an array") {
    told("an array", [](TomlTable& root) { EXPECT_TRUE(root.strings("k").empty()); });
    told("an array", [](TomlTable& root) { EXPECT_TRUE(root.strings_or_tables("k").empty()); });
    told("an array of tables, [[k]]", [](TomlTable& root) { EXPECT_TRUE(root.tables("k").empty()); });
  }
}

INSTANTIATE_TEST_SUITE_P(Table, WrongKind,
                         testing::Values(KindRow{"'text'", "a string"}, KindRow{"7", "a whole number"},
                                         KindRow{"7.0", "a number with a point"}, KindRow{"false", "true or false"},
                                         KindRow{"[]", "an array"}, KindRow{"{ a = 1 }", "a table"},
                                         KindRow{"2026-12-01", "a date or time"}, KindRow{"12:30:00", "a date or time"},
                                         KindRow{"2026-12-01T12:30:00Z", "a date or time"}));

TEST(Toml, RefusesNumbersOutOfBounds) {
  const auto ask = [](TomlTable& root) { root.integer("port", 1, 65535); };
  EXPECT_EQ(problems("port = 0", ask), "f.toml:1:8: 'port' is 0, and should be from 1 to 65535");
  EXPECT_EQ(problems("port = 65536", ask), "f.toml:1:8: 'port' is 65536, and should be from 1 to 65535");
  EXPECT_EQ(problems("port = -9", ask), "f.toml:1:8: 'port' is -9, and should be from 1 to 65535");
  EXPECT_EQ(problems("port = 1", ask), "");
  EXPECT_EQ(problems("port = 65535", ask), "");
}

TEST(Toml, RefusesMembersOfAnotherKind) {
  const auto strings = [](TomlTable& root) { EXPECT_EQ(root.strings("k").size(), 1U); };
  EXPECT_EQ(problems("k = ['a', 7]", strings), "f.toml:1:11: 'k' is a whole number, and should be an array of strings");
  EXPECT_EQ(problems("k = ['a', { b = 1 }]", strings), "f.toml:1:11: a member of 'k' should be a string");
  EXPECT_EQ(problems("k = ['a', ['b']]", strings), "f.toml:1:11: 'k' is an array, and should be an array of strings");
  EXPECT_EQ(problems("k = [{ a = 1 }, 'x']", [](TomlTable& root) { EXPECT_EQ(root.tables("k").size(), 1U); }),
            "f.toml:1:17: 'k' is a string, and should be an array of tables, [[k]]");
}

TEST(Toml, ReadsStringsBesideTables) {
  auto document = TomlDocument::parse("allow = ['a.example',\n  { name = 'b.example', extra = 1 }]\n", "f.toml");
  ASSERT_TRUE(document);
  auto members = document->root().strings_or_tables("allow");
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].string->value, "a.example");
  EXPECT_FALSE(members[0].table);
  EXPECT_FALSE(members[1].string);
  EXPECT_EQ(members[1].table->string("name")->value, "b.example");
  EXPECT_EQ(members[1].table->place().to_text(), "f.toml:2:3");
  members[1].table->finish();
  EXPECT_EQ(document->check().error().message(), "f.toml:2:25: unknown key 'extra'");
}

TEST(Toml, NamesUnknownKeysAndWhatWasMeant) {
  const auto ask = [](TomlTable& root) {
    root.string("default_group");
    root.tables("list");
    root.finish();
  };
  EXPECT_EQ(problems("defualt_group = 'x'", ask),
            "f.toml:1:1: unknown key 'defualt_group' (did you mean 'default_group'?)");
  EXPECT_EQ(problems("\n  colour = 'x'", ask), "f.toml:2:3: unknown key 'colour'");
  EXPECT_EQ(problems("[[lists]]\nid = 1", ask), "f.toml:1:3: unknown key 'lists' (did you mean 'list'?)");
  EXPECT_EQ(problems("default_group.x = 1", ask), "f.toml:1:1: 'default_group' is a table, and should be a string");
}

TEST(Toml, LooksForUnknownKeysInTheTablesThatWereAskedFor) {
  const auto ask = [](TomlTable& root) {
    for (TomlTable& group : root.tables("group")) {
      group.string("id");
      if (auto times = group.table("times")) {
        times->string("from");
        times->finish();
      }
      group.finish();
    }
    root.finish();
  };
  EXPECT_EQ(problems("[[group]]\nid = 'a'\n[[group]]\nid = 'b'\nit = 'c'\n[group.times]\nform = '12:00'\n", ask),
            "f.toml:5:1: unknown key 'it' (did you mean 'id'?)\n"
            "f.toml:7:1: unknown key 'form' (did you mean 'from'?)");
}

TEST(Toml, RefusesWhatIsNotBuiltYet) {
  const auto ask = [](TomlTable& root) {
    if (!root.is_empty("listen_tls")) root.not_built_yet("listen_tls");
    if (!root.is_empty("url")) root.not_built_yet("url");
    root.finish();
  };
  EXPECT_EQ(problems("", ask), "");
  EXPECT_EQ(problems("listen_tls = []\nurl = ''", ask), "");
  EXPECT_EQ(problems("listen_tls = ['[::]:853']\nurl = 'http://x'", ask),
            "f.toml:1:14: 'listen_tls': not built yet; leave it out\nf.toml:2:7: 'url': not built yet; leave it out");
  EXPECT_EQ(problems("url = false", ask), "f.toml:1:7: 'url': not built yet; leave it out");
}

TEST(Toml, ReportsInTheOrderOfTheFile) {
  EXPECT_EQ(problems("a = 1\nb = 2\nc = 3",
                     [](TomlTable& root) {
                       root.report(root.place("b"), "second");
                       root.report(root.place("a"), "first");
                       root.finish();
                     }),
            "f.toml:1:1: unknown key 'a'\nf.toml:1:5: first\nf.toml:2:1: unknown key 'b'\n"
            "f.toml:2:5: second\nf.toml:3:1: unknown key 'c'");
}

TEST(Toml, ReportsWithoutAPlace) {
  EXPECT_EQ(problems("", [](TomlTable& root) { root.report(Place{"f.toml"}, "no group at all"); }),
            "f.toml: no group at all");
}

TEST(Toml, SharesWhatWasAskedForBetweenCopies) {
  EXPECT_EQ(problems("a = 'x'",
                     [](TomlTable& root) {
                       TomlTable copy = root;
                       copy.string("a");
                       root.finish();
                     }),
            "");
}

TEST(Toml, KnowsItsKeysAndPlaces) {
  auto document = TomlDocument::parse("b = 1\n[server]\nlisten = []\n[a]\n", "f.toml");
  ASSERT_TRUE(document);
  TomlTable root = document->root();
  EXPECT_EQ(root.keys(), (std::vector<std::string>{"a", "b", "server"}));
  EXPECT_TRUE(root.has("server"));
  auto server = root.table("server");
  ASSERT_TRUE(server);
  EXPECT_EQ(server->place().line, 2U);
  EXPECT_EQ(server->place("listen").to_text(), "f.toml:3:10");
  EXPECT_EQ(server->place("absent").to_text(), server->place().to_text());
}

struct SyntaxRow {
  std::string text;
  std::string place;
};

class NotToml : public testing::TestWithParam<SyntaxRow> {};

TEST_P(NotToml, IsRefusedAtItsPlace) {
  const auto document = TomlDocument::parse(GetParam().text, "f.toml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code(), ErrorCode::kInvalid);
  EXPECT_TRUE(document.error().message().starts_with(GetParam().place + ": not TOML: ")) << document.error().message();
}

INSTANTIATE_TEST_SUITE_P(Table, NotToml,
                         testing::Values(SyntaxRow{"a = ", "f.toml:1:5"}, SyntaxRow{"a", "f.toml:1:2"},
                                         SyntaxRow{"a = 1\na = 2", "f.toml:2:5"},
                                         SyntaxRow{"x = 1\ny = 'open\nz = 2", "f.toml:2:10"},
                                         SyntaxRow{"[a]\n[a]\n", "f.toml:2:1"}, SyntaxRow{"a = [1, 2", "f.toml:1:10"},
                                         SyntaxRow{"a = 1 b = 2", "f.toml:1:7"},
                                         SyntaxRow{"a = \"\xff\"", "f.toml:1:5"},
                                         SyntaxRow{"a = 99999999999999999999", "f.toml:1:25"}));

TEST(Toml, SurvivesDeepNesting) {
  const auto document = TomlDocument::parse("a = " + std::string(100'000, '['), "f.toml");
  EXPECT_FALSE(document);
}

TEST(Toml, ReadsAFile) {
  const support::TemporaryFolder folder;
  auto document = TomlDocument::read(folder.write("x.toml", "a = 1\n"));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().integer("a", 0, 1)->place.to_text(), folder.file("x.toml") + ":1:5");
  const auto missing = TomlDocument::read(folder.file("absent.toml"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message(), "cannot open " + folder.file("absent.toml") + ": No such file or directory");
}

}  // namespace
}  // namespace schoolgate::base

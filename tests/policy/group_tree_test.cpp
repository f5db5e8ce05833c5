// What must hold between groups: policy/group_tree.cpp.
#include "policy/group_section.h"
#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using sample::refusal;

// Each row is a whole file after its first line; its groups start at line 2.
struct Row {
  const char* text;
  const char* message;
};

void expect(const std::vector<Row>& table) {
  for (const Row& row : table) {
    EXPECT_EQ(refusal(std::string("default_group = 'everyone'\n") + row.text), row.message) << row.text;
  }
}

TEST(GroupTree, Parents) {
  expect({
      {"[[group]]\nid='a'\nparent='b'\n[[group]]\nid='b'\nparent='c'\n[[group]]\nid='c'", ""},
      {"[[group]]\nid='pupils'\n[[group]]\nid='b'\nparent='pupil'",
       "p.toml:6:8: unknown group 'pupil' (did you mean 'pupils'?)"},
      {"[[group]]\nid='everyone'\nparent='everyone'",
       "p.toml:4:8: 'everyone' is the root of the groups and has no parent"},
      {"[[group]]\nid='a'\nparent='a'", "p.toml:4:8: the parents go round: a → a"},
      {"[[group]]\nid='a'\nparent='b'\n[[group]]\nid='b'\nparent='a'", "p.toml:4:8: the parents go round: a → b → a"},
      {"[[group]]\nid='x'\nparent='a'\n[[group]]\nid='a'\nparent='b'\n[[group]]\nid='b'\nparent='c'\n"
       "[[group]]\nid='c'\nparent='a'",
       "p.toml:7:8: the parents go round: a → b → c → a"},
      {"[[group]]\nid='a'\nparent='b'\n[[group]]\nid='b'\nparent='a'\n[[group]]\nid='c'\nparent='c'",
       "p.toml:4:8: the parents go round: a → b → a\np.toml:10:8: the parents go round: c → c"},
  });
}

TEST(GroupTree, Depth) {
  const auto chain = [](int depth) {
    std::string text = "default_group = 'everyone'\n";
    for (int i = 1; i <= depth; ++i) {
      text += fmt::format("[[group]]\nid='g{}'\nparent='{}'\n", i, i == 1 ? "everyone" : fmt::format("g{}", i - 1));
    }
    return text;
  };
  EXPECT_EQ(refusal(chain(32)), "");
  EXPECT_EQ(refusal(chain(33)), "p.toml:100:8: more than 32 groups above each other");
}

TEST(GroupTree, IllegalContentCannotBeAllowed) {
  expect({
      {"[[group]]\nid='a'\nallow=['child-abuse']", "p.toml:4:8: 'child-abuse': illegal content cannot be allowed"},
      {"[[group]]\nid='everyone'\nallow=['news', 'terrorism']",
       "p.toml:4:16: 'terrorism': illegal content cannot be allowed"},
  });
}

TEST(GroupTree, LockedCategories) {
  const char* const above = "[[group]]\nid='school'\nblock=['games','social']\nlocked=['block']\n";
  const auto below = [above](const std::string& lines) {
    return refusal(std::string("default_group = 'everyone'\n") + above + lines);
  };
  EXPECT_EQ(below("[[group]]\nid='a'\nparent='school'\nallow=['news']"), "");
  EXPECT_EQ(below("[[group]]\nid='a'\nallow=['games']"), "") << "another branch";
  EXPECT_EQ(below("[[group]]\nid='a'\nparent='school'\nallow=['news','games']"),
            "p.toml:9:15: 'games' cannot be allowed: group 'school' blocks it and locks its 'block'");
  EXPECT_EQ(below("allow=['social']"),
            "p.toml:6:8: 'social' cannot be allowed: group 'school' blocks it and locks its 'block'");
  EXPECT_EQ(below("[[group]]\nid='b'\nparent='a'\nallow=['social']\n[[group]]\nid='a'\nparent='school'\n"),
            "p.toml:9:8: 'social' cannot be allowed: group 'school' blocks it and locks its 'block'")
      << "two above, written later";
}

TEST(GroupTree, LockedNames) {
  const auto file = [](const std::string& blocked, const std::string& allowed, const std::string& locked) {
    return refusal("default_group = 'everyone'\n[[group]]\nid='everyone'\nblock_names=['" + blocked + "']\nlocked=[" +
                   locked + "]\n[[group]]\nid='a'\nallow_names=['" + allowed + "']");
  };
  EXPECT_EQ(file("x.example", "www.x.example", ""), "");
  EXPECT_EQ(file("x.example", "y.example", "'block_names'"), "");
  EXPECT_EQ(file("*.x.example", "x.example", "'block_names'"), "") << "x.example itself is allowed";
  EXPECT_EQ(file("=x.example", "x.example", "'block_names'"), "") << "names below it are allowed";
  EXPECT_EQ(file("x.example", "www.x.example", "'block_names'"),
            "p.toml:8:14: 'www.x.example' cannot be allowed: group 'everyone' blocks 'x.example' and locks its "
            "'block_names'");
}

TEST(GroupTree, ProtectedNames) {
  const auto file = [](const std::string& blocked) {
    return refusal(
        "default_group = "
        "'everyone'\nprotected_names=['www.school.example']\n[[group]]\nid='a'\nblock_names=['" +
        blocked + "']");
  };
  EXPECT_EQ(file("=school.example"), "");
  EXPECT_EQ(file("*.www.school.example"), "");
  EXPECT_EQ(file("chool.example"), "");
  for (const char* blocked :
       {"school.example", "*.school.example", "www.school.example", "=WWW.school.example", "example"}) {
    EXPECT_EQ(
        file(blocked),
        fmt::format("p.toml:5:14: '{}' would block 'www.school.example', which protected_names protects", blocked));
  }
}

}  // namespace
}  // namespace schoolgate::policy

#include "filter/line_index.h"

#include "filter/file/image_format.h"
#include "filter/rules/rule_store.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

constexpr Digest kImage = {1, 2, 3};
constexpr std::size_t kBlocksStart = 48 + 3 * 16;

std::string encode_lines(RuleStore& store) {
  LineIndexBuilder builder;
  for (SortedNames names(store.sorted()); names.next();) {
    for (const RuleLine& rule : names.rules()) builder.add(names.key(), rule);
  }
  return std::move(builder).finish(kImage, store.frames());
}

std::string encoded(int names) {
  RuleStore store;
  for (int i = 0; i < names; ++i) {
    NameRule rule;
    rule.list = static_cast<ListNumber>(i % 5);
    rule.line = static_cast<std::uint32_t>(i + 1);
    rule.reach = static_cast<Reach>(i % 3);
    rule.exception = i % 2 == 0 ? Exception::kNo : Exception::kYes;
    const std::string text = fmt::format("n{}.example", i);
    store.add(rule, name(text), i % 4 == 0 ? text : "0.0.0.0 " + text);
  }
  return encode_lines(store);
}

base::Result<std::unique_ptr<LineIndex>> open(std::string octets, const Digest& image = kImage) {
  return LineIndex::open(Mapping::of_memory(std::move(octets)), "x.lines", image, Checksums::kVerify);
}

TEST(LineIndex, FindsEachRuleByItsName) {
  for (const int names : {1, 2, 32, 33, 64, 1000}) {
    const auto index = open(encoded(names)).value();
    for (int i = 0; i < names; ++i) {
      const std::string text = fmt::format("n{}.example", i);
      const auto found = index->find(DomainKey(name(text)).text());
      ASSERT_TRUE(found);
      ASSERT_EQ(found->size(), 1u) << text;
      EXPECT_EQ(found->front().line, static_cast<std::uint32_t>(i + 1));
      EXPECT_EQ(found->front().list, i % 5);
      EXPECT_EQ(found->front().reach, static_cast<Reach>(i % 3));
      EXPECT_EQ(found->front().exception == Exception::kYes, i % 2 == 1);
      EXPECT_EQ(found->front().text, i % 4 == 0 ? text : "0.0.0.0 " + text);
    }
    for (const char* absent : {".", "example", "a.example", "zz", "n1001.example"}) {
      EXPECT_TRUE(index->find(DomainKey(name(absent)).text())->empty()) << absent;
    }
  }
}

TEST(LineIndex, Empty) { EXPECT_TRUE(open(encoded(0)).value()->find("")->empty()); }

TEST(LineIndex, BelongsToOneImage) {
  const auto index = open(encoded(3), Digest{9});
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), base::ErrorCode::kDamaged);
}

TEST(LineIndex, DamageIsFoundAtTheFirstLook) {
  std::string octets = encoded(3);
  octets[kBlocksStart + 10] = 'X';
  const auto index = open(octets);
  ASSERT_TRUE(index);
  for (int look = 0; look < 2; ++look) {
    const auto found = (*index)->find("\7example");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message(), "x.lines: the checksum of block 1 is wrong");
  }
}

TEST(LineIndex, DamagedPlacesAndFramesAreFoundToo) {
  const std::string octets = encoded(100);
  const auto message = [&octets](std::size_t from_end) {
    std::string damaged = octets;
    damaged[octets.size() - from_end] = static_cast<char>(damaged[octets.size() - from_end] ^ 1);
    return open(damaged).value()->find("\7example").error().message();
  };
  EXPECT_EQ(message(1), "x.lines: the checksum of section 3 is wrong");
  EXPECT_EQ(message(40), "x.lines: the checksum of section 2 is wrong");
}

TEST(LineIndex, RulesOfOneNameThatFillManyBlocks) {
  RuleStore store;
  for (unsigned i = 0; i < 300; ++i) {
    for (const char* text : {"a.example", "b.example", "c.example"}) {
      NameRule rule;
      rule.list = static_cast<ListNumber>(i % 200);
      rule.line = i + 1;
      if (text[0] == 'b' || i % 50 == 0) store.add(rule, name(text), fmt::format("|| {}", i));
    }
  }
  const auto index = open(encode_lines(store)).value();
  for (const auto& [text, count] : {std::pair("a.example", 6u), {"b.example", 300u}, {"c.example", 6u}}) {
    EXPECT_EQ(index->find(DomainKey(name(text)).text())->size(), count) << text;
  }
  EXPECT_EQ(index->find(DomainKey(name("b.example")).text())->front().text, "|| 0");
}

// Against going through all names, over more than one block.
TEST(LineIndex, CountsWhatIsBelowAName) {
  struct Rule {
    std::string name;
    ListNumber list;
    Reach reach;
    Exception exception;
  };
  std::vector<Rule> rules;
  for (unsigned i = 0; i < 300; ++i) {
    const char* parents[] = {"a.example", "b.example", "ab.example", "x.b.example", "example", "org"};
    rules.push_back({(i % 7 == 0 ? "" : fmt::format("n{}.", i)) + parents[i % 6], static_cast<ListNumber>(i % 4),
                     static_cast<Reach>(i % 3), i % 5 == 0 ? Exception::kYes : Exception::kNo});
  }
  RuleStore store;
  std::uint32_t line = 0;
  for (const Rule& rule : rules) {
    NameRule stored;
    stored.line = ++line;  // a line that is there twice is one rule
    stored.list = rule.list;
    stored.reach = rule.reach;
    stored.exception = rule.exception;
    store.add(stored, name(rule.name), "text");
  }
  const auto index = open(encode_lines(store)).value();
  for (const std::string asked : {"a.example", "b.example", "x.b.example", "example", "org", "n1.b.example", "zz"}) {
    std::vector<std::uint64_t> expected(3);  // of the fourth list nobody asks
    for (const Rule& rule : rules) {
      const bool is_below =
          rule.name.ends_with("." + asked) || (rule.name == asked && rule.reach == Reach::kSubdomains);
      if (is_below && rule.exception == Exception::kNo && rule.list < 3) ++expected[rule.list];
    }
    EXPECT_EQ(index->count_below(DomainKey(name(asked)).text(), 3).value(), expected) << asked;
  }
}

TEST(LineIndex, CountsNothingInADamagedBlock) {
  std::string octets = encoded(100);
  octets[kBlocksStart + 10] = 'X';
  const auto counted = open(octets).value()->count_below("\7example", 5);
  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().message(), "x.lines: the checksum of block 1 is wrong");
}

TEST(LineIndex, OctetsThatAreNoRuleAreSaid) {
  std::string octets = encoded(1);
  octets[kBlocksStart + 2] = 3;  // no such reach
  const auto index = LineIndex::open(Mapping::of_memory(octets), "x.lines", kImage, Checksums::kIgnore).value();
  const auto found = index->find("\7example\2n0");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message(), "x.lines: there are octets in it that are no rule");
}

}  // namespace
}  // namespace schoolgate::filter

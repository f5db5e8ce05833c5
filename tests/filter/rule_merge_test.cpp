#include "filter/rules/rule_merge.h"

#include <deque>
#include <map>
#include <random>
#include <set>

#include "filter/list_rules.h"
#include "tests/filter/filter_fixture.h"
#include "tests/filter/written_line.h"

namespace schoolgate::filter {
namespace {

ListRules read(ListRulesBuilder builder) {
  return std::move(*ListRules::read(Mapping::of_memory(std::move(builder).encode()), "a list"));
}

std::string told(std::string_view key, const RuleLine& rule, const LineFrameInterner& frames) {
  return fmt::format("{} list {} reach {} exception {} answer {} line {}: {}", name_of_key(key)->to_text(), rule.list,
                     static_cast<int>(rule.reach), static_cast<int>(rule.exception), rule.answer, rule.line,
                     written_line(key, rule, frames));
}

std::vector<FrameNumber> link(const LineFrames& of_list, LineFrameInterner& frames) {
  std::vector<FrameNumber> linked;
  for (FrameNumber i = 0; i < of_list.size(); ++i) linked.push_back(frames.intern(of_list.find(i).value()));
  return linked;
}

template <class Names>
std::vector<std::string> all(Names& names, const LineFrameInterner& frames) {
  std::vector<std::string> rules;
  while (names.next()) {
    for (const RuleLine& rule : names.rules()) rules.push_back(told(names.key(), rule, frames));
  }
  return rules;
}

// Against sorting all rules together.
TEST(RuleMerge, IsWhatSortingAllTogetherGives) {
  std::mt19937 random(20261126);
  const auto below = [&random](unsigned end) { return static_cast<unsigned>(random() % end); };
  for (unsigned lists = 1; lists < 40; lists += 3) {
    std::map<ListNumber, ListRulesBuilder> builders;
    RuleStore together;
    for (std::uint32_t line = 1; line <= 2000; ++line) {
      NameRule rule;
      rule.list = static_cast<ListNumber>(below(lists));
      rule.reach = static_cast<Reach>(below(3));
      rule.exception = below(4) == 0 ? Exception::kYes : Exception::kNo;
      rule.line = line % 50 == 0 ? 7 : line;
      std::string at = fmt::format("n{}.example", below(300));
      for (unsigned depth = below(4); depth > 0; --depth) at = std::string(1 + below(12), 'a') + "." + at;
      const std::string text = below(2) == 0 ? at : "0.0.0.0 " + at + " # of a list";
      together.add(rule, name(at), text);
      builders[rule.list].add_name(rule.reach, rule.exception, name(at), rule.line, text);
    }
    std::vector<ListRules> rules;
    RuleMerge merge;
    for (auto& [list, builder] : builders) rules.push_back(read(std::move(builder)));
    LineFrameInterner frames;
    std::deque<std::vector<FrameNumber>> linked;
    auto of_list = rules.begin();
    for (const auto& [list, builder] : builders) {
      linked.push_back(link(of_list->frames(), frames));
      merge.add(list, (of_list++)->names(), {{}, linked.back()});
    }
    SortedNames sorted(together.sorted());
    ASSERT_EQ(all(merge, frames), all(sorted, together.frames())) << lists;
    EXPECT_TRUE(merge.is_good());
  }
}

TEST(RuleMerge, WhatOneListSaysInTwoPartsCountsTogether) {
  std::vector<ListRules> parts;
  for (std::uint32_t part = 0; part < 2; ++part) {
    ListRulesBuilder builder;
    builder.add_name(Reach::kBoth, Exception::kNo, name("twice.example"), 1, "the same line");
    for (std::uint32_t line = 0; line < kMostAlike; ++line) {
      builder.add_name(Reach::kBoth, Exception::kNo, name("often.example"), 2 * line + part, "often");
    }
    parts.push_back(read(std::move(builder)));
  }
  RuleMerge merge;
  for (const ListRules& part : parts) merge.add(3, part.names(), {});
  ASSERT_TRUE(merge.next());
  ASSERT_EQ(merge.rules().size(), kMostAlike);
  for (std::uint32_t i = 0; i < kMostAlike; ++i) EXPECT_EQ(merge.rules()[i].line, i);
  ASSERT_TRUE(merge.next());
  EXPECT_EQ(merge.rules().size(), 1u);
  EXPECT_FALSE(merge.next());
}

TEST(RuleMerge, AnswersGetTheNumbersOfTheImage) {
  ListRulesBuilder builder;
  const std::string address = "\xc0\x00\x02\x01";
  builder.add_answer(Reach::kBoth, name("a.example"), {Action::kLocalData, dns::Type::kA, octets_of(address)}, 1, "");
  builder.add_answer(Reach::kBoth, name("b.example"), {Action::kNoData, {}, {}}, 2, "");
  const ListRules rules = read(std::move(builder));
  ASSERT_EQ(rules.answers().size(), 1u);
  const std::vector<AnswerNumber> numbers = {77};
  RuleMerge merge;
  merge.add(0, rules.names(), {numbers, {}});
  ASSERT_TRUE(merge.next());
  EXPECT_EQ(merge.rules()[0].answer, 77);
  ASSERT_TRUE(merge.next());
  EXPECT_EQ(merge.rules()[0].answer, answer_of(Action::kNoData));
  RuleMerge without;
  without.add(0, rules.names(), {});
  ASSERT_TRUE(without.next());
  EXPECT_EQ(without.rules()[0].answer, kNoAnswer);
}

TEST(RuleMerge, OctetsThatAreNoRuleEndIt) {
  ListRulesBuilder builder;
  for (int i = 0; i < 5; ++i)
    builder.add_name(Reach::kBoth, Exception::kNo, name(fmt::format("n{}.example", i)), 1, "");
  const ListRules rules = read(std::move(builder));
  for (std::size_t size = 0; size < rules.names().size(); ++size) {
    RuleMerge merge;
    merge.add(0, rules.names().first(size), {});
    const std::size_t read = all(merge, {}).size();
    EXPECT_LT(read, 5u);
    // Cut between two rules it looks whole: the file's checksum is for that.
    RuleReader alone(rules.names().first(size));
    while (alone.next()) {
    }
    EXPECT_EQ(merge.is_good(), alone.is_good()) << size;
  }
}

// What names look alike to: their first eight octets, their first sixteen, all of the shorter one.
TEST(RuleMerge, NamesThatBeginAlikeKeepTheirOrder) {
  std::vector<std::string> names;
  for (const char* end : {"com", "a.com", "aaaaaaaaaa.com"}) {
    for (std::size_t size = 1; size < 40; ++size) names.push_back(std::string(size, 'a') + "." + end);
    for (std::size_t size = 1; size < 40; ++size) names.push_back(std::string(size, 'a') + "b." + end);
  }
  std::vector<ListRules> lists;
  for (std::size_t list = 0; list < 3; ++list) {
    ListRulesBuilder builder;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i % 3 == list || i % 5 == 0) builder.add_name(Reach::kBoth, Exception::kNo, name(names[i]), 1, "");
    }
    lists.push_back(read(std::move(builder)));
  }
  RuleMerge merge;
  for (ListNumber list = 0; list < 3; ++list) merge.add(list, lists[list].names(), {});
  std::vector<std::string> keys;
  while (merge.next()) keys.emplace_back(merge.key());
  std::set<std::string> expected;
  for (const std::string& one : names) expected.emplace(DomainKey(name(one)).text());
  EXPECT_TRUE(std::ranges::equal(keys, expected));
}

TEST(RuleMerge, OfNoListIsEmpty) {
  RuleMerge merge;
  EXPECT_FALSE(merge.next());
  merge.add(0, {}, {});
  EXPECT_FALSE(merge.next());
  EXPECT_TRUE(merge.is_good());
}

}  // namespace
}  // namespace schoolgate::filter

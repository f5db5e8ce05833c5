#include "filter/list_rules.h"

#include "tests/filter/filter_fixture.h"
#include "tests/filter/written_line.h"

namespace schoolgate::filter {
namespace {

constexpr Digest kMadeFrom = {9, 8, 7};

std::string encoded() {
  ListRulesBuilder builder;
  builder.add_name(Reach::kBoth, Exception::kNo, name("B.example"), 1, "B.example");
  builder.add_name(Reach::kExact, Exception::kYes, name("a.example"), 2, "@@|a.example|");
  builder.add_pattern(Exception::kNo, "^ads?[0-9]", 3, "/^ads?[0-9]/");
  const std::string address = "\xc0\x00\x02\x01";
  builder.add_answer(Reach::kBoth, name("c.example"), {Action::kLocalData, dns::Type::kA, octets_of(address)}, 4,
                     "c A");
  builder.add_address({Trigger::kClientIp, *base::IpNetwork::parse("192.0.2.0/24")}, Exception::kNo, {}, 5, "a client");
  return std::move(builder).encode(kMadeFrom, "a note");
}

TEST(ListRules, HasWhatWasSaid) {
  const auto rules = ListRules::read(Mapping::of_memory(encoded()), "x.rules");
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->made_from(), kMadeFrom);
  EXPECT_EQ(rules->note(), "a note");
  EXPECT_EQ(rules->count(), 5u);
  std::vector<std::string> names;
  for (RuleReader reader(rules->names()); reader.next();) {
    const RuleLine& rule = reader.rule();
    names.push_back(fmt::format("{} {} {}: {}", name_of_key(reader.key())->to_text(), static_cast<int>(rule.reach),
                                rule.line, written_line(reader.key(), rule, rules->frames())));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"a.example 0 2: @@|a.example|", "b.example 2 1: B.example",
                                             "c.example 2 4: c A"}));
  ASSERT_EQ(rules->patterns().size(), 1u);
  EXPECT_EQ(rules->patterns()[0].expression, "^ads?[0-9]");
  EXPECT_EQ(rules->patterns()[0].text, "/^ads?[0-9]/");
  EXPECT_EQ(rules->answers().size(), 1u);
  ASSERT_EQ(rules->addresses().size(), 1u);
  EXPECT_EQ(rules->addresses()[0].line, 5u);
  EXPECT_EQ(rules->addresses().text(0), "a client");
}

TEST(ListRules, TheOrderOfLinesMakesNoOtherRules) {
  const auto of = [](std::vector<std::uint32_t> lines) {
    ListRulesBuilder builder;
    for (const std::uint32_t line : lines) {
      builder.add_name(Reach::kBoth, Exception::kNo, name(fmt::format("n{}.example", line % 3)), line, "text");
    }
    return std::move(builder).encode();
  };
  EXPECT_EQ(of({1, 2, 3, 4, 5}), of({5, 3, 1, 4, 2}));
}

TEST(ListRules, ABuilderThatWasClearedKnowsNothingOfTheListBefore) {
  const auto say = [](ListRulesBuilder& builder, const std::string& end) {
    for (std::uint32_t line = 1; line < 100; ++line) {
      builder.add_name(Reach::kBoth, Exception::kNo, name(fmt::format("n{}.{}", line, end)), line, "||" + end + "^");
      builder.add_name(Reach::kBoth, Exception::kNo, name(fmt::format("n{}.{}", line, end)), line,
                       fmt::format("{}n{}.{}", end, line, end));
    }
    builder.add_pattern(Exception::kNo, "^" + end, 101, end);
    builder.add_answer(Reach::kBoth, name(end), {Action::kLocalData, dns::Type::kTxt, octets_of(end)}, 102, end);
    builder.add_address({Trigger::kClientIp, *base::IpNetwork::parse("192.0.2.0/24")}, Exception::kNo, {}, 103, end);
    const std::string too_much(AnswerInterner::kMostAnswerOctets, 'x');
    builder.add_answer(Reach::kBoth, name(end), {Action::kLocalData, dns::Type::kTxt, octets_of(too_much)}, 104, end);
  };
  ListRulesBuilder fresh, used;
  say(fresh, "example");
  say(used, "test");
  static_cast<void>(std::move(used).encode());
  used.clear();
  EXPECT_TRUE(used.take_rejected().empty());
  say(used, "example");
  EXPECT_EQ(std::move(used).encode(), std::move(fresh).encode());
}

TEST(ListRules, EveryOctetThatIsAnotherIsFound) {
  const std::string octets = encoded();
  ASSERT_TRUE(ListRules::read(Mapping::of_memory(octets), "x.rules"));
  for (std::size_t at = 0; at < octets.size(); ++at) {
    std::string damaged = octets;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto rules = ListRules::read(Mapping::of_memory(damaged), "x.rules");
    ASSERT_FALSE(rules) << at;
    EXPECT_EQ(rules.error().code(), base::ErrorCode::kDamaged);
    EXPECT_EQ(rules.error().message().find("x.rules: "), 0u);
  }
  for (std::size_t size = 0; size < octets.size(); ++size) {
    EXPECT_FALSE(ListRules::read(Mapping::of_memory(octets.substr(0, size)), "x.rules")) << size;
  }
}

TEST(ListRules, LocalDataThatThereIsNoRoomForIsToldAndBlocks) {
  ListRulesBuilder builder;
  const std::string text(AnswerInterner::kMostAnswerOctets, 'x');
  builder.add_answer(Reach::kBoth, name("big.example"), {Action::kLocalData, dns::Type::kTxt, octets_of(text)}, 3,
                     "big");
  const auto rejected = builder.take_rejected();
  ASSERT_EQ(rejected.size(), 1u);
  EXPECT_EQ(rejected[0].line, 3u);
  EXPECT_EQ(rejected[0].reason, kNoRoomForLocalData);
  const auto rules = ListRules::read(Mapping::of_memory(std::move(builder).encode()), "x");
  RuleReader reader(rules->names());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.rule().answer, answer_of(Action::kBlock));
}

// What is kept of lists together has a bound too.
TEST(ListRules, LocalDataThatAnImageHasNoRoomForIsToldAndBlocks) {
  ImageBuilder builder(some_tags());
  const std::string big(50'000, 'x');
  for (ListNumber list = 0; list < 2; ++list) {
    const ListNumber number = builder.add_list({fmt::format("list-{}", list), TagNumber{3}, "1", ""});
    for (std::uint32_t line = 0; line < 400; ++line) {
      const std::string data = fmt::format("{}{}{}", list, line, big);
      builder.add_answer(number, Reach::kBoth, name(fmt::format("n{}.example", line)),
                         {Action::kLocalData, dns::Type::kTxt, octets_of(data)}, line + 1, "a line");
    }
  }
  const auto built = builder.build();
  ASSERT_TRUE(built) << built.error().message();
  ASSERT_FALSE(built->report.rejected.empty());
  EXPECT_EQ(built->report.rejected.front().list, "list-1");
  EXPECT_EQ(built->report.rejected.front().text, "a line");
  EXPECT_EQ(built->report.rejected.front().reason, kNoRoomForLocalData);
  EXPECT_EQ(built->report.names, 800u);
}

}  // namespace
}  // namespace schoolgate::filter

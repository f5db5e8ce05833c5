#include "filter/rules/answer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace schoolgate::filter {
namespace {

class Answers : public ::testing::Test {
 protected:
  AnswerNumber intern(dns::Type type, std::string_view rdata) {
    return interner_.intern(type, octets_of(rdata)).value();
  }
  // The records of an answer, as "type:rdata", from what the image would hold.
  std::vector<std::string> records(AnswerNumber answer) {
    std::string section;
    interner_.encode(section);
    return read(section, answer);
  }
  static std::vector<std::string> read(const std::string& section, AnswerNumber answer) {
    std::vector<std::string> found;
    AnswerTable(octets_of(section)).for_each_record(answer, [&](dns::Type type, Octets rdata) {
      found.push_back(std::to_string(static_cast<int>(type)) + ":" + std::string(text_of(rdata)));
    });
    return found;
  }
  using Records = std::vector<std::string>;

  AnswerInterner interner_;
};

TEST_F(Answers, ActionsWithoutDataHaveNumbersOfTheirOwn) {
  EXPECT_EQ(action_of(answer_of(Action::kDrop)), Action::kDrop);
  EXPECT_EQ(action_of(kFirstLocalData), Action::kLocalData);
  EXPECT_EQ(action_of(65'535), Action::kLocalData);
  EXPECT_EQ(records(answer_of(Action::kNxDomain)), Records{});
}

TEST_F(Answers, TheSameRecordHasOneNumber) {
  const AnswerNumber one = intern(dns::Type::kA, "abcd");
  EXPECT_EQ(intern(dns::Type::kA, "abcd"), one);
  EXPECT_NE(intern(dns::Type::kA, "abce"), one);
  EXPECT_NE(intern(dns::Type::kTxt, "abcd"), one);
  EXPECT_EQ(records(one), Records{"1:abcd"});
}

TEST_F(Answers, RecordsOfOneNameCountTogether) {
  const AnswerNumber a = intern(dns::Type::kA, "abcd"), txt = intern(dns::Type::kTxt, "text"),
                     other = intern(dns::Type::kA, "efgh");
  const AnswerNumber both = interner_.combined(txt, a);
  EXPECT_EQ(records(both), (Records{"1:abcd", "16:text"}));
  EXPECT_EQ(interner_.combined(a, txt), both);
  EXPECT_EQ(interner_.combined(both, a), both);
  EXPECT_EQ(records(interner_.combined(both, other)), (Records{"1:abcd", "1:efgh", "16:text"}));
  EXPECT_EQ(records(a), Records{"1:abcd"});
}

TEST_F(Answers, AnActionWithoutDataComesBeforeRecords) {
  const AnswerNumber a = intern(dns::Type::kA, "abcd");
  EXPECT_EQ(interner_.combined(a, answer_of(Action::kDrop)), answer_of(Action::kDrop));
  EXPECT_EQ(interner_.combined(answer_of(Action::kNxDomain), answer_of(Action::kDrop)), answer_of(Action::kNxDomain));
}

TEST_F(Answers, OneNameHasNoMoreRecordsThanTheLimit) {
  AnswerNumber answer = intern(dns::Type::kA, "0");
  for (std::size_t i = 1; i < AnswerInterner::kMostRecords + 10; ++i)
    answer = interner_.combined(answer, intern(dns::Type::kA, std::to_string(i)));
  EXPECT_EQ(records(answer).size(), AnswerInterner::kMostRecords);
}

TEST_F(Answers, NoMoreThanTheLimitAreKept) {
  for (std::size_t i = 0; i < AnswerInterner::kMostAnswers; ++i)
    ASSERT_TRUE(interner_.intern(dns::Type::kA, octets_of(std::to_string(i))));
  EXPECT_FALSE(interner_.intern(dns::Type::kA, octets_of("one more")));
  const AnswerNumber first = intern(dns::Type::kA, "0"), second = intern(dns::Type::kA, "1");
  EXPECT_EQ(interner_.combined(first, second), first);
}

TEST_F(Answers, AnySectionIsReadSafely) {
  const AnswerNumber answer = interner_.combined(intern(dns::Type::kA, "abcd"), intern(dns::Type::kTxt, "text"));
  std::string section;
  interner_.encode(section);
  EXPECT_EQ(read("", answer), Records{});
  for (std::size_t size = 0; size < section.size(); ++size) read(section.substr(0, size), answer);
  for (std::size_t at = 0; at < section.size(); ++at) {
    std::string damaged = section;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    for (AnswerNumber number = 0; number < 12; ++number) read(damaged, number);
  }
}

TEST_F(Answers, NoneTakeNoRoom) {
  std::string section;
  interner_.encode(section);
  EXPECT_EQ(section, "");
  EXPECT_EQ(AnswerTable(octets_of(section)).size(), 0U);
}

}  // namespace
}  // namespace schoolgate::filter

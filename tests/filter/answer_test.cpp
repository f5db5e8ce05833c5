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
  const AnswerNumber both = interner_.combine({txt, a});
  EXPECT_EQ(records(both), (Records{"1:abcd", "16:text"}));
  EXPECT_EQ(interner_.combine({a, txt}), both);
  EXPECT_EQ(interner_.combine({both, a, a}), both);
  EXPECT_EQ(records(interner_.combine({both, other})), (Records{"1:abcd", "1:efgh", "16:text"}));
  EXPECT_EQ(records(a), Records{"1:abcd"});
}

TEST_F(Answers, AnActionWithoutDataComesBeforeRecords) {
  const AnswerNumber a = intern(dns::Type::kA, "abcd");
  EXPECT_EQ(interner_.combine({a, answer_of(Action::kDrop)}), answer_of(Action::kDrop));
  EXPECT_EQ(interner_.combine({answer_of(Action::kDrop), answer_of(Action::kNxDomain)}), answer_of(Action::kNxDomain));
}

// Or it would open what another line of the same list closes.
TEST_F(Answers, WantingTcpComesAfterAllElse) {
  const AnswerNumber a = intern(dns::Type::kA, "abcd"), tcp = answer_of(Action::kTcpOnly);
  EXPECT_EQ(interner_.combine({tcp, a}), a);
  EXPECT_EQ(interner_.combine({tcp, answer_of(Action::kDrop)}), answer_of(Action::kDrop));
  EXPECT_EQ(interner_.combine({tcp, tcp}), tcp);
}

TEST_F(Answers, OneNameHasNoMoreRecordsThanTheLimit) {
  std::vector<AnswerNumber> answers;
  for (std::size_t i = 0; i < AnswerInterner::kMostRecords + 10; ++i)
    answers.push_back(intern(dns::Type::kA, std::to_string(i)));
  EXPECT_EQ(records(interner_.combine(answers)).size(), AnswerInterner::kMostRecords);
}

TEST_F(Answers, OneNameHasNoMoreOctetsThanAMessage) {
  std::vector<AnswerNumber> answers;
  for (int i = 0; i < 40; ++i) answers.push_back(intern(dns::Type::kTxt, std::string(2000, 'x') + std::to_string(i)));
  std::size_t octets = 0;
  const std::size_t kept = records(interner_.combine(answers)).size();
  for (const std::string& record : records(interner_.combine(answers))) octets += record.size();
  EXPECT_LT(octets, 65'000U);
  EXPECT_GT(kept, 20U);
  EXPECT_FALSE(interner_.intern(dns::Type::kTxt, octets_of(std::string(60'000, 'x'))));
}

TEST_F(Answers, NoMoreThanTheLimitAreKept) {
  for (std::size_t i = 0; i < AnswerInterner::kMostAnswers; ++i)
    ASSERT_TRUE(interner_.intern(dns::Type::kA, octets_of(std::to_string(i))));
  EXPECT_FALSE(interner_.intern(dns::Type::kA, octets_of("one more")));
  const AnswerNumber first = intern(dns::Type::kA, "0"), second = intern(dns::Type::kA, "1");
  EXPECT_EQ(interner_.combine({first, second}), first) << "there is no number for both";
}

TEST_F(Answers, NoMoreOctetsThanTheLimitAreKept) {
  std::size_t kept = 0;
  for (int i = 0; i < 1000; ++i) {
    kept += interner_.intern(dns::Type::kTxt, octets_of(std::string(50'000, 'x') + std::to_string(i))) ? 1 : 0;
  }
  std::string section;
  interner_.encode(section);
  EXPECT_GT(kept, 600U);
  EXPECT_LT(section.size(), AnswerInterner::kMostOctets + 10'000);
}

TEST_F(Answers, AnySectionIsReadSafely) {
  const AnswerNumber answer = interner_.combine({intern(dns::Type::kA, "abcd"), intern(dns::Type::kTxt, "text")});
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

#include "resolver/local_data.h"

#include <gtest/gtest.h>

namespace schoolgate::resolver {
namespace {

class FindLocalData : public testing::Test {
 protected:
  void add(dns::Type type, std::string_view rdata) {
    const filter::AnswerNumber number = *interner_.intern(type, filter::octets_of(rdata));
    answer_ = answer_ ? interner_.combine({*answer_, number}) : number;
  }
  void add_alias(const char* target) {
    const auto name = *dns::Name::parse(target);
    add(dns::Type::kCname, filter::text_of(name.wire()));
  }
  LocalData ask(const std::string& name, dns::Type type) {
    octets_.clear();
    interner_.encode(octets_);
    dns::Query query;
    query.lower_qname = *dns::Name::parse(name);
    query.qtype = type;
    return find_local_data(filter::AnswerTable(filter::octets_of(octets_)), *answer_, query);
  }

  filter::AnswerInterner interner_;
  std::optional<filter::AnswerNumber> answer_;
  std::string octets_;
};

TEST_F(FindLocalData, RecordsOfTheAskedType) {
  add(dns::Type::kA, "abcd");
  add(dns::Type::kA, "efgh");
  add(dns::Type::kTxt, "\4text");
  EXPECT_EQ(ask("www.example", dns::Type::kA).records.size(), 2U);
  EXPECT_EQ(ask("www.example", dns::Type::kTxt).records.size(), 1U);
  const LocalData none = ask("www.example", dns::Type::kAaaa);
  EXPECT_TRUE(none.records.empty());
  EXPECT_FALSE(none.alias);
}

TEST_F(FindLocalData, AnAliasStandsForEveryType) {
  add_alias("Garden.example");
  for (const dns::Type type : {dns::Type::kA, dns::Type::kCname}) {
    EXPECT_EQ(ask("www.example", type).alias, *dns::Name::parse("garden.example"));
    EXPECT_TRUE(ask("www.example", type).records.empty());
  }
}

TEST_F(FindLocalData, AWildcardOfTheRootIsNoAlias) {
  add_alias("*");
  EXPECT_FALSE(ask("www.example", dns::Type::kA).alias);
}

TEST_F(FindLocalData, AWildcardIsTheAskedNameBelowIt) {
  add_alias("*.garden.example");
  EXPECT_EQ(ask("www.bad.example", dns::Type::kA).alias, *dns::Name::parse("www.bad.example.garden.example"));
  const std::string long_name =
      std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c') + "." + std::string(58, 'd');
  EXPECT_FALSE(ask(long_name, dns::Type::kA).alias);
}

TEST_F(FindLocalData, WhatIsNoNameIsNoAlias) {
  add(dns::Type::kCname, "\77too short");
  EXPECT_FALSE(ask("www.example", dns::Type::kA).alias);
}

}  // namespace
}  // namespace schoolgate::resolver

#include "filter/rules/address_rules.h"

#include <algorithm>
#include <map>
#include <random>

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

base::IpNetwork network(const char* text) { return base::IpNetwork::parse(text).value(); }
base::IpAddress address(const char* text) { return base::IpAddress::parse(text).value(); }

AddressRule rule(ListNumber list, Trigger trigger, Exception exception, const char* on) {
  AddressRule made;
  made.list = list;
  made.trigger = trigger;
  made.exception = exception;
  made.network = network(on);
  made.text = on;
  return made;
}

// Of the rules as a section holds them.
class Section {
 public:
  explicit Section(std::vector<AddressRule> rules) {
    encode_addresses(std::move(rules), octets_);
    rules_ = AddressRules::read(octets_of(octets_)).value();
  }
  const AddressRules& rules() const { return rules_; }
  std::vector<ListNumber> in_force(Trigger trigger, const base::IpAddress& at) const {
    AddressWords words(10);
    words.collect(rules_, trigger, at);
    std::vector<ListNumber> lists;
    words.for_each_list_in_force([&](ListNumber list, AnswerNumber) { lists.push_back(list); });
    std::ranges::sort(lists);
    return lists;
  }
  std::vector<ListNumber> in_force(Trigger trigger, const char* at) const { return in_force(trigger, address(at)); }

 private:
  std::string octets_;
  AddressRules rules_;
};

using Lists = std::vector<ListNumber>;

TEST(AddressRules, TheLongestPrefixIsAListsLastWord) {
  const Section section({rule(0, Trigger::kResponseIp, Exception::kNo, "192.0.2.0/24"),
                         rule(0, Trigger::kResponseIp, Exception::kYes, "192.0.2.128/25"),
                         rule(0, Trigger::kResponseIp, Exception::kNo, "192.0.2.130"),
                         rule(1, Trigger::kResponseIp, Exception::kNo, "2001:db8::/32")});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "192.0.2.7"), Lists{0});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "192.0.2.129"), Lists{});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "192.0.2.130"), Lists{0});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "192.0.3.7"), Lists{});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "2001:db8::7"), Lists{1});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "2001:db9::7"), Lists{});
}

TEST(AddressRules, AnExceptionLiftsItsOwnListAlone) {
  const Section section({rule(0, Trigger::kResponseIp, Exception::kNo, "192.0.2.7"),
                         rule(0, Trigger::kResponseIp, Exception::kYes, "192.0.2.7"),
                         rule(1, Trigger::kResponseIp, Exception::kNo, "192.0.2.0/24")});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "192.0.2.7"), Lists{1});
}

TEST(AddressRules, TriggersAreApart) {
  const Section section({rule(0, Trigger::kClientIp, Exception::kNo, "192.0.2.7"),
                         rule(1, Trigger::kResponseIp, Exception::kNo, "192.0.2.7")});
  EXPECT_EQ(section.in_force(Trigger::kClientIp, "192.0.2.7"), Lists{0});
  EXPECT_EQ(section.in_force(Trigger::kResponseIp, "192.0.2.7"), Lists{1});
  const Section of_answers({rule(1, Trigger::kResponseIp, Exception::kNo, "192.0.2.7")});
  EXPECT_TRUE(of_answers.rules().has(Trigger::kResponseIp));
  EXPECT_FALSE(of_answers.rules().has(Trigger::kClientIp));
}

TEST(AddressRules, EveryAddressMayBeCovered) {
  const Section section({rule(3, Trigger::kClientIp, Exception::kNo, "::/0")});
  EXPECT_EQ(section.in_force(Trigger::kClientIp, "192.0.2.7"), Lists{3});
  EXPECT_EQ(section.in_force(Trigger::kClientIp, "::"), Lists{3});
}

// Against rules looked at one after the other.
TEST(AddressRules, SayTheSameAsASearchThroughAll) {
  std::mt19937 random(7);
  const auto below = [&random](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (int round = 0; round < 200; ++round) {
    std::vector<AddressRule> rules;
    for (unsigned i = 0; i < 30; ++i) {
      AddressRule one =
          rule(static_cast<ListNumber>(below(4)), below(2) == 0 ? Trigger::kClientIp : Trigger::kResponseIp,
               below(4) == 0 ? Exception::kYes : Exception::kNo, "::");
      one.network = base::IpNetwork(base::IpAddress::v4(0xc0000200 + below(16)), 122 + below(7));
      rules.push_back(one);
    }
    const Section section(rules);
    for (unsigned host = 0; host < 16; ++host) {
      const auto at = base::IpAddress::v4(0xc0000200 + host);
      for (const Trigger trigger : {Trigger::kClientIp, Trigger::kResponseIp}) {
        std::map<ListNumber, std::pair<unsigned, Exception>> last;
        for (const AddressRule& one : rules) {
          if (one.trigger != trigger || !one.network.contains(at)) continue;
          const std::pair word(one.network.prefix_bits_v6(), one.exception);
          const auto [place, is_new] = last.try_emplace(one.list, word);
          if (!is_new) place->second = std::max(place->second, word);
        }
        Lists expected;
        for (const auto& [list, word] : last) {
          if (word.second == Exception::kNo) expected.push_back(list);
        }
        ASSERT_EQ(section.in_force(trigger, at), expected) << at.to_text() << " in round " << round;
      }
    }
  }
}

TEST(AddressRules, KeepTheLineAsWritten) {
  AddressRule one = rule(2, Trigger::kResponseIp, Exception::kNo, "192.0.2.0/24");
  one.line = 17;
  one.text = "24.0.2.0.192.rpz-ip CNAME .";
  const Section section({one, rule(1, Trigger::kClientIp, Exception::kNo, "192.0.2.1")});
  ASSERT_EQ(section.rules().size(), 2U);
  EXPECT_EQ(section.rules().text(0), "192.0.2.1");
  EXPECT_EQ(section.rules().text(1), one.text);
  EXPECT_EQ(section.rules()[1].line, 17U);
  EXPECT_EQ(section.rules()[1].network, one.network);
}

TEST(AddressRules, AnySectionIsReadSafely) {
  std::string octets;
  encode_addresses({rule(0, Trigger::kClientIp, Exception::kNo, "192.0.2.0/24"),
                    rule(9, Trigger::kResponseIp, Exception::kYes, "2001:db8::/32")},
                   octets);
  const auto look_up = [](const std::string& section) {
    const auto rules = AddressRules::read(octets_of(section));
    if (!rules) return false;
    for (const Trigger trigger : {Trigger::kClientIp, Trigger::kResponseIp}) {
      AddressWords words(3);
      words.collect(*rules, trigger, address("192.0.2.7"));
    }
    for (std::size_t i = 0; i < rules->size(); ++i) static_cast<void>(rules->text(i));
    return true;
  };
  EXPECT_TRUE(look_up(octets));
  EXPECT_TRUE(look_up(""));
  EXPECT_FALSE(look_up(octets.substr(0, 40)));
  for (std::size_t at = 0; at < octets.size(); ++at) {
    for (const unsigned changed : {0x01U, 0x80U, 0xffU}) {
      std::string damaged = octets;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ changed);
      look_up(damaged);
    }
  }
  std::string too_long_a_prefix = octets;
  too_long_a_prefix[4 + 16] = static_cast<char>(129);
  EXPECT_FALSE(look_up(too_long_a_prefix));
}

}  // namespace
}  // namespace schoolgate::filter

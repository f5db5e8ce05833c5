#include "lists/formats/own_answer.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

using filter::Action;
using filter::Octets;
using filter::RuleAnswer;

// Writes down what reaches it by a list's action.
class ByAction final : public ActionSink {
 public:
  using ActionSink::ActionSink;
  void take(const Line&, filter::Reach, filter::Exception exception, const dns::Name& name) override {
    events.push_back(name.to_text() + (exception == filter::Exception::kYes ? " exception" : ""));
  }
  void take_pattern(const Line&, filter::Exception, std::string_view) override {}
  void reject(const Line&, std::string_view reason) override { events.push_back("rejected: " + std::string(reason)); }
  void skip(const Line&) override {}
  std::vector<std::string> events;

 private:
  void take_given(const Line&, filter::Reach, const dns::Name& name, const RuleAnswer& answer) override {
    events.push_back(name.to_text() + " " + to_text(answer));
  }
  void take_by_address(const Line&, const filter::AddressTrigger& trigger, filter::Exception exception,
                       const RuleAnswer& answer) override {
    events.push_back(trigger.network.to_text() + " " +
                     (exception == filter::Exception::kYes ? "exception" : to_text(answer)));
  }
};

constexpr std::string_view kZone =
    "a.example CNAME .\n"
    "b.example A 0.0.0.0\n"
    "c.example CNAME rpz-passthru.\n"
    "d.example CNAME rpz-tcp-only.\n"
    "e.example A 192.0.2.7\n"
    "32.7.2.0.192.rpz-ip CNAME .\n"
    "32.8.2.0.192.rpz-ip A 192.0.2.7\n"
    "32.9.2.0.192.rpz-ip CNAME rpz-passthru.\n"
    "32.5.2.0.192.rpz-client-ip CNAME .\n";

std::string read(ListAction action) {
  ByAction sink(action);
  find_format("rpz")->parse(kZone, sink);
  return joined(sink.events);
}

TEST(OwnAnswer, WithoutAnActionWhatWithholdsBlocksAndTheRestIsTold) {
  EXPECT_EQ(read(ListAction::kUnset),
            "a.example\nb.example\nc.example exception\n"
            "rejected: makes clients ask over TCP: that takes action = \"given\" of the list, or \"block\"\n"
            "rejected: gives an answer of its own: that takes action = \"given\" of the list, or \"block\"\n"
            "192.0.2.7/32 block\n"
            "rejected: gives an answer of its own: that takes action = \"given\" of the list, or \"block\"\n"
            "192.0.2.9/32 exception\n"
            "rejected: goes by who asks, for whatever name: that takes an action of the list\n");
}

TEST(OwnAnswer, GivenIsWhatTheRulesSay) {
  EXPECT_EQ(read(ListAction::kGiven),
            "a.example nxdomain\nb.example A 0.0.0.0\nc.example exception\nd.example tcp-only\n"
            "e.example A 192.0.2.7\n192.0.2.7/32 nxdomain\n192.0.2.8/32 A 192.0.2.7\n192.0.2.9/32 exception\n"
            "192.0.2.5/32 nxdomain\n");
}

TEST(OwnAnswer, AnotherActionIsForAllRules) {
  EXPECT_EQ(read(ListAction::kDrop),
            "a.example\nb.example\nc.example exception\nd.example\ne.example\n"
            "192.0.2.7/32 block\n192.0.2.8/32 block\n192.0.2.9/32 exception\n"
            "192.0.2.5/32 block\n");
  EXPECT_EQ(action_for_all(ListAction::kDrop), Action::kDrop);
  EXPECT_EQ(action_for_all(ListAction::kGiven), Action::kBlock);
  EXPECT_EQ(action_for_all(ListAction::kUnset), Action::kBlock);
}

TEST(OwnAnswer, ActionsAreWrittenAsResponsePolicyZonesSayThem) {
  for (const char* text : {"given", "block", "nodata", "nxdomain", "drop", "tcp-only"}) {
    EXPECT_TRUE(parse_list_action(text)) << text;
  }
  EXPECT_EQ(parse_list_action("nxdomain"), ListAction::kNxDomain);
  EXPECT_EQ(parse_list_action("NXDOMAIN"), std::nullopt);
  EXPECT_EQ(parse_list_action("cname"), std::nullopt);
}

TEST(OwnAnswer, ASinkThatKnowsNoneTakesWhatWithholds) {
  struct Plain final : RuleSink {
    void take(const Line&, filter::Reach, filter::Exception, const dns::Name& name) override {
      events.push_back(name.to_text());
    }
    void take_pattern(const Line&, filter::Exception, std::string_view) override {}
    void reject(const Line&, std::string_view reason) override { events.emplace_back(reason.substr(0, 5)); }
    void skip(const Line&) override {}
    std::vector<std::string> events;
  } sink;
  find_format("rpz")->parse(kZone, sink);
  EXPECT_EQ(joined(sink.events), "a.example\nb.example\nc.example\nmakes\ngives\ngoes \ngoes \ngoes \ngoes \n");
}

TEST(OwnAnswer, WithholdingIsNoAddressThatAnybodyHas) {
  const auto address = [](dns::Type type, std::string_view octets) {
    return RuleAnswer{Action::kLocalData, type, filter::octets_of(octets)};
  };
  EXPECT_TRUE(withholds({Action::kDrop, {}, {}}));
  EXPECT_FALSE(withholds({Action::kTcpOnly, {}, {}}));
  EXPECT_TRUE(withholds(address(dns::Type::kA, std::string_view("\0\0\0\0", 4))));
  EXPECT_TRUE(withholds(address(dns::Type::kA, std::string_view("\x7f\0\0\1", 4))));
  EXPECT_TRUE(withholds(address(dns::Type::kAaaa, std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16))));
  EXPECT_FALSE(withholds(address(dns::Type::kA, std::string_view("\0\0\0\1", 4))));
  EXPECT_FALSE(withholds(address(dns::Type::kAaaa, std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16))));
  EXPECT_FALSE(withholds(address(dns::Type::kTxt, std::string_view("\0\0\0\0", 4))));
}

}  // namespace
}  // namespace schoolgate::lists

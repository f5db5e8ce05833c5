// How an image says that what a rule withholds is to be answered, and what its rules by address say.
#include "filter/classifier.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

constexpr TagNumber kGambling = 3;
constexpr TagNumber kMalware = 64;
const std::string kTooBig(60'000, 'x');

RuleAnswer saying(Action action) { return {action, {}, {}}; }
RuleAnswer address_record(std::string_view octets) { return {Action::kLocalData, dns::Type::kA, octets_of(octets)}; }
base::IpAddress address(const char* text) { return base::IpAddress::parse(text).value(); }
AddressTrigger by(Trigger trigger, const char* network) { return {trigger, base::IpNetwork::parse(network).value()}; }

class ImageAnswers : public ::testing::Test {
 protected:
  void open() {
    image_ = image_of(builder_);
    scratch_ = image_->make_scratch().value();
  }
  Action action(const char* at, TagNumber tag = kGambling) {
    const auto source = image_->source_of(name(at), tag, scratch_);
    return source ? action_of(source->answer) : Action::kBlock;
  }
  std::vector<std::string> records(const char* at) {
    std::vector<std::string> found;
    const auto source = image_->source_of(name(at), kGambling, scratch_);
    image_->answers().for_each_record(source ? source->answer : AnswerNumber{0},
                                      [&](dns::Type, Octets rdata) { found.emplace_back(text_of(rdata)); });
    return found;
  }
  TagSet response(const char* of, const char* at = "www.example", const char* client = "192.0.2.99") {
    return image_->classify_response(address(of), address(client), name(at), scratch_);
  }
  std::optional<RuleSource> of_response(const char* of, TagNumber tag, const char* client = "192.0.2.99") {
    return image_->source_of_response(address(of), address(client), name("www.example"), tag, scratch_);
  }
  std::optional<RuleSource> of_name(const char* at, TagNumber tag, const char* client) {
    return image_->source_for(address(client), name(at), tag, scratch_);
  }
  TagSet for_client(const char* client, const char* at) {
    return image_->classify_for(address(client), name(at), scratch_);
  }

  ImageBuilder builder_{some_tags()};
  std::shared_ptr<const Image> image_;
  Image::Scratch scratch_;
};

TEST_F(ImageAnswers, ARuleSaysHowItsNamesAreAnswered) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", "zone"});
  builder_.add_answer(zone, Reach::kExact, name("none.example"), saying(Action::kNxDomain), 1, "");
  builder_.add_answer(zone, Reach::kSubdomains, name("none.example"), saying(Action::kDrop), 2, "");
  builder_.add_answer(zone, Reach::kExact, name("www.none.example"), saying(Action::kNoData), 3, "");
  builder_.add_name(zone, Reach::kBoth, Exception::kNo, name("bad.example"), 4, "");
  open();
  EXPECT_EQ(action("none.example"), Action::kNxDomain);
  EXPECT_EQ(action("a.none.example"), Action::kDrop);
  EXPECT_EQ(action("www.none.example"), Action::kNoData);
  EXPECT_EQ(action("bad.example"), Action::kBlock);
  EXPECT_EQ(image_->classify(name("a.none.example"), scratch_), tag_set({kGambling}));
}

TEST_F(ImageAnswers, TheFirstListThatGivesTheTagSaysHow) {
  const ListNumber first = builder_.add_list({"first", kGambling, "1", ""});
  const ListNumber second = builder_.add_list({"second", kGambling, "1", ""});
  builder_.add_answer(second, Reach::kBoth, name("bad.example"), saying(Action::kDrop), 1, "");
  builder_.add_answer(first, Reach::kBoth, name("www.bad.example"), saying(Action::kNxDomain), 1, "");
  open();
  EXPECT_EQ(action("bad.example"), Action::kDrop);
  EXPECT_EQ(action("www.bad.example"), Action::kNxDomain);
}

TEST_F(ImageAnswers, AListMaySayItForAllItsRules) {
  ListEntry adverts{"adverts", kGambling, "1", ""};
  adverts.action = Action::kNxDomain;
  const ListNumber list = builder_.add_list(adverts);
  builder_.add_name(list, Reach::kBoth, Exception::kNo, name("bad.example"), 1, "");
  builder_.add_pattern(list, Exception::kNo, "^ads[0-9]", 2, "");
  builder_.add_answer(list, Reach::kBoth, name("own.example"), saying(Action::kNoData), 3, "");
  open();
  EXPECT_EQ(action("bad.example"), Action::kNxDomain);
  EXPECT_EQ(action("ads7.example"), Action::kNxDomain);
  EXPECT_EQ(action("own.example"), Action::kNoData);
}

TEST_F(ImageAnswers, TheRecordsOfANameAreAnsweredTogether) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  builder_.add_answer(zone, Reach::kExact, name("garden.example"), address_record("abcd"), 1, "");
  builder_.add_answer(zone, Reach::kExact, name("garden.example"), address_record("efgh"), 2, "");
  builder_.add_answer(zone, Reach::kExact, name("other.example"), address_record("abcd"), 3, "");
  open();
  EXPECT_EQ(records("garden.example"), (std::vector<std::string>{"abcd", "efgh"}));
  EXPECT_EQ(records("other.example"), std::vector<std::string>{"abcd"});
}

TEST_F(ImageAnswers, AnExceptionLiftsWhateverTheAnswer) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  builder_.add_answer(zone, Reach::kBoth, name("bad.example"), saying(Action::kNxDomain), 1, "");
  builder_.add_name(zone, Reach::kBoth, Exception::kYes, name("good.bad.example"), 2, "");
  open();
  EXPECT_EQ(image_->source_of(name("good.bad.example"), kGambling, scratch_), std::nullopt);
}

TEST_F(ImageAnswers, TheSameRulesGiveTheSameBytes) {
  const auto built = [] {
    ImageBuilder builder(some_tags());
    const ListNumber zone = builder.add_list({"zone", kGambling, "1", ""});
    for (const char* at : {"b.example", "a.example"})
      builder.add_answer(zone, Reach::kExact, name(at), address_record(at), 1, "");
    for (const char* at : {"192.0.2.7", "192.0.2.0/24"})
      builder.add_address(zone, by(Trigger::kResponseIp, at), Exception::kNo, address_record(at), 2, at);
    return builder.build().value().image;
  };
  EXPECT_EQ(built(), built());
}

TEST_F(ImageAnswers, AnAddressInTheAnswerHasTags) {
  const ListNumber zone = builder_.add_list({"zone", kMalware, "1", ""});
  builder_.add_address(zone, by(Trigger::kResponseIp, "198.51.100.0/24"), Exception::kNo, saying(Action::kBlock), 1,
                       "");
  builder_.add_address(zone, by(Trigger::kResponseIp, "198.51.100.7"), Exception::kYes, {}, 2, "");
  builder_.add_name(zone, Reach::kBoth, Exception::kYes, name("good.example"), 3, "");
  builder_.add_pattern(zone, Exception::kYes, "^safe[0-9]\\.", 4, "");
  open();
  EXPECT_EQ(response("198.51.100.8"), tag_set({kMalware}));
  EXPECT_EQ(response("198.51.100.7"), TagSet());
  EXPECT_EQ(response("198.51.101.8"), TagSet());
  // What the list passes by name it passes whatever the address.
  EXPECT_EQ(response("198.51.100.8", "www.good.example"), TagSet());
  EXPECT_EQ(response("198.51.100.8", "safe1.example"), TagSet());
  EXPECT_EQ(of_response("198.51.100.8", kMalware), RuleSource{zone});
  EXPECT_EQ(of_response("198.51.100.7", kMalware), std::nullopt);
  EXPECT_TRUE(image_->has_rules_by(Trigger::kResponseIp));
  EXPECT_FALSE(image_->has_rules_by(Trigger::kClientIp));
}

TEST_F(ImageAnswers, WhatIsSaidOfAClientGoesForEveryName) {
  const ListNumber zone = builder_.add_list({"zone", kMalware, "1", ""});
  const ListNumber other = builder_.add_list({"other", kGambling, "1", ""});
  builder_.add_address(zone, by(Trigger::kClientIp, "192.0.2.66"), Exception::kNo, saying(Action::kNxDomain), 1, "");
  builder_.add_address(zone, by(Trigger::kClientIp, "192.0.2.77"), Exception::kYes, {}, 2, "");
  builder_.add_address(zone, by(Trigger::kResponseIp, "198.51.100.7"), Exception::kNo, {}, 3, "");
  builder_.add_name(zone, Reach::kBoth, Exception::kNo, name("bad.example"), 4, "");
  builder_.add_name(other, Reach::kBoth, Exception::kNo, name("bad.example"), 1, "");
  open();
  EXPECT_EQ(for_client("192.0.2.66", "any.example"), tag_set({kMalware}));
  EXPECT_EQ(for_client("192.0.2.66", "bad.example"), tag_set({kGambling, kMalware}));
  EXPECT_EQ(for_client("192.0.2.77", "bad.example"), tag_set({kGambling}));
  EXPECT_EQ(for_client("192.0.2.88", "bad.example"), tag_set({kGambling, kMalware}));
  EXPECT_EQ(response("198.51.100.7", "any.example", "192.0.2.77"), TagSet());
  EXPECT_EQ(response("198.51.100.7", "any.example", "192.0.2.88"), tag_set({kMalware}));
  const auto source = image_->source_for(address("192.0.2.66"), name("any.example"), kMalware, scratch_);
  ASSERT_TRUE(source);
  EXPECT_EQ(action_of(source->answer), Action::kNxDomain);
}

// Or a list that asks for TCP would open what another one closes.
TEST_F(ImageAnswers, ARuleThatWithholdsComesBeforeOneThatWantsTcp) {
  const ListNumber slow = builder_.add_list({"slow", kGambling, "1", ""});
  const ListNumber other = builder_.add_list({"other", kGambling, "1", ""});
  builder_.add_answer(slow, Reach::kBoth, name("bad.example"), saying(Action::kTcpOnly), 1, "");
  builder_.add_name(other, Reach::kExact, Exception::kNo, name("bad.example"), 1, "");
  const AddressTrigger network = by(Trigger::kResponseIp, "192.0.2.7");
  builder_.add_address(slow, network, Exception::kNo, saying(Action::kTcpOnly), 2, "");
  builder_.add_address(other, network, Exception::kNo, saying(Action::kDrop), 2, "");
  open();
  EXPECT_EQ(image_->source_of(name("bad.example"), kGambling, scratch_), RuleSource{other});
  EXPECT_EQ(action("www.bad.example"), Action::kTcpOnly);
  EXPECT_EQ(of_response("192.0.2.7", kGambling), (RuleSource{other, answer_of(Action::kDrop)}));
}

// One list asks for TCP by name, the other closes by client: whichever trigger it has, what withholds counts.
TEST_F(ImageAnswers, WhatWithholdsByClientComesBeforeWhatWantsTcpByName) {
  const ListNumber slow = builder_.add_list({"slow", kGambling, "1", ""});
  const ListNumber other = builder_.add_list({"other", kGambling, "1", ""});
  builder_.add_answer(slow, Reach::kBoth, name("bad.example"), saying(Action::kTcpOnly), 1, "");
  builder_.add_address(other, by(Trigger::kClientIp, "192.0.2.5"), Exception::kNo, {}, 1, "");
  open();
  EXPECT_EQ(of_name("bad.example", kGambling, "192.0.2.5"), RuleSource{other});
  EXPECT_EQ(of_name("bad.example", kGambling, "192.0.2.6"), (RuleSource{slow, answer_of(Action::kTcpOnly)}));
}

// A list that passes the client, or the name, is not the one that is named, nor does its answer count.
TEST_F(ImageAnswers, WhatIsLiftedIsNoSource) {
  const ListNumber first = builder_.add_list({"first", kGambling, "1", ""});
  const ListNumber second = builder_.add_list({"second", kGambling, "1", ""});
  builder_.add_answer(first, Reach::kBoth, name("bad.example"), saying(Action::kDrop), 1, "");
  builder_.add_address(first, by(Trigger::kClientIp, "192.0.2.5"), Exception::kYes, {}, 2, "");
  builder_.add_address(first, by(Trigger::kResponseIp, "198.51.100.7"), Exception::kNo, saying(Action::kDrop), 3, "");
  builder_.add_name(first, Reach::kBoth, Exception::kYes, name("www.example"), 4, "");
  builder_.add_name(second, Reach::kBoth, Exception::kNo, name("bad.example"), 1, "");
  builder_.add_address(second, by(Trigger::kResponseIp, "198.51.100.7"), Exception::kNo, {}, 2, "");
  open();
  EXPECT_EQ(of_name("bad.example", kGambling, "192.0.2.5"), RuleSource{second});
  EXPECT_EQ(of_name("bad.example", kGambling, "192.0.2.6"), (RuleSource{first, answer_of(Action::kDrop)}));
  EXPECT_EQ(of_response("198.51.100.7", kGambling), RuleSource{second});
}

TEST_F(ImageAnswers, OfOneListTheRuleByClientComesFirst) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  builder_.add_answer(zone, Reach::kBoth, name("bad.example"), saying(Action::kDrop), 1, "");
  builder_.add_address(zone, by(Trigger::kClientIp, "192.0.2.5"), Exception::kNo, saying(Action::kNxDomain), 2, "");
  open();
  EXPECT_EQ(of_name("bad.example", kGambling, "192.0.2.5"), (RuleSource{zone, answer_of(Action::kNxDomain)}));
}

TEST_F(ImageAnswers, ANameThatAListPassesItPassesForEveryClient) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  builder_.add_address(zone, by(Trigger::kClientIp, "192.0.2.5"), Exception::kNo, {}, 1, "");
  builder_.exempt(zone, Reach::kBoth, name("helpline.example"), "protected: a helpline");
  open();
  EXPECT_EQ(for_client("192.0.2.5", "any.example"), tag_set({kGambling}));
  EXPECT_EQ(for_client("192.0.2.5", "www.helpline.example"), TagSet());
  EXPECT_EQ(image_->rules_per_list(), std::vector<std::uint64_t>{1});
}

// "*.video.example CNAME safe.video.example": the name it leads to is meant to be had.
TEST_F(ImageAnswers, AnAliasBelowItsOwnRuleIsPassed) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  const auto target = name("safe.video.example");
  builder_.add_answer(zone, Reach::kSubdomains, name("video.example"),
                      {Action::kLocalData, dns::Type::kCname, target.wire()}, 1, "");
  open();
  EXPECT_EQ(action("www.video.example"), Action::kLocalData);
  EXPECT_EQ(image_->classify(target, scratch_), TagSet());
  EXPECT_EQ(image_->classify(name("x.safe.video.example"), scratch_), tag_set({kGambling}));
  EXPECT_EQ(image_->rules_per_list(), std::vector<std::uint64_t>{1});
}

TEST_F(ImageAnswers, ARuleForOneNetworkIsThereOnce) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  const AddressTrigger network = by(Trigger::kResponseIp, "198.51.100.0/24");
  for (std::uint32_t line = 1; line <= 1000; ++line)
    builder_.add_address(zone, network, Exception::kNo, address_record(line % 2 == 0 ? "abcd" : "efgh"), line, "");
  open();
  const auto hits = image_->explain(address("198.51.100.7"));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].line, 1U);
  std::size_t records = 0;
  image_->answers().for_each_record(of_response("198.51.100.7", kGambling)->answer, [&](auto, auto) { ++records; });
  EXPECT_EQ(records, 2U);
}

// Without room for its answer a rule is a rule all the same.
TEST_F(ImageAnswers, WhatHasNoRoomIsBlocked) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  builder_.add_answer(zone, Reach::kExact, name("big.example"),
                      {Action::kLocalData, dns::Type::kTxt, octets_of(kTooBig)}, 7, "big.example TXT …");
  const auto built = builder_.build().value();
  ASSERT_EQ(built.report.rejected.size(), 1U);
  EXPECT_EQ(built.report.rejected[0].reason, "more local data than is kept: answered with the block page");
  image_ = Image::from_memory(built.image, built.lines, Checksums::kVerify).value();
  scratch_ = image_->make_scratch().value();
  EXPECT_EQ(action("big.example"), Action::kBlock);
  EXPECT_EQ(image_->classify(name("big.example"), scratch_), tag_set({kGambling}));
}

TEST_F(ImageAnswers, LocalRulesLiftWhatAnAddressSays) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "1", ""});
  builder_.add_address(zone, by(Trigger::kResponseIp, "198.51.100.7"), Exception::kNo, {}, 1, "");
  open();
  OverlayRule lift;
  lift.name = name("good.example");
  lift.effect = Effect::kLift;
  lift.tag = kGambling;
  OverlayRule give = lift;
  give.name = name("good.example");
  give.effect = Effect::kGive;
  give.tag = kMalware;
  const auto overlay = Overlay::build(some_tags(), {lift, give}).value();
  const Classifier names(*image_, *overlay);
  const auto client = address("192.0.2.1"), at = address("198.51.100.7");
  EXPECT_EQ(names.classify_response(at, client, name("www.example"), scratch_), tag_set({kGambling}));
  EXPECT_EQ(names.classify_response(at, client, name("good.example"), scratch_), TagSet());
  EXPECT_EQ(names.classify_for(client, name("good.example"), scratch_), tag_set({kMalware}));
  EXPECT_EQ(names.origin_of_response(at, client, name("www.example"), kGambling, scratch_).list, "zone");
}

TEST_F(ImageAnswers, ExplainsAnAddress) {
  const ListNumber zone = builder_.add_list({"zone", kGambling, "v1", ""});
  builder_.add_address(zone, by(Trigger::kResponseIp, "198.51.100.0/24"), Exception::kNo, {}, 7,
                       "24.0.100.51.198.rpz-ip CNAME .");
  builder_.add_address(zone, by(Trigger::kResponseIp, "198.51.100.7"), Exception::kYes, {}, 8,
                       "32.7.100.51.198.rpz-ip CNAME rpz-passthru.");
  open();
  const auto hits = image_->explain(address("198.51.100.7"));
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_EQ(hits[0].line, 8U);
  EXPECT_EQ(hits[0].exception, Exception::kYes);
  EXPECT_EQ(hits[1].text, "24.0.100.51.198.rpz-ip CNAME .");
  EXPECT_FALSE(hits[1].in_force);
  EXPECT_TRUE(image_->explain(address("198.51.100.8"))[0].in_force);
  EXPECT_TRUE(image_->explain(address("192.0.2.1")).empty());
}

}  // namespace
}  // namespace schoolgate::filter

// What an image that was built from lists says of how their names are answered, by the lists' `action`.
#include "filter/image.h"
#include "lists/build.h"
#include "lists/formats/own_answer.h"
#include "lists/opaque/opaque_key.h"
#include "lists/versions/version_diff.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using filter::Action;

// What is guarded stands before a rule of each kind: one that is set aside must not take the place of the one behind it.
constexpr const char* kZone =
    "$ORIGIN rpz.example.net.\n"
    "helpline.example CNAME .\n"
    "none.example CNAME .\n"
    "www.helpline.example CNAME rpz-tcp-only.\n"
    "slow.example CNAME rpz-tcp-only.\n"
    "chat.helpline.example A 192.0.2.9\n"
    "garden.example A 192.0.2.7\n"
    "4.0.0.0.192.rpz-ip CNAME .\n"
    "32.7.100.51.198.rpz-ip CNAME *.\n"
    "8.0.0.0.10.rpz-client-ip CNAME .\n"
    "32.5.2.0.192.rpz-client-ip CNAME .\n"
    "8.0.0.0.11.rpz-client-ip CNAME rpz-passthru.\n"
    "last.example CNAME .\n";

class BuildAnswers : public testing::Test {
 protected:
  const ListReport& build(ListAction action, bool opaque = false) {
    folder_.write("zone.txt", kZone);
    Source source{"zone", "gambling", folder_.file("zone.txt"), "rpz", opaque};
    source.action = action;
    const auto taxonomy = Taxonomy::read(source_tree("lists/data/taxonomy.toml"));
    outcome_ = build_image(*taxonomy, guard(), {}, {source}, folder_.file("state"));
    EXPECT_TRUE(outcome_) << outcome_.error().message();
    image_ = open_image(image_path(folder_.file("state")), folder_.file("state")).value();
    return outcome_->lists.at(0);
  }
  static const Guard& guard() {
    static const Guard kGuard({{*dns::Name::parse("helpline.example"), true, "a helpline"}},
                              PublicSuffixes::read().value(), {});
    return kGuard;
  }
  // How the name is answered; "" when it is in no list.
  std::string answer(const char* name) const {
    auto scratch = image_->make_scratch().value();
    const auto source = image_->source_of(*dns::Name::parse(name), image_->lists()[0].tag, scratch);
    if (!source) return "";
    std::string text;
    image_->answers().for_each_record(source->answer, [&](dns::Type type, filter::Octets rdata) {
      text += to_text({Action::kLocalData, type, rdata});
    });
    return text.empty() ? to_text({filter::action_of(source->answer), {}, {}}) : text;
  }
  std::size_t rules_for(const char* address) const { return image_->explain(*base::IpAddress::parse(address)).size(); }
  static std::vector<std::string> reasons(const ListReport& report) {
    std::vector<std::string> reasons;
    for (const RejectedReason& one : report.reasons) reasons.push_back(one.reason);
    return reasons;
  }

  support::TemporaryFolder folder_;
  base::Result<BuildOutcome> outcome_ = BuildOutcome();
  std::shared_ptr<const filter::Image> image_;
};

constexpr const char* kProtected = "would block 'helpline.example', which is a helpline";
constexpr const char* kTooWideAnswer =
    "covers too many addresses: the rules of a list for answers may cover a /8 in all, and of IPv6 a /16";
constexpr const char* kTooWideClient =
    "covers too many addresses: the rules of a list for clients may cover a /16 in all, and of IPv6 a /48";

TEST_F(BuildAnswers, WithoutAnActionAllIsBlocked) {
  const ListReport& report = build(ListAction::kUnset);
  EXPECT_EQ(answer("none.example"), "block");
  EXPECT_EQ(answer("last.example"), "block");
  EXPECT_EQ(answer("slow.example"), "");
  EXPECT_EQ(answer("garden.example"), "");
  EXPECT_EQ(rules_for("198.51.100.7"), 1U);
  EXPECT_EQ(rules_for("192.0.2.5"), 0U) << "a client";
  EXPECT_EQ(report.rules, 4U);
  EXPECT_EQ(reasons(report),
            (std::vector<std::string>{
                kProtected, "makes clients ask over TCP: that takes action = \"given\" of the list, or \"block\"",
                "gives an answer of its own: that takes action = \"given\" of the list, or \"block\"", kTooWideAnswer,
                "goes by who asks, for whatever name: that takes an action of the list"}));
}

TEST_F(BuildAnswers, GivenIsWhatTheZoneSays) {
  const ListReport& report = build(ListAction::kGiven);
  EXPECT_EQ(answer("none.example"), "nxdomain");
  EXPECT_EQ(answer("slow.example"), "tcp-only");
  EXPECT_EQ(answer("garden.example"), "A 192.0.2.7");
  EXPECT_EQ(answer("last.example"), "nxdomain");
  EXPECT_EQ(rules_for("198.51.100.7"), 1U);
  EXPECT_EQ(rules_for("192.0.2.1"), 0U);
  EXPECT_EQ(rules_for("192.0.2.5"), 1U);
  EXPECT_EQ(rules_for("10.1.2.3"), 0U);
  EXPECT_EQ(rules_for("11.1.2.3"), 1U);
  EXPECT_EQ(report.rules, 7U);
  EXPECT_EQ(report.guarded, 5U);
  EXPECT_EQ(image_->rules_per_list(), std::vector<std::uint64_t>{7});
  EXPECT_EQ(reasons(report), (std::vector<std::string>{kProtected, kTooWideAnswer, kTooWideClient}));
}

TEST_F(BuildAnswers, AnotherActionIsForEveryRule) {
  EXPECT_EQ(build(ListAction::kNxDomain).rules, 7U);
  for (const char* name : {"none.example", "slow.example", "garden.example", "last.example"})
    EXPECT_EQ(answer(name), "nxdomain") << name;
  build(ListAction::kTcpOnly);
  EXPECT_EQ(answer("garden.example"), "tcp-only");
  build(ListAction::kBlock);
  EXPECT_EQ(answer("garden.example"), "block");
}

// By name, by client or by address in the answer.
TEST_F(BuildAnswers, NothingIsSaidOfAProtectedName) {
  for (const ListAction action : {ListAction::kUnset, ListAction::kGiven, ListAction::kDrop}) {
    build(action);
    auto scratch = image_->make_scratch().value();
    const auto client = *base::IpAddress::parse("192.0.2.5"), other = *base::IpAddress::parse("192.0.2.6"),
               address = *base::IpAddress::parse("198.51.100.7");
    const auto is_free = [&](const char* text) {
      const dns::Name name = *dns::Name::parse(text);
      return image_->classify(name, scratch).empty() && image_->classify_for(client, name, scratch).empty() &&
             image_->classify_response(address, other, name, scratch).empty();
    };
    EXPECT_TRUE(is_free("helpline.example"));
    EXPECT_TRUE(is_free("chat.helpline.example"));
    EXPECT_FALSE(is_free("any.example")) << "or nothing would";
  }
}

TEST_F(BuildAnswers, OfAnOpaqueListNoAnswerIsKept) {
  const ListReport& report = build(ListAction::kNxDomain, true);
  EXPECT_EQ(report.rules, 4U);
  for (const char* name : {"none.example", "slow.example", "garden.example", "last.example"})
    EXPECT_EQ(answer(name), "nxdomain") << name;
  EXPECT_EQ(answer("helpline.example"), "");
  EXPECT_EQ(answer("chat.helpline.example"), "");
  EXPECT_EQ(reasons(report), (std::vector<std::string>{"would block what is protected",
                                                       "an address cannot be hashed, and its list is opaque"}));
}

TEST_F(BuildAnswers, NorIsOneThatWasGiven) {
  const ListReport& report = build(ListAction::kGiven, true);
  EXPECT_EQ(report.rules, 4U);
  for (const char* name : {"none.example", "slow.example", "garden.example", "last.example"})
    EXPECT_EQ(answer(name), "block") << name;
  EXPECT_EQ(answer("chat.helpline.example"), "");
}

TEST_F(BuildAnswers, AZoneHasWhatItIncludes) {
  folder_.write("zone.txt", "$ORIGIN rpz.example.net.\n$INCLUDE more.txt\n");
  folder_.write("more.txt", "more.example CNAME .\n");
  const auto taxonomy = Taxonomy::read(source_tree("lists/data/taxonomy.toml"));
  const Source source{"zone", "gambling", folder_.file("zone.txt"), "rpz"};
  const auto build = [&] { return build_image(*taxonomy, no_guard(), {}, {source}, folder_.file("state")); };
  const auto built = build();
  ASSERT_TRUE(built) << built.error().message();
  EXPECT_EQ(built->lists[0].rules, 1U);
  // The kept copy has it too.
  std::filesystem::remove(folder_.file("more.txt"));
  const auto again = build();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lists[0].rules, 1U);
  EXPECT_TRUE(again->lists[0].kept_copy);
}

TEST_F(BuildAnswers, VersionsDifferByTheirAnswers) {
  const ListText before{"a.example CNAME .\n32.7.2.0.192.rpz-ip CNAME .\n", "rpz"};
  const ListText after{"a.example A 192.0.2.7\n32.7.2.0.192.rpz-ip CNAME rpz-passthru.\n", "rpz"};
  const VersionDifference changed = difference(before, after);
  EXPECT_EQ(changed.added, (std::vector<std::string>{"=a.example A 192.0.2.7", "@@answer 192.0.2.7/32"}));
  EXPECT_EQ(changed.removed, (std::vector<std::string>{"=a.example nxdomain", "answer 192.0.2.7/32 nxdomain"}));
}

}  // namespace
}  // namespace schoolgate::lists

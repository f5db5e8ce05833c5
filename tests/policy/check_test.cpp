#include "policy/check.h"

#include <unistd.h>

#include <filesystem>

#include "filter/image_builder.h"
#include "policy/bulk_check.h"
#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using filter::Exception;
using filter::Reach;
using sample::name;

constexpr std::string_view kPolicy = R"(default_group = "pupils"
[[group]]
id = "pupils"
block = ["gambling", "games", "malware"]
block_names = ["wide.example"]
allow_names = ["casino.example", { name = "scanner.example", security = true }]
[[group]]
id = "staff"
[[group]]
id = "exam"
parent = "pupils"
otherwise = "block"
[[device]]
id = "lab-pc-07"
match = { mac = "02:00:00:00:00:07" }
group = "staff"
[[device]]
id = "printer"
match = { address = "10.0.0.9" }
group = "exam"
[[device]]
id = "all-of-6"
match = { subnet = "::/0" }
group = "exam"
)";

class Check : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("schoolgate-check-{}", getpid());
    std::filesystem::create_directories(folder_);
    const std::string path = folder_ / "filter.image";
    filter::ImageBuilder builder(sample::tags());
    const auto odds = builder.add_list({"odds", sample::kGambling, "v1", "odds.txt"});
    const auto bets = builder.add_list({"bets", sample::kGambling, "v2", "bets.txt"});
    const auto games = builder.add_list({"play", sample::kGames, "v3", "play.txt"});
    const auto malware = builder.add_list({"bad", sample::kMalware, "v4", "bad.txt"});
    builder.add_name(odds, Reach::kBoth, Exception::kNo, name("bet.example"), 3, "bet.example");
    builder.add_name(odds, Reach::kExact, Exception::kYes, name("fair.bet.example"), 4, "@@fair.bet.example");
    builder.add_name(bets, Reach::kBoth, Exception::kNo, name("fair.bet.example"), 8, "0.0.0.0 fair.bet.example");
    builder.add_name(odds, Reach::kBoth, Exception::kNo, name("casino.example"), 5, "casino.example");
    builder.add_name(games, Reach::kBoth, Exception::kNo, name("bet.example"), 12, "bet.example # and play");
    builder.add_name(malware, Reach::kBoth, Exception::kNo, name("scanner.example"), 1, "scanner.example");
    builder.set_opaque_key(kKey);
    const auto hidden = builder.add_list({"hidden", sample::kChildAbuse, "v5", "hidden.txt", true});
    builder.add_name(hidden, Reach::kBoth, Exception::kNo, name("secret.example"), 44, "secret.example # of it");
    builder.add_name(hidden, Reach::kExact, Exception::kYes, name("ok.secret.example"), 45, "@@ok.secret.example");
    auto report = builder.write(path);
    ASSERT_TRUE(report) << report.error().message();
    auto image = filter::Image::open(path, kKey);
    ASSERT_TRUE(image) << image.error().message();
    image_ = *image;
    policy_ = sample::compile(kPolicy);
  }
  static void TearDownTestSuite() {
    image_.reset();
    std::filesystem::remove_all(folder_);
  }

  static base::Result<CheckReport> ask(CheckRequest request) { return check(*policy_, {*image_, *local_}, request); }
  static CheckReport ask_name(std::string_view typed) {
    CheckRequest request;
    request.name = typed;
    auto report = ask(request);
    if (!report) ADD_FAILURE() << report.error().message();
    return report ? *report : CheckReport{};
  }
  static std::string refusal(CheckRequest request, base::ErrorCode code) {
    const auto report = ask(std::move(request));
    if (report) return "";
    EXPECT_EQ(report.error().code(), code);
    return report.error().message();
  }

  static constexpr filter::OpaqueKey kKey = {1, 2, 3};
  static inline std::filesystem::path folder_;
  static inline std::shared_ptr<const filter::Image> image_;
  static inline std::shared_ptr<const filter::Overlay> local_ = std::make_shared<const filter::Overlay>();
  static inline std::shared_ptr<const Policy> policy_;
};

TEST_F(Check, ACategoryNamesListLineAndText) {
  const CheckReport report = ask_name("www.bet.example");
  EXPECT_EQ(report.name, "www.bet.example");
  EXPECT_EQ(report.verdict, "blocked");
  EXPECT_EQ(report.category, "gambling");
  EXPECT_EQ(report.decided_by, "categories gambling, games, list odds, line 3");
  EXPECT_EQ(report.group, "pupils");
  EXPECT_EQ(report.device, "");
  EXPECT_EQ(report.tags, (std::vector<std::string>{"gambling", "games"}));
  EXPECT_EQ(report.hits.size(), 2U);
  ASSERT_EQ(report.chain.size(), 7U);
  const CheckStep& step = report.chain[5];
  EXPECT_EQ(step.step, "category");
  EXPECT_EQ(step.rule, "categories gambling, games");
  EXPECT_EQ(step.list, "odds");
  EXPECT_EQ(step.line, 3U);
  EXPECT_EQ(step.text, "bet.example");
  EXPECT_EQ(step.outcome, "blocks");
  EXPECT_EQ(report.chain[0].outcome, "no match");
  EXPECT_FALSE(report.chain[0].line);
  EXPECT_EQ(report.chain[6].outcome, "not reached");
}

TEST_F(Check, AListThatMakesAnExceptionIsNotNamed) {
  const CheckReport report = ask_name("fair.bet.example");
  EXPECT_EQ(report.verdict, "blocked");
  EXPECT_EQ(report.chain[5].list, "bets");
  EXPECT_EQ(report.chain[5].line, 8U);
  EXPECT_EQ(report.chain[5].text, "0.0.0.0 fair.bet.example");
}

TEST_F(Check, OfAnOpaqueListOnlyItsIdAndCategoryAreShown) {
  const CheckReport report = ask_name("www.secret.example");
  EXPECT_EQ(report.verdict, "blocked");
  EXPECT_EQ(report.category, "child-abuse");
  EXPECT_EQ(report.decided_by, "category child-abuse, list hidden");
  EXPECT_EQ(report.chain[0].list, "hidden");
  EXPECT_FALSE(report.chain[0].line);
  EXPECT_EQ(report.chain[0].text, "");
  ASSERT_EQ(report.hits.size(), 1U);
  EXPECT_EQ(report.hits[0].list, "hidden");
  EXPECT_TRUE(report.hits[0].opaque);
  EXPECT_EQ(report.hits[0].line, 0U);
  EXPECT_EQ(report.hits[0].text, "");
  EXPECT_EQ(ask_name("ok.secret.example").verdict, "allowed") << "its exceptions count";
}

TEST_F(Check, ANameRuleNamesItsPlaceInThePolicyFile) {
  const CheckReport report = ask_name("casino.example");
  EXPECT_EQ(report.verdict, "allowed");
  EXPECT_EQ(report.category, "");
  EXPECT_EQ(report.decided_by, "allow casino.example in group pupils, policy.toml:6:16");
  EXPECT_EQ(report.chain[4].line, 6U);
  EXPECT_EQ(report.chain[4].list, "");
  EXPECT_EQ(report.chain[4].outcome, "allows");
  EXPECT_EQ(report.chain[5].rule, "category gambling");
  EXPECT_EQ(report.chain[5].list, "odds");
  EXPECT_EQ(report.chain[5].outcome, "not reached");
  EXPECT_EQ(ask_name("x.wide.example").decided_by, "block wide.example in group pupils, policy.toml:5:16");
}

TEST_F(Check, ALiftedSecurityCategorySaysByWhat) {
  const CheckReport report = ask_name("scanner.example");
  EXPECT_EQ(report.verdict, "allowed");
  EXPECT_EQ(report.chain[2].rule, "category malware");
  EXPECT_EQ(report.chain[2].outcome, "lifted by allow scanner.example in group pupils");
  EXPECT_EQ(ask_name("www.scanner.example").decided_by, "category malware, list bad, line 1");
}

// Local rules for as long as a test lasts.
class CheckWithLocalRules : public Check {
 protected:
  ~CheckWithLocalRules() override { local_ = std::make_shared<const filter::Overlay>(); }
  static void set_rules(std::vector<filter::OverlayRule> rules) {
    local_ = filter::Overlay::build(image_->tags(), std::move(rules)).value();
  }
};

TEST_F(CheckWithLocalRules, OneThatBlocksIsNamedWithItsReason) {
  set_rules(
      {{name("plain.example"), Reach::kBoth, filter::Effect::kGive, sample::kGambling, "odd (jane, 2026-11-25)"}});
  const CheckReport report = ask_name("www.plain.example");
  EXPECT_EQ(report.verdict, "blocked");
  EXPECT_EQ(report.category, "gambling");
  EXPECT_EQ(report.decided_by, "category gambling, local rules: odd (jane, 2026-11-25)");
  EXPECT_EQ(report.tags, std::vector<std::string>{"gambling"});
  EXPECT_EQ(report.chain[5].list, "local rules");
  EXPECT_FALSE(report.chain[5].line);
  EXPECT_EQ(report.chain[5].text, "odd (jane, 2026-11-25)");
}

TEST_F(CheckWithLocalRules, OneThatLiftsIsNamedWhereItDid) {
  set_rules({{name("fair.bet.example"), Reach::kBoth, filter::Effect::kLift, sample::kGambling, "good (jane)"},
             {name("bet.example"), Reach::kBoth, filter::Effect::kLift, sample::kGames, "wide (joe)"}});
  const CheckReport report = ask_name("fair.bet.example");
  EXPECT_EQ(report.verdict, "allowed");
  EXPECT_EQ(report.decided_by, "otherwise allow");
  EXPECT_TRUE(report.tags.empty());
  EXPECT_EQ(report.chain[5].outcome, "lifted by a local rule");
  EXPECT_EQ(report.chain[5].rule, "categories gambling, games");
  EXPECT_EQ(report.chain[5].list, "local rules");
  EXPECT_EQ(report.chain[5].text, "good (jane)");
  EXPECT_EQ(report.chain[0].outcome, "no match");
  EXPECT_EQ(report.chain[0].list, "");
  const CheckReport half = ask_name("bet.example");
  EXPECT_EQ(half.verdict, "blocked");
  EXPECT_EQ(half.chain[5].list, "odds") << "what still blocks is what is named";
}

TEST_F(CheckWithLocalRules, ASecurityCategoryIsLiftedToo) {
  set_rules({{name("scanner.example"), Reach::kBoth, filter::Effect::kLift, sample::kMalware, "ours (jane)"}});
  const CheckReport report = ask_name("www.scanner.example");
  EXPECT_EQ(report.verdict, "allowed");
  EXPECT_EQ(report.chain[2].outcome, "lifted by a local rule");
  EXPECT_EQ(report.chain[2].rule, "category malware");
}

TEST_F(CheckWithLocalRules, ANameRuleStillSaysItsWord) {
  set_rules({{name("x.wide.example"), Reach::kBoth, filter::Effect::kLift, sample::kGambling, "ours (jane)"}});
  EXPECT_EQ(ask_name("x.wide.example").decided_by, "block wide.example in group pupils, policy.toml:5:16");
}

TEST_F(CheckWithLocalRules, ManyNamesAreDecidedLikeOne) {
  set_rules({{name("plain.example"), Reach::kBoth, filter::Effect::kGive, sample::kGambling, ""},
             {name("bet.example"), Reach::kExact, filter::Effect::kLift, sample::kGambling, ""},
             {name("bet.example"), Reach::kExact, filter::Effect::kLift, sample::kGames, ""}});
  auto bulk = BulkCheck::make({policy_, image_, local_}, policy_->default_group(), BulkCheck::Form::kTabs);
  ASSERT_TRUE(bulk);
  std::string out;
  for (const char* written : {"plain.example", "bet.example", "www.bet.example"}) bulk->add(written, out);
  bulk->finish(out);
  EXPECT_EQ(out,
            "plain.example\tblocked\tgambling\tgambling\n"
            "bet.example\tallowed\totherwise\t-\n"
            "www.bet.example\tblocked\tgambling\tgambling,games\n");
}

TEST_F(Check, OtherwiseDecides) {
  const CheckReport allowed = ask_name("plain.example");
  EXPECT_EQ(allowed.verdict, "allowed");
  EXPECT_EQ(allowed.decided_by, "otherwise allow");
  EXPECT_TRUE(allowed.tags.empty());
  const auto blocked = ask(CheckRequest{"plain.example", {}, "exam", dns::Type::kA});
  ASSERT_TRUE(blocked);
  EXPECT_EQ(blocked->verdict, "blocked");
  EXPECT_EQ(blocked->decided_by, "otherwise block");
  EXPECT_EQ(blocked->group, "exam");
}

TEST_F(Check, NamesAsPeopleTypeThem) {
  for (const char* typed : {"bet.example", " BET.example. ", "https://Bet.Example:8443/odds?today#1", "bet.example/"}) {
    EXPECT_EQ(ask_name(typed).name, "bet.example") << typed;
    EXPECT_EQ(ask_name(typed).verdict, "blocked") << typed;
  }
  for (const char* typed : {"bücher.example", "https://www@BÜCHER。example.:443/übersicht", "xn--BCHER-kva.example"}) {
    EXPECT_EQ(ask_name(typed).name, "xn--bcher-kva.example") << typed;
  }
  EXPECT_EQ(ask_name("ＢＥＴ.example").verdict, "blocked");
}

TEST_F(Check, NamesThatAreNone) {
  const auto invalid = [](const char* typed) { return refusal({typed, {}, {}}, base::ErrorCode::kInvalid); };
  EXPECT_EQ(invalid(""), "'' is not a domain name: it is empty");
  EXPECT_EQ(invalid("https://"), "'https://' is not a domain name: it is empty");
  EXPECT_EQ(invalid("b\xfc.example"), "'b\xfc.example' is not a domain name: it is not UTF-8");
  EXPECT_EQ(invalid("ü-.example"),
            "'ü-.example' is not a domain name: its characters beyond ASCII make no international name");
  EXPECT_EQ(invalid("a℀.example"),
            "'a℀.example' is not a domain name: a character in it stands for one that no name has");
  EXPECT_EQ(invalid("ａ＼046b.example"),
            "'ａ＼046b.example' is not a domain name: a character in it stands for one that no name has");
  EXPECT_EQ(invalid("１０.0.0.1"), "'１０.0.0.1' is an address, and should be a domain name");
  EXPECT_EQ(invalid("http://10.0.0.1/"), "'http://10.0.0.1/' is an address, and should be a domain name");
  EXPECT_EQ(invalid("two words"), "'two words' is not a domain name: there is a blank in it");
  EXPECT_EQ(invalid("a..b"), "'a..b' is not a domain name: a label is empty");
}

TEST_F(Check, DevicesByIdMacOrAddress) {
  struct Row {
    const char* written;
    const char* device;
    const char* group;
  };
  const std::vector<Row> table = {
      {"lab-pc-07", "lab-pc-07", "staff"},
      {"02:00:00:00:00:07", "lab-pc-07", "staff"},
      {"02-00-00-00-00-07", "lab-pc-07", "staff"},
      {"02:00:00:00:00:08", "mac:02:00:00:00:00:08", "pupils"},
      {"10.0.0.9", "printer", "exam"},
      {"10.0.0.10", "ip:10.0.0.10", "pupils"},
      {"2001:db8::1", "all-of-6", "exam"},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.written);
    const auto report = ask({"plain.example", row.written, {}});
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->device, row.device);
    EXPECT_EQ(report->group, row.group);
  }
}

TEST_F(Check, AMacSeenBehindTheAddressCounts) {
  CheckRequest request{"plain.example", "10.0.0.10", {}};
  request.mac = base::MacAddress::parse("02:00:00:00:00:07");
  const auto known = ask(request);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->device, "lab-pc-07");
  EXPECT_EQ(known->group, "staff");
  request.mac = base::MacAddress::parse("02:00:00:00:00:08");
  EXPECT_EQ(ask(request)->device, "mac:02:00:00:00:00:08");
  request.device = "ip:10.0.0.10";
  EXPECT_EQ(ask(request)->device, "mac:02:00:00:00:00:08") << "as history shows it";
  request.device = "printer";
  EXPECT_EQ(ask(request)->device, "printer") << "an id is an id";
}

TEST_F(Check, SaysWhatADeviceGetsForTheType) {
  const auto answer = [this](const char* name, dns::Type type) {
    CheckRequest request{name, {}, {}};
    request.type = type;
    const auto report = ask(request);
    return report ? report->verdict + ": " + report->answer : report.error().message();
  };
  EXPECT_EQ(answer("bet.example", dns::Type::kA), "blocked: the block page's address");
  EXPECT_EQ(answer("bet.example", dns::Type::kAaaa),
            "blocked: the block page's IPv6 address, or no data when it has none");
  EXPECT_EQ(answer("bet.example", dns::Type::kHttps), "blocked: no data");
  EXPECT_EQ(answer("plain.example", dns::Type::kMx), "allowed: what the upstream says");
  EXPECT_EQ(answer("plain.example", dns::Type::kAny), "allowed: a hint to ask for one type (RFC 8482)");
  EXPECT_EQ(answer("plain.example", dns::Type::kAxfr), "allowed: REFUSED: this type is for nobody");
}

TEST_F(Check, SaysThatTargetsAreNotFollowed) {
  EXPECT_TRUE(ask_name("plain.example").targets.starts_with("not followed"));
}

TEST_F(Check, UnknownDevicesAndGroups) {
  EXPECT_EQ(refusal({"x.example", "lab-pc-70", {}}, base::ErrorCode::kNotFound),
            "no device 'lab-pc-70' (did you mean 'lab-pc-07'?); give its id, its address or its MAC");
  EXPECT_EQ(refusal({"x.example", {}, "pupil"}, base::ErrorCode::kNotFound),
            "no group 'pupil' (did you mean 'pupils'?)");
  EXPECT_EQ(refusal({"x.example", "printer", "pupils"}, base::ErrorCode::kInvalid),
            "give a device or a group, not both: a device is in one group");
}

}  // namespace
}  // namespace schoolgate::policy

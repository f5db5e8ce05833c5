#include "filter/classifier.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

constexpr TagNumber kGambling = 3, kMalware = 64;

// One list of gambling, one of malware, and the local rules that a test wants.
class ClassifierTest : public ::testing::Test {
 protected:
  ClassifierTest() {
    ImageBuilder builder(some_tags());
    const auto bets = builder.add_list({"bets", kGambling, "v1", "bets.txt"});
    const auto bad = builder.add_list({"bad", kMalware, "v1", "bad.txt"});
    builder.add_name(bets, Reach::kBoth, Exception::kNo, name("bets.example"), 1, "bets.example");
    builder.add_name(bets, Reach::kExact, Exception::kYes, name("fair.bets.example"), 2, "@@fair.bets.example");
    builder.add_name(bad, Reach::kBoth, Exception::kNo, name("bets.example"), 7, "0.0.0.0 bets.example");
    image_ = image_of(builder);
    scratch_ = image_->make_scratch().value();
  }
  void set_rules(std::vector<OverlayRule> rules) {
    overlay_ = Overlay::build(image_->tags(), std::move(rules)).value();
  }
  Classifier classifier() const { return {*image_, *overlay_}; }
  TagSet tags(const char* at) {
    const std::vector<dns::Name> names = {name("other.example"), name(at), name("fair.bets.example")};
    const std::vector<TagSet> each = classify_each(classifier(), names, scratch_);
    EXPECT_EQ(classify_together(classifier(), names, scratch_), each);
    return each[1];
  }
  std::string list(const char* at, TagNumber tag) {
    return std::string(classifier().origin_of(name(at), tag, scratch_).list);
  }
  // "LIST TEXT", and what is not in force in brackets; the whole, by '; '.
  std::string hits(const char* at) {
    std::string text;
    const std::vector<RuleHit> found = classifier().explain(name(at)).value();
    for (const RuleHit& hit : found) {
      const std::string one = hit.list + " " + hit.text + (hit.lifted_locally ? ", lifted here" : "");
      text += (text.empty() ? "" : "; ") + (hit.in_force ? one : "(" + one + ")");
    }
    return text;
  }

  std::shared_ptr<const Image> image_;
  std::shared_ptr<const Overlay> overlay_ = std::make_shared<const Overlay>();
  Image::Scratch scratch_;
};

TEST_F(ClassifierTest, WithoutLocalRulesItIsTheImage) {
  EXPECT_EQ(tags("www.bets.example"), tag_set({kGambling, kMalware}));
  EXPECT_EQ(tags("good.example"), TagSet());
  EXPECT_EQ(list("bets.example", kGambling), "bets");
  EXPECT_EQ(list("good.example", kGambling), "");
  EXPECT_EQ(hits("bets.example"), "bets bets.example; bad 0.0.0.0 bets.example");
}

TEST_F(ClassifierTest, ALocalRuleGivesATag) {
  set_rules({{name("good.example"), Reach::kBoth, Effect::kGive, kGambling, "pupils bet there (jane)"}});
  EXPECT_EQ(tags("www.good.example"), tag_set({kGambling}));
  EXPECT_EQ(list("www.good.example", kGambling), "local rules");
  EXPECT_EQ(list("www.good.example", kMalware), "");
  EXPECT_EQ(hits("good.example"), "local rules pupils bet there (jane)");
}

TEST_F(ClassifierTest, ALocalRuleLiftsATagWhicheverListGaveIt) {
  set_rules({{name("bets.example"), Reach::kBoth, Effect::kLift, kGambling, "a mistake (jane)"}});
  EXPECT_EQ(tags("bets.example"), tag_set({kMalware})) << "and no other";
  EXPECT_EQ(list("bets.example", kMalware), "bad");
  EXPECT_EQ(hits("bets.example"),
            "(local rules a mistake (jane)); (bets bets.example, lifted here); bad 0.0.0.0 bets.example");
}

TEST_F(ClassifierTest, TheLocalRuleIsNamedBeforeAListThatSaysTheSame) {
  set_rules({{name("bets.example"), Reach::kExact, Effect::kGive, kGambling, "ours (jane)"}});
  EXPECT_EQ(list("bets.example", kGambling), "local rules");
  EXPECT_EQ(list("www.bets.example", kGambling), "bets");
  EXPECT_EQ(hits("bets.example").find("local rules ours (jane); bets"), 0u) << hits("bets.example");
}

TEST_F(ClassifierTest, AListsOwnExceptionStaysItsOwn) {
  set_rules({{name("bets.example"), Reach::kBoth, Effect::kLift, kGambling, "a mistake (jane)"}});
  EXPECT_EQ(
      hits("fair.bets.example"),
      "(local rules a mistake (jane)); (bets @@fair.bets.example); (bets bets.example); bad 0.0.0.0 bets.example");
}

TEST_F(ClassifierTest, AnOverruledLocalRuleLiftsNothing) {
  set_rules({{name("bets.example"), Reach::kBoth, Effect::kLift, kGambling, "wide (jane)"},
             {name("www.bets.example"), Reach::kBoth, Effect::kGive, kGambling, "deep (jane)"}});
  EXPECT_EQ(tags("www.bets.example"), tag_set({kGambling, kMalware}));
  EXPECT_EQ(hits("www.bets.example"),
            "local rules deep (jane); (local rules wide (jane)); bets bets.example; bad 0.0.0.0 bets.example");
}

}  // namespace
}  // namespace schoolgate::filter

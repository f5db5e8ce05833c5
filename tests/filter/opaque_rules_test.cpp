#include "filter/rules/opaque_rules.h"

#include <algorithm>

#include "filter/file/image_format.h"
#include "tests/filter/filter_fixture.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::filter {
namespace {

constexpr OpaqueKey kKey = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

class Opaque : public testing::Test {
 protected:
  Opaque() {
    builder_.set_opaque_key(kKey);
    plain_ = builder_.add_list({"plain", 3, "v1", "plain.txt"});
    secret_ = builder_.add_list({"secret", 511, "v2", "secret.txt", true});
  }
  void add(ListNumber list, const char* at, Reach reach = Reach::kBoth, Exception exception = Exception::kNo) {
    builder_.add_name(list, reach, exception, name(at), ++line_, at);
  }
  std::shared_ptr<const Image> image() {
    auto built = builder_.build().value();
    return Image::from_memory(std::move(built.image), std::move(built.lines), Checksums::kVerify, kKey).value();
  }

  ImageBuilder builder_{some_tags()};
  ListNumber plain_ = 0;
  ListNumber secret_ = 0;
  std::uint32_t line_ = 0;
};

TEST_F(Opaque, SaysItsTagOfTheNamesAndThoseBelow) {
  add(secret_, "Hidden.example");
  add(secret_, "exact.example", Reach::kExact);
  add(secret_, "below.example", Reach::kSubdomains);
  add(plain_, "hidden.example");
  const auto built = image();
  EXPECT_EQ(classify(*built, name("hidden.example")), tag_set({3, 511}));
  EXPECT_EQ(classify(*built, name("a.b.hidden.example")), tag_set({3, 511}));
  EXPECT_EQ(classify(*built, name("exact.example")), tag_set({511}));
  EXPECT_EQ(classify(*built, name("www.exact.example")), TagSet());
  EXPECT_EQ(classify(*built, name("below.example")), TagSet());
  EXPECT_EQ(classify(*built, name("www.below.example")), tag_set({511}));
  EXPECT_EQ(classify(*built, name("other.example")), TagSet());
  EXPECT_EQ(classify(*built, dns::Name()), TagSet());
  auto scratch = built->make_scratch().value();
  EXPECT_EQ(list_of(*built, name("hidden.example"), 511, scratch), secret_);
  EXPECT_EQ(built->rules_per_list(), (std::vector<std::uint64_t>{1, 3}));
}

TEST_F(Opaque, TheDeepestWordOfAListIsItsLast) {
  add(secret_, "example");
  add(secret_, "good.example", Reach::kBoth, Exception::kYes);
  add(secret_, "bad.good.example");
  add(secret_, "both.example", Reach::kBoth);
  add(secret_, "both.example", Reach::kExact, Exception::kYes);
  const auto built = image();
  EXPECT_EQ(classify(*built, name("x.example")), tag_set({511}));
  EXPECT_EQ(classify(*built, name("good.example")), TagSet());
  EXPECT_EQ(classify(*built, name("a.good.example")), TagSet());
  EXPECT_EQ(classify(*built, name("a.bad.good.example")), tag_set({511}));
  EXPECT_EQ(classify(*built, name("both.example")), TagSet()) << "at equal depth the exception";
  EXPECT_EQ(classify(*built, name("a.both.example")), tag_set({511}));
}

TEST_F(Opaque, ExplainsWithListAndLineOnly) {
  add(plain_, "hidden.example");
  add(secret_, "hidden.example");
  add(secret_, "www.hidden.example", Reach::kBoth, Exception::kYes);
  const auto hits = image()->explain(name("www.hidden.example")).value();
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].list, "plain");
  EXPECT_EQ(hits[1].list, "secret");
  EXPECT_EQ(hits[1].line, 3u);
  EXPECT_EQ(hits[1].exception, Exception::kYes);
  EXPECT_EQ(hits[2].line, 2u);
  EXPECT_FALSE(hits[2].in_force) << "lifted by its own list";
  EXPECT_EQ(hits[2].text, "");
  EXPECT_FALSE(hits[0].opaque);
  EXPECT_TRUE(hits[1].opaque && hits[2].opaque);
}

TEST_F(Opaque, NothingOfTheNamesIsInAnyFile) {
  add(plain_, "seen.example");
  for (const char* at : {"verysecretname.example", "deep.othersecret.test", "www.verysecretname.example"})
    add(secret_, at);
  builder_.add_pattern(secret_, Exception::kNo, "patternsecret", 9, "/patternsecret/");
  const auto built = builder_.build().value();
  for (const std::string& octets : {built.image, built.lines, built.compiled_patterns}) {
    for (const char* text : {"verysecretname", "othersecret", "patternsecret", "deep", "test"}) {
      EXPECT_EQ(octets.find(text), std::string::npos) << text;
    }
  }
  EXPECT_NE(built.lines.find("seen"), std::string::npos) << "or the test looks in the wrong place";
  ASSERT_EQ(built.report.rejected.size(), 1u);
  EXPECT_EQ(built.report.rejected[0].reason, "a pattern cannot be hashed, and its list is opaque");
  EXPECT_EQ(built.report.rejected[0].text, "");
}

TEST_F(Opaque, WithoutTheKeyItIsRefusedNotUnfiltered) {
  add(secret_, "hidden.example");
  const auto built = builder_.build().value();
  const auto open = [&](const std::optional<OpaqueKey>& key) {
    return Image::from_memory(built.image, built.lines, Checksums::kVerify, key);
  };
  EXPECT_TRUE(open(kKey));
  EXPECT_EQ(open(std::nullopt).error().code(), base::ErrorCode::kForbidden);
  EXPECT_EQ(open(std::nullopt).error().message(),
            "image in memory: it has opaque lists, and no key was given to read them");
  EXPECT_EQ(open(OpaqueKey{9}).error().message(), "image in memory: its opaque lists were made with another key");
}

TEST(OpaqueRules, ABuilderWithoutAKeySaysSo) {
  ImageBuilder builder(some_tags());
  const auto list = builder.add_list({"secret", 511, "v2", "secret.txt", true});
  builder.add_name(list, Reach::kBoth, Exception::kNo, name("hidden.example"), 1, "hidden.example");
  const auto built = builder.build();
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().message(), "list 'secret': it is opaque, and no key was given to hash its names with");
}

TEST(OpaqueRules, AnOpaqueListWithoutANameNeedsNoKey) {
  ImageBuilder builder(some_tags());
  builder.add_list({"secret", 511, "v2", "secret.txt", true});
  auto built = builder.build();
  ASSERT_TRUE(built) << built.error().message();
  const auto image = Image::from_memory(built->image, built->lines, Checksums::kVerify);
  ASSERT_TRUE(image) << image.error().message();
  EXPECT_TRUE((*image)->lists()[0].opaque);
}

// What is kept of a list whose source cannot be read.
TEST(OpaqueRules, ReadBackTheyMakeTheSameImage) {
  std::vector<OpaqueRule> rules = {
      hash_rule(7, Reach::kBoth, Exception::kNo, name("Hidden.example"), 1, kKey),
      hash_rule(7, Reach::kExact, Exception::kYes, name("ok.hidden.example"), 2, kKey),
      hash_rule(7, Reach::kSubdomains, Exception::kNo, name("below.example"), 3, kKey),
  };
  std::sort(rules.begin(), rules.end());
  std::string octets;
  encode_opaque(rules, kKey, octets);
  const auto read = OpaqueRules::read(octets_of(octets), kKey);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->all(), rules);
  EXPECT_TRUE(OpaqueRules().all().empty());

  const auto image_of = [](const auto& add) {
    ImageBuilder builder(some_tags());
    builder.set_opaque_key(kKey);
    builder.add_list({"plain", 3, "v1", "plain.txt"});
    add(builder, builder.add_list({"secret", 511, "v2", "secret.txt", true}));
    return builder.build().value().image;
  };
  const std::string hashed = image_of([&](ImageBuilder& builder, ListNumber list) {
    for (const OpaqueRule& rule : read->all()) builder.add_hashed(list, rule);
  });
  const std::string named = image_of([](ImageBuilder& builder, ListNumber list) {
    builder.add_name(list, Reach::kBoth, Exception::kNo, name("hidden.example"), 1, "");
    builder.add_name(list, Reach::kExact, Exception::kYes, name("ok.hidden.example"), 2, "");
    builder.add_name(list, Reach::kSubdomains, Exception::kNo, name("below.example"), 3, "");
  });
  EXPECT_TRUE(hashed == named);
}

TEST(OpaqueRules, HashedRulesWithoutAKeyAreRefused) {
  ImageBuilder builder(some_tags());
  const auto list = builder.add_list({"secret", 511, "v2", "secret.txt", true});
  builder.add_hashed(list, hash_rule(0, Reach::kBoth, Exception::kNo, name("hidden.example"), 1, kKey));
  EXPECT_EQ(builder.build().error().message(),
            "list 'secret': it is opaque, and no key was given to hash its names with");
}

TEST(OpaqueRules, EachKeyIsAnother) {
  const OpaqueKey first = random_opaque_key();
  EXPECT_NE(first, OpaqueKey{});
  EXPECT_NE(first, random_opaque_key());
}

TEST_F(Opaque, AnImageIsKeptWithItsKeyAloneAndRemovedWhole) {
  const support::TemporaryFolder folder;
  add(secret_, "hidden.example");
  builder_.add_pattern(plain_, Exception::kNo, "ads?[0-9]+", 9, "ads");
  ASSERT_TRUE(builder_.write(folder.file("image")));
  const auto is_there = [&folder] {
    const auto there = [&folder](const std::string& file) { return std::filesystem::exists(folder.file(file)); };
    return std::vector<bool>{there("kept"), there("kept.lines"), there("kept.hs")};
  };
  keep_image(folder.file("image"), folder.file("kept"));
  keep_image(folder.file("image"), folder.file("kept"), OpaqueKey{9});
  EXPECT_EQ(is_there(), (std::vector<bool>{false, false, false}));
  keep_image(folder.file("image"), folder.file("kept"), kKey);
  EXPECT_EQ(is_there(), (std::vector<bool>{true, true, true}));
  EXPECT_TRUE(remove_image(folder.file("kept")));
  EXPECT_EQ(is_there(), (std::vector<bool>{false, false, false}));
  EXPECT_TRUE(remove_image(folder.file("kept"))) << "none there";
  EXPECT_TRUE(Image::open(folder.file("image"), kKey));
  folder.write("file", "");
  EXPECT_TRUE(remove_image(folder.file("file/image")).error().message().starts_with("cannot remove "));
}

TEST_F(Opaque, TheSameRulesAndKeyGiveTheSameOctets) {
  const auto octets = [](bool is_turned, const OpaqueKey& key) {
    ImageBuilder builder(some_tags());
    builder.set_opaque_key(key);
    const auto list = builder.add_list({"secret", 511, "v2", "secret.txt", true});
    std::vector<std::pair<const char*, std::uint32_t>> rules = {{"a.example", 1}, {"b.example", 2}, {"a.example", 3}};
    if (is_turned) std::reverse(rules.begin(), rules.end());
    for (const auto& [at, line] : rules) builder.add_name(list, Reach::kBoth, Exception::kNo, name(at), line, at);
    return builder.build().value().image;
  };
  EXPECT_EQ(octets(false, kKey), octets(true, kKey));
  EXPECT_NE(octets(false, kKey), octets(false, OpaqueKey{9}));
}

TEST_F(Opaque, DamagedOctetsAreSafe) {
  for (const char* at : {"example", "hidden.example", "a.hidden.example", "b.example"}) add(secret_, at);
  const auto built = builder_.build().value();
  for (std::size_t at = 0; at < built.image.size(); ++at) {
    std::string damaged = built.image;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    const auto image = Image::from_memory(std::move(damaged), built.lines, Checksums::kIgnore, kKey);
    if (!image) continue;
    auto scratch = (*image)->make_scratch().value();
    for (const char* asked : {"a.hidden.example", "example", "x"}) {
      static_cast<void>((*image)->classify(name(asked), scratch));
      static_cast<void>((*image)->explain(name(asked)));
    }
  }
}

}  // namespace
}  // namespace schoolgate::filter

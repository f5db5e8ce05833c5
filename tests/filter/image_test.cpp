#include "filter/image.h"
#include "filter/image_builder.h"

#include <chrono>
#include <fstream>
#include <random>

#include "base/file.h"
#include "filter/file/image_format.h"
#include "filter/patterns/pattern_set.h"
#include "filter/rules/rule_store.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

// Two lists, an exception by name and one by pattern.
void add_some_rules(ImageBuilder& builder) {
  const ListNumber bets = builder.add_list({"bets", 3, "version-1", "lists/bets"});
  const ListNumber worse = builder.add_list({"worse", 64, "version-2", "lists/worse"});
  builder.add_name(bets, Reach::kBoth, Exception::kNo, name("bad.example"), 1, "bad.example");
  builder.add_name(bets, Reach::kBoth, Exception::kYes, name("good.bad.example"), 2, "@@||good.bad.example^");
  builder.add_name(bets, Reach::kExact, Exception::kNo, name("exact.example"), 3, "0.0.0.0 exact.example");
  builder.add_name(worse, Reach::kSubdomains, Exception::kNo, name("bad.example"), 4, "*.bad.example");
  builder.add_pattern(bets, Exception::kNo, "casino[0-9]", 5, "/casino[0-9]/");
  builder.add_pattern(worse, Exception::kYes, "^safe\\.", 6, "@@/^safe\\./");
}

BuiltImage some_image() {
  ImageBuilder builder(some_tags());
  add_some_rules(builder);
  return builder.build().value();
}

std::shared_ptr<const Image> opened(const BuiltImage& built) {
  return Image::from_memory(built.image, built.lines, Checksums::kVerify).value();
}

TEST(Image, ClassifiesAndNamesTheList) {
  const auto image = opened(some_image());
  auto scratch = image->make_scratch().value();
  struct Case {
    const char* asked;
    TagSet tags;
    std::optional<ListNumber> bets;   // the list that gives tag 3
    std::optional<ListNumber> worse;  // tag 64
  };
  const Case cases[] = {
      {"bad.example", tag_set({3}), 0, {}},
      {"www.bad.example", tag_set({3, 64}), 0, 1},
      {"notbad.example", {}, {}, {}},
      {"example", {}, {}, {}},
      {"good.bad.example", tag_set({64}), {}, 1},
      {"www.good.bad.example", tag_set({64}), {}, 1},
      {"exact.example", tag_set({3}), 0, {}},
      {"www.exact.example", {}, {}, {}},
      {"casino7.example", tag_set({3}), 0, {}},
      {"casino.example", {}, {}, {}},
      {"casino7.good.bad.example", tag_set({64}), {}, 1},  // the exception by name lifts the list's pattern
      {"safe.bad.example", tag_set({3}), 0, {}},           // the exception pattern lifts its own list's names
      {"bad\\.example", {}, {}, {}},
      {".", {}, {}, {}},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(image->classify(name(one.asked), scratch), one.tags) << one.asked;
    EXPECT_EQ(list_of(*image, name(one.asked), 3, scratch), one.bets) << one.asked;
    EXPECT_EQ(list_of(*image, name(one.asked), 64, scratch), one.worse) << one.asked;
    EXPECT_EQ(list_of(*image, name(one.asked), 511, scratch), std::nullopt) << one.asked;
  }
}

TEST(Image, ExplainsWithLinesAsWritten) {
  const auto image = opened(some_image());
  const auto hits = image->explain(name("casino7.good.bad.example"));
  ASSERT_TRUE(hits) << hits.error().message();
  ASSERT_EQ(hits->size(), 4u);
  const auto line = [&](std::size_t i) {
    const RuleHit& hit = hits->at(i);
    return fmt::format("{}:{} {} {} {} {}", hit.list, hit.line, hit.text, hit.version, hit.tag,
                       hit.exception == Exception::kYes ? "exception"
                       : hit.in_force                   ? "in force"
                                                        : "lifted");
  };
  EXPECT_EQ(line(0), "bets:2 @@||good.bad.example^ version-1 3 exception");
  EXPECT_EQ(line(1), "bets:1 bad.example version-1 3 lifted");
  EXPECT_EQ(line(2), "worse:4 *.bad.example version-2 64 in force");
  EXPECT_EQ(line(3), "bets:5 /casino[0-9]/ version-1 3 lifted");
  EXPECT_TRUE(image->explain(name("example.org"))->empty());
}

TEST(Image, TellsByWhatARuleCovers) {
  const auto image = opened(some_image());
  const auto hits = image->explain(name("casino7.good.bad.example")).value();
  ASSERT_EQ(hits.size(), 4u);
  EXPECT_EQ(hits[0].match, Match::kAbove);
  EXPECT_EQ(hits[3].match, Match::kPattern);
  EXPECT_EQ(image->explain(name("bad.example"))->front().match, Match::kName);
}

TEST(Image, CountsTheRulesBelowANameByList) {
  const auto image = opened(some_image());
  EXPECT_EQ(image->rules_below(name("example")).value(), (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(image->rules_below(name("bad.example")).value(), (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(image->rules_below(name("good.bad.example")).value(), (std::vector<std::uint64_t>{0, 0}));
}

TEST(Image, ADeeperRuleThanTheExceptionLeavesThePatternInForce) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"list", 3, "", ""});
  builder.add_name(list, Reach::kBoth, Exception::kNo, name("org"), 1, "org");
  builder.add_name(list, Reach::kBoth, Exception::kYes, name("Example.ORG"), 2, "@@example.org");
  builder.add_name(list, Reach::kBoth, Exception::kNo, name("ADS.example.org"), 3, "ADS.example.org");
  builder.add_pattern(list, Exception::kNo, "ads", 4, "/ads/");
  const auto image = image_of(builder);
  const auto in_force = [&](const char* asked) {
    std::vector<std::uint32_t> lines;
    const auto hits = image->explain(name(asked)).value();
    for (const RuleHit& hit : hits) {
      if (hit.in_force) lines.push_back(hit.line);
    }
    return lines;
  };
  using Lines = std::vector<std::uint32_t>;
  EXPECT_EQ(in_force("ads.example.org"), (Lines{3, 4}));
  EXPECT_EQ(classify(*image, name("ads.example.org")), tag_set({3}));
  EXPECT_EQ(in_force("myads.example.org"), Lines{});
  EXPECT_EQ(classify(*image, name("myads.example.org")), TagSet());
  EXPECT_EQ(in_force("ads.org"), (Lines{1, 4}));
}

TEST(Image, TellsItsTables) {
  const BuiltImage built = some_image();
  const auto image = opened(built);
  EXPECT_EQ(image->tags(), some_tags());
  ASSERT_EQ(image->lists().size(), 2u);
  EXPECT_EQ(image->lists()[1], (ListEntry{"worse", 64, "version-2", "lists/worse"}));
  EXPECT_EQ(image->rules_per_list(), (std::vector<std::uint64_t>{4, 2}));
  EXPECT_EQ(image->digest(), built.report.digest);
  EXPECT_EQ(image->size_bytes(), built.image.size());
}

TEST(Image, Empty) {
  ImageBuilder builder{TagTable()};
  const auto image = image_of(builder);
  EXPECT_EQ(classify(*image, dns::Name()), TagSet());
  EXPECT_EQ(classify(*image, name("www.example.org")), TagSet());
  EXPECT_TRUE(image->explain(name("www.example.org"))->empty());
}

TEST(Image, PatternsNeverMatchTheRoot) {
  ImageBuilder builder(some_tags());
  builder.add_pattern(builder.add_list({"all", 3, "", ""}), Exception::kNo, "^..+$", 1, "/^..+$/");
  const auto image = image_of(builder);
  EXPECT_EQ(classify(*image, name("www.example.org")), tag_set({3}));
  EXPECT_EQ(classify(*image, name("\\000.\\255")), tag_set({3}));
  EXPECT_EQ(classify(*image, dns::Name()), TagSet());
}

TEST(Image, ADotInsideALabelIsNoEdgeForPatterns) {
  ImageBuilder builder(some_tags());
  builder.add_pattern(builder.add_list({"ads", 3, "", ""}), Exception::kNo, "ads\\.example$", 1, "x");
  const auto image = image_of(builder);
  EXPECT_EQ(classify(*image, name("ads.example")), tag_set({3}));
  EXPECT_EQ(classify(*image, name("ads\\.example")), TagSet());
}

TEST(Image, OneNameFromThirtyLists) {
  ImageBuilder builder(some_tags());
  for (int i = 0; i < 30; ++i) {
    const ListNumber list =
        builder.add_list({fmt::format("list-{}", i), i < 15 ? TagNumber{64} : TagNumber{3}, "", ""});
    builder.add_name(list, Reach::kBoth, Exception::kNo, name("example.org"), 1, "example.org");
    if (i < 10) builder.add_name(list, Reach::kBoth, Exception::kYes, name("a.example.org"), 2, "@@a.example.org");
    if (i == 20) builder.add_pattern(list, Exception::kYes, "^b\\.", 3, "@@/^b/");
    if (i == 2) builder.add_pattern(list, Exception::kNo, "^b\\.", 3, "/^b/");
  }
  const auto image = image_of(builder);
  auto scratch = image->make_scratch().value();
  EXPECT_EQ(image->classify(name("example.org"), scratch), tag_set({3, 64}));
  EXPECT_EQ(list_of(*image, name("example.org"), 64, scratch), ListNumber{0});
  EXPECT_EQ(list_of(*image, name("a.example.org"), 64, scratch), ListNumber{10});
  EXPECT_EQ(list_of(*image, name("a.example.org"), 3, scratch), ListNumber{15});
  EXPECT_EQ(list_of(*image, name("b.example.org"), 3, scratch), ListNumber{15});
  EXPECT_EQ(image->explain(name("a.example.org"))->size(), 40u);
}

TEST(Image, EveryDamagedOctetIsRefused) {
  const BuiltImage built = some_image();
  for (std::size_t at = 0; at < built.image.size(); ++at) {
    std::string damaged = built.image;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const auto image = Image::from_memory(std::move(damaged), built.lines, Checksums::kVerify);
    ASSERT_FALSE(image) << "octet " << at;
    EXPECT_EQ(image.error().code(), base::ErrorCode::kDamaged);
  }
}

TEST(Image, EveryTruncationIsRefused) {
  const BuiltImage built = some_image();
  for (std::size_t size = 0; size < built.image.size(); ++size) {
    const auto image = Image::from_memory(built.image.substr(0, size), built.lines, Checksums::kVerify);
    ASSERT_FALSE(image) << size;
    EXPECT_EQ(image.error().code(), base::ErrorCode::kDamaged);
  }
}

TEST(Image, OpeningSaysWhichFileAndWhy) {
  const Folder folder;
  const auto refusal = [&](const std::string& octets) {
    std::ofstream(folder.file("x.image"), std::ios::binary) << octets;
    const auto image = Image::open(folder.file("x.image"));
    return image ? "" : image.error().message();
  };
  const std::string octets = some_image().image;
  EXPECT_EQ(refusal(octets), "");
  EXPECT_EQ(refusal(""), folder.file("x.image") + ": not a Schoolgate filter image");
  std::string newer = octets;
  newer[8] = 7;
  EXPECT_EQ(refusal(newer),
            folder.file("x.image") + ": its format is 7, and this version reads 6; it was made by a newer one");
  std::string damaged = octets;
  damaged.back() = static_cast<char>(~damaged.back());
  EXPECT_EQ(refusal(damaged), folder.file("x.image") + ": the checksum of section 7 is wrong");
  const auto missing = Image::open(folder.file("missing.image"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), base::ErrorCode::kNotFound);
  EXPECT_FALSE(Image::open(folder.file(""))) << "a folder is no image";
}

// Whoever owns a name chooses what is in front of it: a pattern that it wears out must not let it through.
TEST(Image, AnExceptionThatIsWornOutLiftsNothing) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"adult", 3, "", ""});
  const std::string exception = "^(?=(([a-z]|[a-z0-9]+)+)+\\.good)[a-z]";
  builder.add_name(list, Reach::kBoth, Exception::kNo, name("bad.example"), 1, "bad.example");
  builder.add_pattern(list, Exception::kYes, exception, 2, "@@/" + exception + "/");
  builder.add_name(list, Reach::kBoth, Exception::kNo, name("good.example"), 3, "good.example");
  const auto image = image_of(builder);
  auto scratch = image->make_scratch().value();
  EXPECT_EQ(image->classify(name("abc.good.example"), scratch), TagSet()) << "it lifts what it surely matches";
  const dns::Name wearing = name(std::string(60, 'a') + "-.good.bad.example");
  EXPECT_EQ(image->classify(wearing, scratch), tag_set({3}));
  ASSERT_EQ(image->overrun_patterns().size(), 1u) << "or the test asks nothing";
  const auto hits = image->explain(wearing).value();
  ASSERT_EQ(hits.size(), 1u) << "explain() says the same";
  EXPECT_TRUE(hits[0].in_force);
}

// A list may say the same a million times.
TEST(Image, WhatAListSaysVeryOftenIsThereAFewTimes) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"ads", 3, "", ""});
  const ListNumber other = builder.add_list({"more-ads", 3, "", ""});
  constexpr std::uint32_t kTimes = 50'000;
  for (std::uint32_t line = kTimes; line > 0; --line) {
    builder.add_name(list, Reach::kBoth, Exception::kNo, name("x.example"), line, "0.0.0.0 x.example");
  }
  builder.add_name(list, Reach::kExact, Exception::kNo, name("x.example"), 7, "=x.example");
  builder.add_name(other, Reach::kBoth, Exception::kNo, name("x.example"), 9, "x.example");
  auto built = builder.build().value();
  EXPECT_EQ(built.report.rules_per_list, (std::vector<std::uint64_t>{kTimes + 1, 1}));
  EXPECT_EQ(built.report.names, kMostAlike + 2);
  const auto image = Image::from_memory(std::move(built.image), std::move(built.lines), Checksums::kVerify).value();
  const auto hits = image->explain(name("www.x.example")).value();
  ASSERT_EQ(hits.size(), kMostAlike + 1) << "the exact one is not for names below";
  for (std::uint32_t i = 0; i < kMostAlike; ++i) EXPECT_EQ(hits[i].line, i + 1) << "the first lines stay";
}

TEST(Image, WithoutItsLinesOnlyExplainFails) {
  const Folder folder;
  const std::string path = folder.file("x.image");
  ImageBuilder builder(some_tags());
  add_some_rules(builder);
  ASSERT_TRUE(builder.write(path));
  std::filesystem::remove(path + ".lines");
  const auto image = Image::open(path);
  ASSERT_TRUE(image);
  EXPECT_EQ(classify(**image, name("bad.example")), tag_set({3}));
  const auto hits = (*image)->explain(name("bad.example"));
  ASSERT_FALSE(hits);
  EXPECT_NE(hits.error().message().find(path + ".lines"), std::string::npos);
  EXPECT_FALSE((*image)->has_lines());
}

TEST(Image, LinesOfAnotherImageAreRefusedAndOpenOnesOutliveABuild) {
  const Folder folder;
  const std::string path = folder.file("x.image");
  ImageBuilder builder(some_tags());
  add_some_rules(builder);
  ASSERT_TRUE(builder.write(path));
  const auto before = Image::open(path).value();
  ImageBuilder other(some_tags());
  ASSERT_TRUE(other.write(folder.file("other")));
  std::filesystem::rename(folder.file("other.lines"), path + ".lines");
  EXPECT_TRUE(before->has_lines());
  EXPECT_EQ(before->explain(name("bad.example"))->size(), 1u);
  const auto hits = Image::open(path).value()->explain(name("bad.example"));
  ASSERT_FALSE(hits);
  EXPECT_EQ(hits.error().message(), path + ".lines: it belongs to another image; build the lists again");
}

TEST(Image, ACompiledSetThatDoesNotFitIsMadeAgain) {
  const Folder folder;
  const std::string path = folder.file("x.image");
  ImageBuilder builder(some_tags());
  add_some_rules(builder);
  ASSERT_TRUE(builder.write(path));
  const std::string good = base::read_file(path + ".hs").value();
  ImageBuilder other(some_tags());
  other.add_pattern(other.add_list({"a", 3, "", ""}), Exception::kNo, "nothing-of-ours", 1, "x");
  std::string damaged = good;
  damaged[good.size() / 2] = static_cast<char>(~damaged[good.size() / 2]);
  for (const std::string& octets :
       {good, damaged, good.substr(0, 50), std::string(), other.build()->compiled_patterns}) {
    std::filesystem::remove(path + ".hs");  // read-only
    std::ofstream(path + ".hs", std::ios::binary | std::ios::trunc) << octets;
    const auto image = Image::open(path);
    ASSERT_TRUE(image) << image.error().message();
    EXPECT_EQ(classify(**image, name("casino7.example")), tag_set({3}));
  }
  std::filesystem::remove(path + ".hs");
  EXPECT_EQ(classify(*Image::open(path).value(), name("casino7.example")), tag_set({3}));
}

// What another machine compiled, to our own digest and checksums.
std::string as_of_another_platform(const std::string& compiled) {
  const auto file = SectionedFile::read(octets_of(compiled), kCompiledFile, "x", Checksums::kVerify).value();
  SectionWriter writer(kCompiledFile);
  for (std::uint32_t i = 0; i < kCompiledFile.sections; ++i) {
    std::string& section = writer.begin_section();
    section += text_of(file.section(i));
    if (i == static_cast<std::uint32_t>(CompiledSection::kPlatform)) section += " of another kind";
  }
  return std::move(writer).finish(file.digest());
}

TEST(Image, PatternsAreCompiledOnceForAMachine) {
  const Folder folder;
  const std::string path = folder.file("x.image");
  ImageBuilder builder(some_tags());
  add_some_rules(builder);
  ASSERT_TRUE(builder.write(path));
  const std::string good = base::read_file(path + ".hs").value();
  EXPECT_FALSE(Image::open(path).value()->compiled_patterns());
  for (const std::string& octets : {std::string(), good.substr(0, 50), as_of_another_platform(good)}) {
    std::filesystem::remove(path + ".hs");
    std::ofstream(path + ".hs", std::ios::binary | std::ios::trunc) << octets;
    EXPECT_TRUE(Image::open(path).value()->compiled_patterns());
    EXPECT_EQ(base::read_file(path + ".hs").value(), good);
    EXPECT_FALSE(Image::open(path).value()->compiled_patterns());
  }
  std::filesystem::remove(path + ".hs");
  EXPECT_TRUE(Image::open(path).value()->compiled_patterns());
  EXPECT_FALSE(Image::open(path).value()->compiled_patterns());
}

TEST(Image, APatternOfSeveralPartsIsOneRule) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"ads", 3, "", ""});
  builder.add_pattern(list, Exception::kNo, "(^|\\.|-)ads\\.|-ads|ads\\.example$|(^|\\.)example$", 1, "several");
  builder.add_pattern(list, Exception::kYes, "(^|\\.)good\\.example$", 2, "good");
  const auto image = image_of(builder);
  const auto hits = image->explain(name("x-ads.ads.example")).value();
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].text, "several");
  EXPECT_TRUE(hits[0].in_force);
  // An exception that says a suffix is one by name: it is deeper, and lifts the rule's patterns too.
  EXPECT_EQ(classify(*image, name("ads.good.example")), TagSet());
  EXPECT_EQ(image->explain(name("ads.good.example"))->size(), 2u);
  EXPECT_EQ(classify(*image, name("ads.bad.example")), tag_set({3}));
}

TEST(Image, PatternsThatRanOutOfStepsAreTold) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"ads", 3, "", ""});
  builder.add_pattern(list, Exception::kNo, "plain", 1, "first line");
  builder.add_pattern(list, Exception::kNo, "^(?!((a|aa)+)+c)(a|aa)+b", 7, "the line");
  const auto image = image_of(builder);
  EXPECT_TRUE(image->overrun_patterns().empty());
  EXPECT_EQ(classify(*image, name(std::string(60, 'a') + "b." + std::string(60, 'a'))), tag_set({3}));
  const auto overrun = image->overrun_patterns();
  ASSERT_EQ(overrun.size(), 1u);
  EXPECT_EQ(overrun[0].list, "ads");
  EXPECT_EQ(overrun[0].line, 7u);
  EXPECT_EQ(overrun[0].text, "the line");
  EXPECT_EQ(overrun[0].count, 1u);
}

// It lifts nothing, but it did run out.
TEST(Image, AnExceptionThatRunsOutOfStepsIsTold) {
  ImageBuilder builder(some_tags());
  const ListNumber bets = builder.add_list({"bets", 3, "", ""});
  const ListNumber worse = builder.add_list({"worse", 64, "", ""});
  const std::string busy = std::string(60, 'a') + "b." + std::string(60, 'a');
  for (const ListNumber list : {bets, worse}) builder.add_name(list, Reach::kBoth, Exception::kNo, name(busy), 1, busy);
  builder.add_pattern(bets, Exception::kYes, "^(?!((a|aa)+)+c)(a|aa)+b", 7, "the exception");
  const auto image = image_of(builder);
  EXPECT_EQ(classify(*image, name(busy)), tag_set({3, 64}));
  const auto overrun = image->overrun_patterns();
  ASSERT_EQ(overrun.size(), 1u);
  EXPECT_EQ(overrun[0].list, "bets");
  EXPECT_EQ(overrun[0].line, 7u);
  EXPECT_EQ(overrun[0].text, "the exception");
  EXPECT_EQ(overrun[0].count, 1u);
  const auto hits = image->explain(name(busy)).value();
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_TRUE(hits[0].in_force && hits[1].in_force);
}

// One over as many as there may be, each made to run out of steps.
TEST(Image, OneNamesTimeIsBoundedWhateverTheExceptions) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"ads", 3, "", ""});
  const ListNumber other = builder.add_list({"other", 64, "", ""});
  const std::string busy = std::string(63, 'a') + "." + std::string(63, 'a');
  for (const ListNumber of : {list, other}) builder.add_name(of, Reach::kBoth, Exception::kNo, name(busy), 1, busy);
  for (std::uint32_t i = 0; i <= PatternSet::kMaxConfirmed; ++i) {
    builder.add_pattern(list, Exception::kYes, fmt::format("^(?!(a+)+{:04}c)(a|aa)+", i), i + 2, "@@");
  }
  const auto built = builder.build().value();
  ASSERT_EQ(built.report.rejected.size(), 1u);
  EXPECT_EQ(built.report.rejected[0].line, PatternSet::kMaxConfirmed + 2);
  EXPECT_NE(built.report.rejected[0].reason.find("over 1000 patterns"), std::string::npos);
  const auto image = opened(built);
  auto scratch = image->make_scratch().value();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(image->classify(name(busy), scratch), tag_set({3, 64}));
  // Some 10 ms; a sanitizer on a busy machine needs more.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
  EXPECT_EQ(image->overrun_patterns().size(), PatternSet::kMaxConfirmed);
}

std::string mutated(std::string octets, std::mt19937& random) {
  for (unsigned changes = random() % 4; changes > 0; --changes) {
    octets[random() % octets.size()] = static_cast<char>(random());
  }
  return octets;
}

// Returns how many of the damaged images were opened.
int ask_damaged_images(const BuiltImage& built, int rounds) {
  const std::vector<dns::Name> asked = {dns::Name(), name("www.bad.example"), name("casino7.good.bad.example"),
                                        name("exact.example"), name("safe.a.b.c.d")};
  std::mt19937 random(5);
  int opened_count = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto image =
        Image::from_memory(mutated(built.image, random), mutated(built.lines, random), Checksums::kIgnore);
    if (!image) continue;
    auto scratch = (*image)->make_scratch();
    if (!scratch) continue;
    ++opened_count;
    for (const dns::Name& one : asked) {
      (*image)->classify(one, *scratch);
      list_of(**image, one, 3, *scratch);
      static_cast<void>((*image)->explain(one));
    }
  }
  return opened_count;
}

// With checksums off, whatever the octets are: refused or answered, but never outside the block (run under a sanitizer).
TEST(Image, LookUpsAreSafeOnAnyOctets) {
  EXPECT_GT(ask_damaged_images(some_image(), 300), 50);
  ImageBuilder names_only(some_tags());
  for (int i = 0; i < 40; ++i) {
    const ListNumber list = names_only.add_list({fmt::format("l{}", i % 3), 3, "", ""});
    const auto exception = i % 5 == 0 ? Exception::kYes : Exception::kNo;
    names_only.add_name(list, static_cast<Reach>(i % 3), exception, name(fmt::format("n{}.bad.example", i)), 1, "x");
    names_only.add_name(list, Reach::kBoth, exception, name("bad.example"), 2, "y");
  }
  EXPECT_GT(ask_damaged_images(names_only.build().value(), 5000), 1000);
}

}  // namespace
}  // namespace schoolgate::filter

// As many rules as a district has, and a million names, against a plain map from names to what lists say of them.
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <unordered_map>

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

bool is_long() { return std::getenv("SCHOOLGATE_LONG") != nullptr; }

struct Word {
  ListNumber list = 0;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
};

class School {
 public:
  explicit School(unsigned seed) : random_(seed) {}

  unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }

  // Shaped as lists are: a few suffixes with most of the names, shared hosts with many below them, some deep ones.
  dns::Name some_name() {
    static const std::vector<std::string> kSuffixes = {"com", "com", "com", "com", "net",   "org",
                                                       "ru",  "de",  "io",  "top", "co.uk", "blogspot.com"};
    std::string text = kSuffixes[below(static_cast<unsigned>(kSuffixes.size()))];
    text = label() + "." + text;
    while (below(4) == 0) text = label() + "." + text;
    return name(text);
  }

  std::string label() {
    static const std::vector<std::string> kWords = {"www", "ads",  "cdn",  "bet", "casino",
                                                    "tv",  "shop", "free", "x",   "my"};
    std::string text = kWords[below(static_cast<unsigned>(kWords.size()))];
    while (below(3) != 0) text += kWords[below(static_cast<unsigned>(kWords.size()))];
    if (below(2) == 0) text += fmt::format("{:x}", below(1u << (4 * (1 + below(7)))));
    return text.substr(0, 63);
  }

 private:
  std::mt19937 random_;
};

class Plain {
 public:
  void add(const dns::Name& at, const Word& word) { words_[std::string(at.to_text())].push_back(word); }

  TagSet classify(const dns::Name& asked, const std::vector<TagNumber>& tag_of_list) const {
    std::map<ListNumber, Exception> last;
    std::vector<dns::Name> way = {asked};
    while (!way.back().is_root()) way.push_back(way.back().parent());
    for (auto at = way.rbegin(); at != way.rend(); ++at) {
      const auto found = words_.find(at->to_text());
      if (found == words_.end()) continue;
      std::map<ListNumber, Exception> here;
      for (const Word& word : found->second) {
        if (word.reach == (*at == asked ? Reach::kSubdomains : Reach::kExact)) continue;
        if (!here.contains(word.list) || word.exception == Exception::kYes) here[word.list] = word.exception;
      }
      for (const auto& [list, exception] : here) last[list] = exception;
    }
    TagSet tags;
    for (const auto& [list, exception] : last) {
      if (exception == Exception::kNo) tags.set(tag_of_list[list]);
    }
    return tags;
  }

 private:
  std::unordered_map<std::string, std::vector<Word>> words_;
};

TEST(FullScale, AMillionNamesAgainstAPlainMap) {
  const std::size_t rules = is_long() ? 5'000'000 : 200'000;
  const std::size_t asked = is_long() ? 1'000'000 : 100'000;
  const std::vector<TagNumber> tags = {3, 64, 3, 200, 511, 64};
  School school(20261125);
  ImageBuilder builder(some_tags());
  for (std::size_t list = 0; list < tags.size(); ++list) builder.add_list({std::to_string(list), tags[list], "", ""});
  Plain plain;
  std::vector<dns::Name> names;
  for (std::size_t i = 0; i < rules; ++i) {
    const dns::Name at = school.some_name();
    const Word word{static_cast<ListNumber>(school.below(6)),
                    static_cast<Reach>(school.below(20) == 0 ? school.below(2) : 2),
                    school.below(50) == 0 ? Exception::kYes : Exception::kNo};
    plain.add(at, word);
    builder.add_name(word.list, word.reach, word.exception, at, static_cast<std::uint32_t>(i + 1), at.to_text());
    if (school.below(4) == 0) names.push_back(at);
  }
  const auto image = image_of(builder);
  auto scratch = image->make_scratch().value();
  std::size_t tagged = 0;
  std::vector<dns::Name> together;
  std::vector<TagSet> wanted;
  for (std::size_t i = 0; i < asked; ++i) {
    dns::Name at = names[school.below(static_cast<unsigned>(names.size()))];
    if (i % 4 == 1) at = school.some_name();
    if (i % 4 == 2) at = at.with_prefix(school.label()).value_or(at);
    if (i % 4 == 3) at = at.parent();
    const TagSet found = image->classify(at, scratch);
    ASSERT_EQ(found, plain.classify(at, tags)) << at.to_text();
    if (!found.empty()) ++tagged;
    together.push_back(at);
    wanted.push_back(found);
    if (together.size() <= i % 100 && i + 1 < asked) continue;
    ASSERT_EQ(classify_together(*image, together, scratch), wanted) << "up to " << i;
    together.clear();
    wanted.clear();
  }
  EXPECT_GT(tagged, asked / 4);
  EXPECT_LT(tagged, asked - asked / 8);
}

// A free hoster's domain, say: one node with all the labels.
TEST(FullScale, AMillionRulesUnderOneName) {
  constexpr unsigned kLists = 30;
  const unsigned rules = is_long() ? 1'000'000 : 100'000;
  TagTable tags;
  ImageBuilder builder([&tags] {
    for (TagNumber tag = 0; tag < kLists; ++tag) {
      EXPECT_TRUE(tags.add({tag, fmt::format("tag-{}", tag), TagKind::kCategory, false, false}));
    }
    return tags;
  }());
  for (TagNumber list = 0; list < kLists; ++list) builder.add_list({fmt::format("list-{}", list), list, "", ""});
  const auto site = [](unsigned i) { return fmt::format("site{:x}.hosted.example", i * 2654435761u); };
  // Some are on two lists: 900 standings, more than an octet numbers.
  const auto lists_of = [](unsigned i) {
    std::set<TagNumber> lists = {static_cast<TagNumber>(i % kLists)};
    if (i % 7 == 0) lists.insert(static_cast<TagNumber>(i / kLists % kLists));
    return lists;
  };
  for (unsigned i = 0; i < rules; ++i) {
    for (const TagNumber list : lists_of(i)) {
      builder.add_name(list, Reach::kBoth, Exception::kNo, name(site(i)), i + 1, site(i));
    }
  }
  for (TagNumber list = 0; list < kLists; ++list) {
    builder.add_name(list, Reach::kBoth, Exception::kNo, name("everywhere.hosted.example"), 1, "||everywhere^");
  }
  const auto image = image_of(builder);
  auto scratch = image->make_scratch().value();
  for (unsigned i = 0; i < rules; i += 89) {
    TagSet wanted;
    for (const TagNumber tag : lists_of(i)) wanted.set(tag);
    ASSERT_EQ(image->classify(name(site(i)), scratch), wanted) << site(i);
    ASSERT_EQ(image->classify(name("www." + site(i)), scratch), wanted) << site(i);
    ASSERT_EQ(image->classify(name("x" + site(i)), scratch), TagSet()) << "x" << site(i);
    if (i % 8 != 0) continue;
    const auto hits = image->explain(name(site(i))).value();
    ASSERT_EQ(hits.size(), lists_of(i).size());
    ASSERT_EQ(hits[0].text, site(i));
    ASSERT_EQ(hits[0].line, i + 1);
  }
  for (const char* absent : {"hosted.example", "example", "site.hosted.example", "everywher.hosted.example"}) {
    EXPECT_EQ(image->classify(name(absent), scratch), TagSet()) << absent;
    EXPECT_TRUE(image->explain(name(absent))->empty()) << absent;
  }
  TagSet all;
  for (TagNumber tag = 0; tag < kLists; ++tag) all.set(tag);
  EXPECT_EQ(image->classify(name("everywhere.hosted.example"), scratch), all);
  const auto hits = image->explain(name("everywhere.hosted.example")).value();
  ASSERT_EQ(hits.size(), kLists);
  for (TagNumber tag = 0; tag < kLists; ++tag) {
    EXPECT_EQ(hits[tag].tag, tag);
    EXPECT_EQ(hits[tag].text, "||everywhere^");
  }
}

}  // namespace
}  // namespace schoolgate::filter

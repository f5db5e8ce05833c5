#include "filter/trie/domain_trie.h"

#include <array>
#include <map>
#include <random>

#include "filter/trie/domain_key.h"
#include "filter/trie/label_slot.h"
#include "filter/trie/node_writer.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

struct Rule {
  std::string name;
  StandingNumber at;
  StandingNumber below;
};

class Trie {
 public:
  explicit Trie(const std::vector<Rule>& rules) {
    std::map<std::string, Rule> by_key;
    for (const Rule& rule : rules) by_key.emplace(DomainKey(name(rule.name)).text(), rule);
    std::vector<TrieEntry> entries;
    for (const auto& [key, rule] : by_key) entries.push_back({key, {rule.at, rule.below}});
    EXPECT_TRUE(encode_trie(entries, block_));
    trie_ = DomainTrie(octets_of(block_));
  }
  Trie(const Trie&) = delete;
  Trie& operator=(const Trie&) = delete;
  // Alone and in company: whoever walks beside it must not change what is found.
  StandingNumber find(const dns::Name& asked) const {
    const StandingNumber found = trie_.find(asked);
    const dns::Name root;
    const dns::Name other = name("z.co");
    const std::array<const dns::Name*, 4> together = {&root, &asked, &other, &asked};
    std::array<StandingNumber, 4> numbers{};
    trie_.find(together, numbers);
    EXPECT_EQ(numbers, (std::array{trie_.find(root), found, trie_.find(other), found})) << asked.to_text();
    return found;
  }
  std::vector<StandingNumber> find(const std::vector<dns::Name>& asked) const {
    std::vector<StandingNumber> found(asked.size(), 12345);
    trie_.find(pointers_to(asked), found);
    return found;
  }
  StandingNumber find(const std::string& asked) const { return find(name(asked)); }
  const std::string& block() const { return block_; }

 private:
  std::string block_;
  DomainTrie trie_;
};

TEST(DomainTrie, TheDeepestEntryAnswers) {
  const Trie trie({{"example.org", 1, 1}, {"www.example.org", 3, 3}, {"exact.org", 2, 0}, {"deep.exact.org", 5, 6}});
  const std::pair<const char*, StandingNumber> cases[] = {
      {"example.org", 1},
      {"mail.example.org", 1},
      {"www.example.org", 3},
      {"a.www.example.org", 3},
      {"ww.example.org", 1},
      {"wwww.example.org", 1},
      {"exact.org", 2},
      {"www.exact.org", 0},
      {"deep.exact.org", 5},
      {"a.deep.exact.org", 6},
      {"a.b.deep.exact.org", 6},
      {"org", 0},
      {".", 0},
      {"notexample.org", 0},
      {"example.com", 0},
      {"exampl.org", 0},
  };
  for (const auto& [asked, wanted] : cases) EXPECT_EQ(trie.find(asked), wanted) << asked;
}

TEST(DomainTrie, EmptyAndRoot) {
  EXPECT_EQ(Trie({}).find("example.org"), kNoStanding);
  EXPECT_EQ(Trie({}).find("."), kNoStanding);
  const Trie trie({{".", 1, 2}, {"org", 4, 4}});
  EXPECT_EQ(trie.find("."), 1u);
  EXPECT_EQ(trie.find("com"), 2u);
  EXPECT_EQ(trie.find("www.com"), 2u);
  EXPECT_EQ(trie.find("example.org"), 4u);
  EXPECT_EQ(DomainTrie().find(name("x")), kNoStanding);
}

TEST(DomainTrie, AtOnlyKeepsWhatIsAbove) {
  const Trie trie({{"org", 7, 7}, {"exact.org", 9, 7}});
  EXPECT_EQ(trie.find("exact.org"), 9u);
  EXPECT_EQ(trie.find("www.exact.org"), 7u);
  const Trie nothing_below({{"org", 7, 7}, {"exact.org", 9, 0}});
  EXPECT_EQ(nothing_below.find("www.exact.org"), 0u);
}

TEST(DomainTrie, StandingNumbersOfEverySize) {
  for (const StandingNumber number : {1u, 127u, 128u, 16383u, 16384u, 2097152u, 0xffffffffu}) {
    const Trie trie({{"a.org", number, number - 1}});
    EXPECT_EQ(trie.find("a.org"), number);
    EXPECT_EQ(trie.find("b.a.org"), number - 1);
  }
}

TEST(DomainTrie, LongLabelsAndAllOctets) {
  std::vector<Rule> rules;
  for (unsigned octet = 0; octet < 256; ++octet) {
    if (octet < 'A' || octet > 'Z') rules.push_back({fmt::format("\\{:03}.org", octet), octet + 1, 0});
  }
  rules.push_back({std::string(63, 'y') + ".example", 999, 999});
  const Trie trie(rules);
  for (unsigned octet = 0; octet < 256; ++octet) {
    const unsigned folded = octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
    EXPECT_EQ(trie.find(fmt::format("\\{:03}.org", octet)), folded + 1) << octet;
  }
  EXPECT_EQ(trie.find("a." + std::string(63, 'y') + ".example"), 999u);
  EXPECT_EQ(trie.find(std::string(62, 'y') + ".example"), 0u);
}

TEST(DomainTrie, AnEntryAtEachOf127Labels) {
  std::vector<Rule> rules = {{".", 1, 1}};
  dns::Name way;
  StandingNumber number = 1;
  while (const auto longer = way.with_prefix("x")) {
    way = *longer;
    rules.push_back({way.to_text(), ++number, number});
  }
  ASSERT_EQ(number, 128u);
  const Trie trie(rules);
  for (; !way.is_root(); way = way.parent()) EXPECT_EQ(trie.find(way), number--);
}

// Nodes with many buckets, against a plain map.
TEST(DomainTrie, ManyNames) {
  std::mt19937 random(7);
  const auto label = [&] { return fmt::format("{}{:x}", "abcdef"[random() % 6], random() % 3000); };
  std::vector<Rule> rules;
  std::map<std::string, StandingNumber> exact;
  while (rules.size() < 20000) {
    const std::string text = label() + "." + label() + (random() % 2 == 0 ? ".com" : ".org");
    const auto number = static_cast<StandingNumber>(rules.size() + 1);
    if (exact.emplace(text, number).second) rules.push_back({text, number, number});
  }
  const Trie trie(rules);
  EXPECT_GT(trie.block().size(), 0x10000u);
  for (const auto& [text, number] : exact) {
    ASSERT_EQ(trie.find(text), number) << text;
    ASSERT_EQ(trie.find("x." + text), number) << text;
    ASSERT_EQ(trie.find("x" + text), exact.contains("x" + text) ? exact["x" + text] : kNoStanding) << text;
  }
}

// However many are asked together, each gets its own answer: names that end at different depths, none twice at the same place.
TEST(DomainTrie, AnyNumberOfNamesTogether) {
  std::vector<Rule> rules;
  std::vector<dns::Name> asked;
  std::vector<StandingNumber> wanted;
  for (StandingNumber i = 1; i <= 200; ++i) {
    std::string text = fmt::format("n{}.shop", i);
    for (StandingNumber depth = i % 12; depth > 0; --depth) text = fmt::format("d{}.{}", depth, text);
    rules.push_back({text, i, 1000 + i});
    const bool at = i % 3 != 0;
    asked.push_back(name(at ? text : "www." + text));
    wanted.push_back(at ? i : 1000 + i);
    if (i % 5 != 0) continue;
    asked.back() = name("absent." + std::to_string(i) + ".shop");
    wanted.back() = kNoStanding;
  }
  const Trie trie(rules);
  for (; !asked.empty(); asked.pop_back(), wanted.pop_back()) ASSERT_EQ(trie.find(asked), wanted) << asked.size();
  EXPECT_EQ(trie.find(asked), wanted);
}

// Below one name: more pairs of standings than an octet numbers, labels with more octets than a size says, chains.
TEST(DomainTrie, ManyOddNamesBelowOne) {
  std::mt19937 random(9);
  std::vector<Rule> rules;
  std::map<std::string, StandingNumber> exact;
  while (rules.size() < 6000) {
    std::string text = fmt::format("{}{:x}", std::string(random() % 60, "ab-7"[random() % 4]), random() % 1000);
    if (random() % 3 == 0) text = fmt::format("{}\\{:03}.chained.{}", text.substr(0, 50), random() % 200, text);
    const auto number = static_cast<StandingNumber>(random() % 700 + 1);
    text = dns::Name::parse(text + ".shop").value_or(dns::Name()).lowered().to_text();
    if (exact.emplace(text, number).second) rules.push_back({text, number, number + 1});
  }
  const Trie trie(rules);
  for (const auto& [text, number] : exact) {
    ASSERT_EQ(trie.find(text), number) << text;
    const auto below = name(text).with_prefix("y");
    if (!below || exact.contains(below->to_text())) continue;
    ASSERT_EQ(trie.find(*below), number + 1) << text;
  }
  EXPECT_EQ(trie.find("chained.ab.shop"), kNoStanding);
}

// A list could be made so that all its labels fall into one bucket: the node is then shuffled in another way.
TEST(DomainTrie, LabelsChosenToCrowdOneBucket) {
  constexpr std::size_t kLabels = 2 * Bucket::kMostLabels + 90;
  constexpr std::uint32_t kBuckets = (kLabels - 1) / NodeWriter::kLabelsInBucket + 1;
  const LabelCode code;  // that so few labels get
  std::vector<unsigned> counts(kBuckets);
  std::vector<Rule> rules;
  for (unsigned i = 0; rules.size() < kLabels; ++i) {
    const std::string label = fmt::format("crowd{}", i);
    CodedLabel coded;
    code.encode(octets_of(label), coded);
    LabelSlot slot;
    find_slot(coded, kBuckets, 0, slot);
    if (slot.bucket != 7) continue;
    ++counts[slot.bucket];
    rules.push_back({label + ".example", i + 1, i + 1});
  }
  ASSERT_GT(counts[7], Bucket::kMostLabels);
  const Trie trie(rules);
  // Nodes are written from the leaves up: the block begins with the head of the node below "example".
  OctetReader head(octets_of(trie.block()));
  EXPECT_EQ(head.number<std::uint8_t>(), sizeof(std::uint16_t));
  EXPECT_NE(head.number<std::uint8_t>(), 0u) << "the seed: the labels were not crowded, or stayed so";
  EXPECT_EQ(head.number<std::uint32_t>(), kBuckets) << "of which the labels were chosen for";
  for (const Rule& rule : rules) ASSERT_EQ(trie.find(rule.name), rule.at) << rule.name;
  EXPECT_EQ(trie.find("crowd.example"), kNoStanding);
}

// The last octets of the longest name are read no further than they go.
TEST(DomainTrie, NamesOf255Octets) {
  const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  const std::string names[] = {longest + std::string(61, 'd'), longest + "x.shop." + std::string(54, 'e'),
                               longest + std::string(58, 'f') + ".co", longest + std::string(59, 'g') + ".h"};
  std::vector<Rule> rules;
  for (const std::string& text : names) {
    ASSERT_EQ(name(text).size(), 255u);
    rules.push_back({text, static_cast<StandingNumber>(rules.size() / 2 + 1), 0});
    rules.push_back({text.substr(64), 99, 98});
  }
  const Trie trie(rules);
  for (StandingNumber number = 1; number <= std::size(names); ++number) {
    EXPECT_EQ(trie.find(names[number - 1]), number);
    EXPECT_EQ(trie.find(names[number - 1].substr(64)), 99u);
    EXPECT_EQ(trie.find("z" + names[number - 1].substr(1)), 98u);
  }
}

TEST(DomainTrie, AnyCase) {
  const Trie trie({{"example.org", 1, 1}, {"www.example.org", 3, 3}});
  EXPECT_EQ(trie.find("WWW.Example.ORG"), 3u);
  EXPECT_EQ(trie.find("a.EXAMPLE.org"), 1u);
}

TEST(DomainTrie, AnyOctetsAreSafe) {
  std::mt19937 random(11);
  std::vector<Rule> many = {{"example.org", 1, 1}, {"a.b.c.example", 7, 0}};
  for (unsigned i = 0; i < 100; ++i) many.push_back({fmt::format("{}{}.com", std::string(i % 50, 'q'), i), i, i});
  const Trie tries[] = {
      Trie({{"example.org", 1, 1}, {"www.example.org", 3, 2}, {"exact.org", 2, 0}, {"example.com", 5, 6}}), Trie(many)};
  const std::vector<dns::Name> asked = {
      dns::Name(),         name("www.example.org"),     name("a.b.exact.org"), name("zz"), name("z.a.b.c.example"),
      name(many[51].name), name("www." + many[30].name)};
  for (int round = 0; round < 20000; ++round) {
    std::string block = tries[round % 2].block();
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      block[random() % block.size()] = static_cast<char>(random());
    }
    // An allocation of exactly this size, so that a sanitizer sees one octet too many.
    const std::vector<std::uint8_t> octets(block.begin(), block.end() - static_cast<long>(random() % 12));
    const DomainTrie damaged(octets);
    std::vector<StandingNumber> alone;
    for (const dns::Name& one : asked) alone.push_back(damaged.find(one));
    std::vector<StandingNumber> together(asked.size());
    damaged.find(pointers_to(asked), together);
    ASSERT_EQ(together, alone) << "round " << round;
  }
}

}  // namespace
}  // namespace schoolgate::filter

// The same rules give the same octets, today, tomorrow and on every machine. Other tests build twice and compare; this one
// compares with a number.
//
// If it fails and what is written was changed on purpose: raise the format number in filter/file/image_format.h, then put
// the new numbers here. If nothing was changed, or if it fails on another machine, compiler or library only: the promise of
// equal octets is broken, and the numbers stay.
#include <xxhash.h>

#include <random>

#include "filter/file/image_format.h"
#include "filter/trie/trie_format.h"
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

constexpr OpaqueKey kKey = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

std::uint64_t xxh3_of(const std::string& octets) { return XXH3_64bits(octets.data(), octets.size()); }

// Names that share suffixes, some deep, some with odd octets; each once. Of the generator only what the standard lays down
// is used: its octets, no distribution.
std::vector<dns::Name> some_names() {
  static const char* const kSuffixes[] = {"com", "com", "com", "org", "co.uk", "hosted.example", "longest-of-tops"};
  static const char* const kWords[] = {"ads", "bet", "casino", "cdn", "free", "my-", "shop", "tv", "www", "x_"};
  std::mt19937 random(20261125);
  std::vector<dns::Name> names;
  for (unsigned i = 0; i < 3000; ++i) {
    std::string text = kWords[random() % std::size(kWords)];
    for (auto words = random() % 3; words > 0; --words) text += kWords[random() % std::size(kWords)];
    text += fmt::format("{:x}.{}", i, kSuffixes[random() % std::size(kSuffixes)]);
    if (i % 8 == 0) text = "a.b.chain." + text;
    if (i % 90 == 0) text = fmt::format("\\{:03}\\.{}.{}", i / 90, std::string(i % 55, 'l'), text);
    names.push_back(name(text).lowered());
  }
  return names;
}

// No rule but for its line is there twice.
void add_some_rules(ImageBuilder& builder) {
  builder.set_opaque_key(kKey);
  const TagNumber tags[] = {3, 64, 200, 3};
  for (std::size_t i = 0; i < std::size(tags); ++i) {
    builder.add_list({fmt::format("list-{}", i), tags[i], fmt::format("version-{}", i), fmt::format("lists/{}", i)});
  }
  const ListNumber opaque = builder.add_list({"opaque", 511, "version-o", "lists/opaque", true});
  std::uint32_t line = 0;
  for (const dns::Name& at : some_names()) {
    ++line;
    const auto list = static_cast<ListNumber>(line % 4);
    const auto reach = line % 10 < 2 ? static_cast<Reach>(line % 10) : Reach::kBoth;
    const auto exception = line % 13 == 0 ? Exception::kYes : Exception::kNo;
    const std::string text = at.to_text();
    builder.add_name(list, reach, exception, at, line, line % 3 == 0 ? "||" + text + "^" : text);
    if (line % 5 == 0)
      builder.add_name(static_cast<ListNumber>((list + 1) % 4), Reach::kBoth, Exception::kNo, at, line,
                       "0.0.0.0 " + text);
    if (line % 7 == 0) {
      builder.add_name(list, Reach::kBoth, Exception::kYes, *at.with_prefix("good"), line, "@@||good." + text + "^");
    }
    if (line % 50 == 0) builder.add_name(opaque, reach, exception, at, line, text);
  }
  const char* const patterns[] = {"^ads?[0-9]+\\.", "casino", "(^|\\.)named\\.example$", "-bet\\.|^bet\\.",
                                  "(?<!good)poker[0-9]"};
  for (const char* const expression : patterns) {
    builder.add_pattern(static_cast<ListNumber>(line % 4), Exception::kNo, expression, line + 1, expression);
    ++line;
  }
  builder.add_pattern(1, Exception::kYes, "casinova", line + 1, "@@/casinova/");
  builder.add_name(2, Reach::kBoth, Exception::kNo, name("info"), line + 2, "*.info");
  builder.add_pattern(0, Exception::kNo, "(broken", line + 3, "/(broken/");
  // How names are answered, and rules by address.
  const RuleAnswer address{Action::kLocalData, dns::Type::kA, octets_of("abcd")};
  const RuleAnswer other{Action::kLocalData, dns::Type::kA, octets_of("efgh")};
  for (const RuleAnswer& answer : {address, other, RuleAnswer{Action::kNxDomain, {}, {}}}) {
    builder.add_answer(3, Reach::kExact, name(answer.rdata.empty() ? "none.example" : "garden.example"), answer, ++line,
                       "garden");
    builder.add_address(1, {Trigger::kResponseIp, base::IpNetwork::parse("192.0.2.0/24").value()}, Exception::kNo,
                        answer, line, "24.0.2.0.192.rpz-ip");
    builder.add_address(2, {Trigger::kClientIp, base::IpNetwork::parse("2001:db8::/32").value()}, Exception::kYes, {},
                        line, "32.zz.db8.2001.rpz-client-ip");
  }
}

TEST(PinnedOctets, AnImageAndItsLines) {
  ImageBuilder builder(some_tags());
  add_some_rules(builder);
  const auto built = builder.build().value();
  ASSERT_EQ(built.report.rejected.size(), 1u);
  // Or the numbers say little: the trie has codes of its own, top places, pairs of standings.
  const auto file = SectionedFile::read(octets_of(built.image), kImageFile, "image", Checksums::kVerify).value();
  const Octets trie = file.section(ImageSection::kTrie);
  OctetReader tail(trie.last(kTrieTailOctets));
  tail.number<std::uint32_t>();
  const std::size_t nodes = tail.number<std::uint32_t>();
  const std::size_t pairs = tail.number<std::uint32_t>();
  const std::size_t tops = tail.number<std::uint32_t>();
  EXPECT_GT(pairs, 10u);
  EXPECT_GT(tops, 1u);
  EXPECT_EQ(trie[nodes + pairs * kPairOctets + tops * TopPlace::kOctets], 1) << "the mark of a code of its own";
  EXPECT_EQ(xxh3_of(built.image), 3896734890880596498u);
  EXPECT_EQ(xxh3_of(built.lines), 10426456837861004345u);
}

}  // namespace
}  // namespace schoolgate::filter

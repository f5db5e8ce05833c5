// The longest names, and labels of any octets, all the way from a list's line to its explanation.
#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

TEST(LongestNames, ARuleAtEachOf127Labels) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"deep", 3, "", ""});
  const ListNumber end = builder.add_list({"end", 64, "", ""});
  const ListNumber lifted = builder.add_list({"lifted", 200, "", ""});
  std::vector<dns::Name> way = {dns::Name()};
  while (const auto longer = way.back().with_prefix("x")) way.push_back(*longer);
  ASSERT_EQ(way.size(), dns::Name::kMaxLabels + 1);
  const dns::Name longest = way.back();
  ASSERT_EQ(longest.size(), dns::Name::kMaxWireOctets);
  const auto exception_at = [](std::size_t depth) { return depth % 2 == 0 ? Exception::kYes : Exception::kNo; };
  for (std::size_t depth = 1; depth < way.size(); ++depth) {
    builder.add_name(list, Reach::kBoth, exception_at(depth), way[depth], static_cast<std::uint32_t>(depth),
                     depth % 3 == 0 ? way[depth].to_text() : "||" + way[depth].to_text() + "^");
  }
  builder.add_name(end, Reach::kExact, Exception::kNo, longest, 999, "0.0.0.0 the end");
  builder.add_name(lifted, Reach::kBoth, Exception::kNo, way[126], 998, "lifted");
  builder.add_name(lifted, Reach::kExact, Exception::kYes, longest, 997, "@@");
  const auto image = image_of(builder);
  for (std::size_t depth = 1; depth < 126; ++depth) {
    EXPECT_EQ(classify(*image, way[depth]), depth % 2 == 0 ? TagSet() : tag_set({3})) << depth;
  }
  EXPECT_EQ(classify(*image, way[126]), tag_set({200}));
  EXPECT_EQ(classify(*image, longest), tag_set({3, 64}));
  const auto hits = image->explain(longest).value();
  ASSERT_EQ(hits.size(), 127u + 3u);
  EXPECT_EQ(hits.back().line, 1u) << "deepest first";
  for (const RuleHit& hit : hits) {
    EXPECT_EQ(hit.in_force, hit.line == 127 || hit.list == "end") << hit.list << " " << hit.line;
    if (hit.list != "deep") continue;
    const std::string text = way[hit.line].to_text();
    EXPECT_EQ(hit.text, hit.line % 3 == 0 ? text : "||" + text + "^") << hit.line;
    EXPECT_EQ(hit.exception, exception_at(hit.line)) << hit.line;
  }
}

// In wire form the two differ, as text only by the escape.
TEST(LongestNames, ADotOrANulInALabelIsAnOctetOfIt) {
  const dns::Name example = name("example");
  const auto below_example = [&example](const std::string& label) { return *example.with_prefix(label); };
  const std::string nul(1, '\0');
  const std::pair<dns::Name, std::string> rules[] = {
      {below_example("a.b"), "a\\.b.example"},  // as to_text() says
      {below_example("c.d"), "c\\046d.example"},
      {below_example("e.f"), "e.f.example"},  // not as to_text() says
      {below_example(nul), "\\000.example"},
      {below_example("x" + nul + "y"), "||x" + nul + "y.example^"},  // an octet of the line may be any
      {below_example("." + nul + "."), "only dots"},
      {*below_example("b").with_prefix("z.z"), "z\\.z.b.example"},
  };
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"odd", 3, "", ""});
  std::uint32_t line = 0;
  for (const auto& [at, text] : rules) builder.add_name(list, Reach::kBoth, Exception::kNo, at, ++line, text);
  const auto image = image_of(builder);
  line = 0;
  for (const auto& [at, text] : rules) {
    ++line;
    for (const dns::Name& asked : {at, *at.with_prefix("www"), *at.with_prefix(nul), *at.with_prefix(".")}) {
      EXPECT_EQ(classify(*image, asked), tag_set({3})) << asked.to_text();
      const auto hits = image->explain(asked).value();
      ASSERT_EQ(hits.size(), 1u) << asked.to_text();
      EXPECT_EQ(hits[0].text, text);
      EXPECT_EQ(hits[0].line, line);
    }
  }
  const dns::Name others[] = {name("a.b.example"),        name("b.example"),
                              name("c.d.example"),        name("x.example"),
                              name("x.y.example"),        below_example("x"),
                              below_example("a"),         below_example(nul + nul),
                              below_example("xy"),        example,
                              below_example("a.b" + nul), name("z.z.b.example")};
  for (const dns::Name& other : others) {
    EXPECT_EQ(classify(*image, other), TagSet()) << other.to_text();
    EXPECT_TRUE(image->explain(other)->empty()) << other.to_text();
  }
}

// Of one octet over and over; written as escapes they need more than a thousand characters.
TEST(LongestNames, Of255OctetsHoweverTheyAreWritten) {
  const auto longest_of = [](char octet) {
    dns::Name longest;
    for (const std::size_t size : {63u, 63u, 63u, 61u}) longest = longest.with_prefix(std::string(size, octet)).value();
    return longest;
  };
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"long", 3, "", ""});
  std::uint32_t line = 0;
  for (const char octet : {'\0', '\xff', '.', 'a'}) {
    const dns::Name longest = longest_of(octet);
    ASSERT_EQ(longest.size(), dns::Name::kMaxWireOctets);
    builder.add_name(list, Reach::kBoth, Exception::kNo, longest, ++line, longest.to_text());
    builder.add_name(list, Reach::kSubdomains, Exception::kNo, longest.parent(), ++line, "||" + longest.to_text());
  }
  const auto image = image_of(builder);
  line = 0;
  for (const char octet : {'\0', '\xff', '.', 'a'}) {
    const dns::Name longest = longest_of(octet);
    EXPECT_EQ(classify(*image, longest), tag_set({3}));
    EXPECT_EQ(classify(*image, longest.parent()), TagSet());
    const auto hits = image->explain(longest).value();
    ASSERT_EQ(hits.size(), 2u);
    EXPECT_EQ(hits[0].line, ++line);
    EXPECT_EQ(hits[0].text, longest.to_text()) << "a line that is its name is whole";
    EXPECT_EQ(hits[1].line, ++line);
    EXPECT_EQ(hits[1].text, ("||" + longest.to_text()).substr(0, 1000)) << "any other is cut";
  }
}

}  // namespace
}  // namespace schoolgate::filter

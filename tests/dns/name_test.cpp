#include "dns/name.h"

#include <random>
#include <unordered_set>

namespace schoolgate::dns {
namespace {

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

std::string wire_of(const Name& name) { return {name.wire().begin(), name.wire().end()}; }

Name named(std::string_view text) { return *Name::parse(text); }

std::optional<Name> from_octets(std::string_view octets) {
  return Name::from_wire({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
}

struct TextRow {
  std::string text;
  std::string wire;
  std::string printed;  // empty: as `text`
};

class NameText : public testing::TestWithParam<TextRow> {};

TEST_P(NameText, ParsesPrintsAndComesBack) {
  const TextRow& row = GetParam();
  const auto name = Name::parse(row.text);
  ASSERT_TRUE(name) << name.error().message();
  EXPECT_EQ(wire_of(*name), row.wire);
  EXPECT_EQ(name->size(), row.wire.size());
  EXPECT_EQ(name->to_text(), row.printed.empty() ? row.text : row.printed);
  EXPECT_EQ(named(name->to_text()), *name);
  EXPECT_EQ(Name::from_wire(name->wire()), *name);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NameText,
    testing::Values(TextRow{"www.example.com", std::string("\3www\7example\3com\0", 17), ""},
                    TextRow{"www.example.com.", std::string("\3www\7example\3com\0", 17), "www.example.com"},
                    TextRow{".", std::string(1, '\0'), ""}, TextRow{"com", std::string("\3com\0", 5), ""},
                    TextRow{"WwW.eXample", std::string("\3WwW\7eXample\0", 13), ""},
                    TextRow{"_dns._udp.x", std::string("\4_dns\4_udp\1x\0", 13), ""},
                    TextRow{"a\\.b.c", std::string("\3a.b\1c\0", 7), ""},
                    TextRow{"a\\046b.c", std::string("\3a.b\1c\0", 7), "a\\.b.c"},
                    TextRow{"a\\000b", std::string("\3a\0b\0", 5), ""},
                    TextRow{"\\255\\128", std::string("\2\xff\x80\0", 4), ""},
                    TextRow{"\\097\\x", std::string("\2ax\0", 4), "ax"},
                    TextRow{"a\\\\b", std::string("\3a\\b\0", 5), ""},
                    TextRow{"a\\\"b", std::string("\3a\"b\0", 5), ""},
                    TextRow{"a b\t\r\n", std::string("\6a b\t\r\n\0", 8), "a\\032b\\009\\013\\010"},
                    TextRow{"\x1b[31m\x7f", std::string("\6\x1b[31m\x7f\0", 8), "\\027[31m\\127"},
                    TextRow{"caf\xc3\xa9", std::string("\5caf\xc3\xa9\0", 7), "caf\\195\\169"},
                    TextRow{"*.example", std::string("\1*\7example\0", 11), ""},
                    TextRow{"<script>'; --$@()", std::string("\x11<script>'; --$@()\0", 19), "<script>';\\032--$@()"}));

TEST(Name, TakesTheLongestLabelAndNoLonger) {
  const std::string most = repeated("a", 63);
  EXPECT_EQ(named(most + ".x").to_text(), most + ".x");
  EXPECT_EQ(Name::parse(most + "a.x").error().message(),
            "'" + most + "a.x' is not a domain name: a label is longer than 63 octets");
  EXPECT_TRUE(Name::parse(repeated("\\000", 63)));
  EXPECT_FALSE(Name::parse(repeated("\\000", 64)));
}

TEST(Name, TakesTheLongestNameAndNoLonger) {
  const std::string three = repeated(repeated("a", 63) + ".", 3);
  for (const char* dot : {"", "."}) {
    const auto most = Name::parse(three + repeated("b", 61) + dot);
    ASSERT_TRUE(most);
    EXPECT_EQ(most->size(), 255U);
    EXPECT_EQ(named(most->to_text()), *most);
    const auto over = Name::parse(three + repeated("b", 62) + dot);
    ASSERT_FALSE(over);
    EXPECT_TRUE(over.error().message().ends_with("…' is not a domain name: longer than 255 octets"));
    EXPECT_FALSE(Name::parse(three + repeated("b", 63) + dot));
    EXPECT_FALSE(Name::parse(three + repeated("b", 60) + ".c" + dot));
    EXPECT_TRUE(Name::parse(three + repeated("b", 59) + ".c" + dot));
  }
  EXPECT_FALSE(Name::parse(repeated(repeated("a", 63) + ".", 1000)));
}

TEST(Name, TakesTheMostLabelsAndNoMore) {
  const auto most = Name::parse(repeated("a.", 127));
  ASSERT_TRUE(most);
  EXPECT_EQ(most->size(), 255U);
  EXPECT_EQ(most->label_count(), 127U);
  EXPECT_EQ(named(most->to_text()), *most);
  EXPECT_FALSE(Name::parse(repeated("a.", 128)));
  EXPECT_FALSE(Name::parse(repeated("a.", 127) + "a"));
}

struct WrongRow {
  std::string text;
  std::string why;
};

class WrongName : public testing::TestWithParam<WrongRow> {};

TEST_P(WrongName, IsRefusedWithTheReason) {
  const auto name = Name::parse(GetParam().text);
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code(), base::ErrorCode::kInvalid);
  EXPECT_EQ(name.error().message(), "'" + GetParam().text + "' is not a domain name: " + GetParam().why);
}

constexpr const char* kEscape = "a \\ escape is not \\DDD or \\X";
INSTANTIATE_TEST_SUITE_P(Table, WrongName,
                         testing::Values(WrongRow{"", "it is empty"}, WrongRow{".com", "a label is empty"},
                                         WrongRow{"a..b", "a label is empty"}, WrongRow{"..", "a label is empty"},
                                         WrongRow{"a..", "a label is empty"}, WrongRow{"a\\", kEscape},
                                         WrongRow{"a\\25", kEscape}, WrongRow{"a\\2", kEscape},
                                         WrongRow{"a\\256", kEscape}, WrongRow{"a\\12x", kEscape},
                                         WrongRow{"a\\1.2", kEscape}));

class WrongWire : public testing::TestWithParam<std::string> {};

TEST_P(WrongWire, IsRefused) { EXPECT_FALSE(from_octets(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Table, WrongWire,
                         testing::Values(std::string(), std::string("\3com", 4), std::string("\3co", 3),
                                         std::string("\3com\0\0", 6), std::string("\0\3com", 5),
                                         std::string("\x40") + repeated("a", 64) + std::string(1, '\0'),
                                         std::string("\xc0\x0c", 2), std::string("\3com\xc0\x0c\0", 7),
                                         repeated("\1a", 127) + "\1a" + std::string(1, '\0'), std::string("\xff", 1),
                                         std::string(256, '\0'), std::string(1, '\x3f')));

TEST(Name, StartsAsTheRoot) {
  const Name root;
  EXPECT_TRUE(root.is_root());
  EXPECT_EQ(root.size(), 1U);
  EXPECT_EQ(root.label_count(), 0U);
  EXPECT_EQ(root.to_text(), ".");
  EXPECT_EQ(root, named("."));
  EXPECT_EQ(root.parent(), root);
}

TEST(Name, CountsLabels) {
  EXPECT_EQ(named("com").label_count(), 1U);
  EXPECT_EQ(named("www.example.com").label_count(), 3U);
  EXPECT_EQ(named("a\\.b").label_count(), 1U);
}

TEST(Name, LowersLettersOnly) {
  EXPECT_EQ(named("WWW.Example.COM").lowered(), named("www.example.com"));
  EXPECT_EQ(named("[\\]^_`{|}~@\\193\\222").lowered(), named("[\\]^_`{|}~@\\193\\222"));  // ASCII only (RFC 4343)
  EXPECT_NE(named("WWW"), named("www"));
  Name name = named("AbC");
  name.lower();
  EXPECT_EQ(name, named("abc"));
  const Name longest = named(repeated(repeated("A", 63) + ".", 3) + repeated("Z", 61)).lowered();
  EXPECT_EQ(longest, named(repeated(repeated("a", 63) + ".", 3) + repeated("z", 61)));
}

TEST(Name, LosesItsFirstLabel) {
  EXPECT_EQ(named("www.example.com").parent(), named("example.com"));
  EXPECT_EQ(named("com").parent(), Name());
  EXPECT_EQ(named("a\\.b.c").parent(), named("c"));
}

struct BelowRow {
  std::string name;
  std::string ancestor;
  bool below;
};

class NameBelow : public testing::TestWithParam<BelowRow> {};

TEST_P(NameBelow, StopsAtLabelEdges) {
  EXPECT_EQ(named(GetParam().name).is_at_or_below(named(GetParam().ancestor)), GetParam().below);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NameBelow,
    testing::Values(BelowRow{"bad.example", "bad.example", true}, BelowRow{"www.bad.example", "bad.example", true},
                    BelowRow{"a.b.bad.example", "example", true}, BelowRow{"bad.example", ".", true},
                    BelowRow{".", ".", true}, BelowRow{".", "example", false},
                    BelowRow{"notbad.example", "bad.example", false}, BelowRow{"example", "bad.example", false},
                    BelowRow{"bad.example.org", "bad.example", false},
                    BelowRow{"x\\003bad.example", "bad.example", false},
                    BelowRow{"x\\.bad.example", "bad.example", false}, BelowRow{"ab\\007example", "example", false},
                    BelowRow{"xbad\\007example", "bad.example", false},
                    BelowRow{"www.BAD.example", "bad.example", false}));

TEST(Name, TakesALabelInFront) {
  EXPECT_EQ(named("example").with_prefix("www"), named("www.example"));
  EXPECT_EQ(Name().with_prefix("com"), named("com"));
  EXPECT_EQ(named("c").with_prefix("a.b"), named("a\\.b.c"));
  EXPECT_FALSE(named("example").with_prefix(""));
  EXPECT_TRUE(named("x").with_prefix(repeated("a", 63)));
  EXPECT_FALSE(named("x").with_prefix(repeated("a", 64)));
  const Name nearly = named(repeated(repeated("a", 63) + ".", 3) + repeated("b", 57));  // 251 octets
  EXPECT_EQ(nearly.with_prefix("abc")->size(), 255U);
  EXPECT_FALSE(nearly.with_prefix("abcd"));
}

TEST(Name, CopiesOntoAnother) {
  Name name = named(repeated("a.", 127));
  name = named("b");
  EXPECT_EQ(name.to_text(), "b");
  const Name& same = name;
  name = same;
  EXPECT_EQ(name.to_text(), "b");
}

TEST(Name, HashesByItsOctets) {
  EXPECT_EQ(std::hash<Name>()(named("a.b")), std::hash<Name>()(named("a.b.")));
  std::unordered_set<std::size_t> hashes;
  for (const char* text : {"a.b", "A.b", "a\\.b", "ab", "b.a", ".", "a"}) hashes.insert(std::hash<Name>()(named(text)));
  EXPECT_EQ(hashes.size(), 7U);
  EXPECT_NE(hash(named("a").wire(), 1), hash(named("a").wire(), 2));
}

// Any octets in any labels: wire → text → wire is the same name, and the text is printable.
TEST(Name, ComesBackFromTextWhateverItsOctets) {
  std::mt19937 random(7);
  for (int round = 0; round < 5'000; ++round) {
    std::string wire;
    while (wire.size() < 250 && random() % 6 != 0) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 63, 253 - wire.size());
      wire += static_cast<char>(size);
      for (std::size_t i = 0; i < size; ++i) wire += static_cast<char>(random());
    }
    wire += '\0';
    const auto name = from_octets(wire);
    ASSERT_TRUE(name);
    const std::string text = name->to_text();
    for (const char c : text) ASSERT_TRUE(c > 0x20 && c < 0x7f);
    const auto again = Name::parse(text);
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(wire_of(*again), wire);
  }
}

}  // namespace
}  // namespace schoolgate::dns

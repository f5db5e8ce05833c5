#include "history/name_key.h"

#include <gtest/gtest.h>

#include <random>

#include "dns/name.h"

namespace schoolgate::history {
namespace {

std::string key_of(std::string_view text) { return name_key(dns::Name::parse(text)->wire()); }

TEST(NameKey, IsTheLabelsFromTheRight) {
  using namespace std::string_literals;
  EXPECT_EQ(key_of("www.example.org"), "\3org\7example\3www"s);
  EXPECT_EQ(key_of("."), "");
}

TEST(NameKey, GivesEveryNameBack) {
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += i == 0 ? "a" : ".a";
  for (const std::string& text :
       {std::string("."), std::string("org"), std::string("www.example.org"), std::string("a\\.b.example"),
        std::string("\\000\\255\\010.x"), std::string("it's.%_.x"), longest}) {
    EXPECT_EQ(name_text(key_of(text)), text);
  }
}

TEST(NameKey, RandomNamesComeBack) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    dns::Name name;
    for (unsigned label = 0; label < random() % 12; ++label) {
      std::string octets(1 + random() % 30, '\0');
      for (char& c : octets) c = static_cast<char>(random());
      name = name.with_prefix(octets).value_or(name);
    }
    EXPECT_EQ(name_text(name_key(name.wire())), name.to_text());
    EXPECT_EQ(name_of(name_key(name.wire())), name);
  }
}

TEST(NameKey, NamesUnderANameAreOneRange) {
  const std::string key = key_of("example.org");
  const auto is_under = [&](std::string_view text) {
    const std::string candidate = key_of(text);
    return candidate > key && candidate < end_of_names_under(key);
  };
  for (const char* under : {"a.example.org", "\\255.example.org", "\\000.example.org", "x.y.z.example.org"}) {
    EXPECT_TRUE(is_under(under)) << under;
  }
  EXPECT_TRUE(is_under(std::string(63, 'a') + ".example.org"));
  for (const char* other : {"example.org", "org", ".", "notexample.org", "examplf.org", "example.org.uk",
                            "a.exampld.org", "a.examples.org", "example.com", "example"}) {
    EXPECT_FALSE(is_under(other)) << other;
  }
}

// What no client can ask for, a damaged file could hold: kept as it is, and shown safely.
TEST(NameKey, OctetsThatAreNoNameAreKept) {
  const std::vector<std::uint8_t> cut = {3, 'w', 'w'};
  EXPECT_EQ(name_key(cut), "\xff\3ww");
  EXPECT_EQ(name_text(name_key(cut)), "\\003\\119\\119");
  EXPECT_EQ(name_text(name_key({})), "");
  EXPECT_NE(name_key({}), key_of("."));
  EXPECT_FALSE(name_of(name_key(cut)));
}

TEST(NameKey, WhatADamagedFileHoldsIsNoName) {
  for (const std::string& key :
       {std::string(255, '\0'), std::string(300, '\1'), std::string("\3ab"), std::string("\x7f")})
    EXPECT_FALSE(name_of(key));
}

}  // namespace
}  // namespace schoolgate::history

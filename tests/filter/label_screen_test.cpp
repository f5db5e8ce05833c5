#include "filter/trie/label_screen.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace schoolgate::filter {
namespace {

// With whatever follows it in memory.
LabelHash hash_of(std::string label, std::uint32_t node, char after) {
  const std::size_t size = label.size();
  label.append(LabelHash::kReadAhead, after);
  return LabelHash(octets_of(label).first(size), node);
}

std::string label(int number) {
  return std::string(static_cast<std::size_t>(number % 40), 'a') + std::to_string(number);
}

TEST(LabelScreen, LetsThroughAllItHasAndFewOthers) {
  constexpr int kLabels = 50000;
  LabelScreenBuilder builder(kLabels);
  for (int i = 0; i < kLabels; ++i) builder.add(hash_of(label(i), 7, 'x'));
  const std::string& octets = builder.finish();
  const LabelScreen screen(octets_of(octets));
  EXPECT_LE(octets.size(), kLabels * 9 / 8 + 64);
  int through = 0;
  int of_another_node = 0;
  for (int i = 0; i < kLabels; ++i) {
    ASSERT_TRUE(screen.may_hold(hash_of(label(i), 7, '\0'))) << label(i);
    if (screen.may_hold(hash_of(label(i + kLabels), 7, 'x'))) ++through;
    if (screen.may_hold(hash_of(label(i), 8, 'x'))) ++of_another_node;
  }
  EXPECT_LT(through, kLabels / 28);
  EXPECT_LT(of_another_node, kLabels / 28);
  EXPECT_GT(through, 0) << "or the test asks nothing";
}

TEST(LabelScreen, CaseIsFoldedAndOtherOctetsAreNot) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const std::string one(3, static_cast<char>(octet));
    const bool is_capital = octet >= 'A' && octet <= 'Z';
    const std::string other(3, static_cast<char>(octet ^ 0x20));
    EXPECT_EQ(hash_of(one, 1, 'x').value() == hash_of(other, 1, 'x').value(),
              is_capital || (octet >= 'a' && octet <= 'z'))
        << octet;
  }
  EXPECT_EQ(hash_of("AVeryLongLabelOfManyOctets", 1, 'x').value(),
            hash_of("averylonglabelofmanyoctets", 1, 'y').value());
}

TEST(LabelScreen, WithoutBlocksLetsAllThrough) {
  EXPECT_TRUE(LabelScreen().may_hold(hash_of("a", 1, 'x')));
  const std::array<std::uint8_t, 7> too_few{};
  EXPECT_TRUE(LabelScreen(too_few).may_hold(hash_of("a", 1, 'x')));
}

}  // namespace
}  // namespace schoolgate::filter

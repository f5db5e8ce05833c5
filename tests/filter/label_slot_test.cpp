#include "filter/trie/label_slot.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace schoolgate::filter {
namespace {

// Bucket, number of octets kept, and they.
using Slot = std::tuple<std::uint32_t, std::uint32_t, std::string>;

Slot slot_of(const std::string& label, std::uint32_t buckets, std::uint8_t seed = 0) {
  static const LabelCode code;
  CodedLabel coded;
  code.encode(octets_of(label), coded);
  LabelSlot slot;
  find_slot(coded, buckets, seed, slot);
  std::string kept;
  for (std::uint32_t i = 0; i < slot.octets; ++i) kept += static_cast<char>(slot.octet(i));
  return {slot.bucket, slot.octets, kept};
}

// All of up to three letters of a small alphabet, and long ones that begin or end alike.
std::vector<std::string> some_labels() {
  std::vector<std::string> labels = {""};
  for (std::size_t i = 0; labels[i].size() < 3; ++i) {
    for (const char letter : std::string("abcdefghijklmnopqrstuvwxyz0-")) labels.push_back(labels[i] + letter);
  }
  labels.erase(labels.begin());
  std::mt19937 random(5);
  for (int i = 0; i < 20000; ++i) {
    const std::string varied = std::to_string(random());
    labels.push_back(std::string(random() % 50, 'x') + varied);
    labels.push_back(varied + std::string(random() % 50, 'y'));
  }
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

// The trie is exact because of this: bucket and what is kept are the label, whatever the number of buckets.
TEST(LabelSlot, NoTwoLabelsHaveOneSlot) {
  const std::vector<std::string> labels = some_labels();
  for (const std::uint32_t buckets : {1u, 2u, 3u, 5u, 64u, 1000u, 1u << 17, 250001u}) {
    std::map<Slot, std::string> taken;
    for (const std::string& label : labels) {
      const Slot slot = slot_of(label, buckets);
      ASSERT_LT(std::get<0>(slot), buckets);
      const auto [place, is_new] = taken.emplace(slot, label);
      ASSERT_TRUE(is_new) << label << " and " << place->second << " with " << buckets << " buckets";
    }
  }
}

TEST(LabelSlot, BucketsFillEvenly) {
  const std::vector<std::string> labels = some_labels();
  std::vector<unsigned> counts(labels.size() / 20);
  for (const std::string& label : labels)
    ++counts[std::get<0>(slot_of(label, static_cast<std::uint32_t>(counts.size())))];
  // Of 3,000 Poisson variables with the mean 20, one above 60 comes once in ten thousand tests.
  EXPECT_LE(*std::max_element(counts.begin(), counts.end()), 60u);
}

TEST(LabelSlot, WhatTheBucketSaysIsNotKept) {
  EXPECT_GT(std::get<1>(slot_of("schoolgate", 1)), std::get<1>(slot_of("schoolgate", 1u << 17)) + 1);
  EXPECT_EQ(std::get<1>(slot_of("a", 1u << 17)), 1u) << "one octet is always kept: the mark";
}

TEST(LabelSlot, AnotherSeedIsAnotherOrder) {
  std::set<std::uint32_t> buckets;
  for (unsigned seed = 0; seed < 20; ++seed) {
    buckets.insert(std::get<0>(slot_of("schoolgate", 1000, static_cast<std::uint8_t>(seed))));
  }
  EXPECT_GT(buckets.size(), 15u);
}

}  // namespace
}  // namespace schoolgate::filter

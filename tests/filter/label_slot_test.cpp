#include "filter/trie/label_slot.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <random>
#include <set>

namespace schoolgate::filter {
namespace {

// Bucket, number of octets kept, and they.
using Slot = std::tuple<std::uint32_t, std::uint32_t, std::string>;

Slot slot_of(const CodedLabel& coded, std::uint32_t buckets, std::uint8_t seed = 0) {
  LabelSlot slot;
  find_slot(coded, buckets, seed, slot);
  std::string kept;
  for (std::uint32_t i = 0; i < slot.octets; ++i) kept += static_cast<char>(slot.octet(i));
  return {slot.bucket, slot.octets, kept};
}

Slot slot_of(const std::string& label, std::uint32_t buckets, std::uint8_t seed = 0) {
  static const LabelCode code;
  CodedLabel coded;
  code.encode(octets_of(label), coded);
  return slot_of(coded, buckets, seed);
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

// Of labels that are nearly all of one letter: two octets of it cost one bit.
LabelCode trained_code() {
  LabelCode::Census census;
  for (std::size_t i = 0; i < 40000; ++i) census.count(octets_of(std::string(i % 60, 'a')));
  return LabelCode(census);
}

// Runs of the common letter, alone and before all of up to two octets: labels that differ in their last bits only, at each
// length of the bits before them.
std::vector<std::string> labels_that_begin_alike() {
  std::vector<std::string> ends = {""};
  const std::string octets("abc7-.\0", 7);
  for (const char one : octets) {
    ends.emplace_back(1, one);
    for (const char other : octets) ends.push_back({one, other});
  }
  std::set<std::string> labels;
  for (std::size_t common = 0; common <= 61; ++common) {
    for (const std::string& end : ends) {
      labels.insert(std::string(common, 'a') + end);
      labels.insert("qz7" + std::string(std::min<std::size_t>(common, 58), 'a') + end);
    }
  }
  labels.erase("");
  return {labels.begin(), labels.end()};
}

TEST(LabelSlot, NoTwoLabelsOfVeryFewBitsOrJustOverAWordHaveOneSlot) {
  const std::vector<std::string> labels = labels_that_begin_alike();
  std::set<std::string> reached;  // which of the borders the labels lie at
  for (const LabelCode& code : {trained_code(), LabelCode()}) {
    std::vector<CodedLabel> coded(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) code.encode(octets_of(labels[i]), coded[i]);
    for (const unsigned power : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 20u}) {
      for (const std::uint32_t buckets : {(1u << power) - 1, 1u << power, (1u << power) + 1}) {
        std::map<Slot, std::size_t> taken;
        const auto bucket_bits = static_cast<unsigned>(std::bit_width(buckets)) - 1;
        for (std::size_t i = 0; i < labels.size(); ++i) {
          const Slot slot = slot_of(coded[i], buckets, 3);
          ASSERT_LT(std::get<0>(slot), buckets);
          const auto [place, is_new] = taken.emplace(slot, i);
          ASSERT_TRUE(is_new) << labels[i] << " and " << labels[place->second] << " with " << buckets << " buckets";
          const unsigned bits = coded[i].bits();
          if (bits < bucket_bits) reached.insert("fewer than the bucket's");
          if (bits == bucket_bits) reached.insert("as many as the bucket's");
          if (bits >= 63 && bits <= 65) reached.insert(fmt::format("{}", bits));
          const unsigned whole = bucket_bits + 8 * std::get<1>(slot);  // with the zeros up to whole octets
          if (buckets > 1 && whole >= 64 && whole <= 65) reached.insert(fmt::format("{} with zeros", whole));
        }
      }
    }
  }
  EXPECT_EQ(reached, (std::set<std::string>{"fewer than the bucket's", "as many as the bucket's", "63", "64", "65",
                                            "64 with zeros", "65 with zeros"}));
}

// The bits that a slot was made of, worked out from it alone: shuffling and multiplying are turned round, step by step.
class SlotReader {
 public:
  SlotReader(std::uint32_t buckets, std::uint64_t seed)
      : buckets_(buckets), bucket_bits_(static_cast<unsigned>(std::bit_width(buckets)) - 1), seed_(seed) {}

  // In words, with the zeros up to whole octets.
  std::vector<std::uint64_t> bits_of(const Slot& slot) const {
    const auto& [bucket, octets, kept] = slot;
    std::vector<std::uint64_t> rest(kept.size() / 8 + 2);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      rest[i / 8] |= std::uint64_t{static_cast<std::uint8_t>(kept[i])} << (56 - 8 * (i % 8));
    }
    if (buckets_ == 1) return rest;
    const unsigned bits = bucket_bits_ + 8 * octets;
    std::vector<std::uint64_t> words(rest.size());
    if (bits <= 64) {
      words[0] = unshuffled(first_of(bucket, rest[0], 64 - bits) >> (64 - bits), bits) << (64 - bits);
      return words;
    }
    // The first 64 - bucket_bits_ bits that are kept are of the product, the others the label's from its second word on.
    std::uint64_t digest = 0;
    for (std::size_t i = 1; i < rest.size(); ++i) {
      words[i] = rest[i - 1] << 1 << (63 - bucket_bits_) | rest[i] >> bucket_bits_;
    }
    for (std::size_t i = 1; i <= bits / 64; ++i) {
      digest = (digest ^ words[i]) * 0xff51afd7ed558ccdu;
      digest ^= digest >> 32;
    }
    words[0] = unshuffled(first_of(bucket, rest[0] >> bucket_bits_ << bucket_bits_, 0), 64) ^ digest;
    return words;
  }

 private:
  __extension__ using Product = unsigned __int128;

  // The least number that ends in so many zeros and whose product with the buckets is no less than this.
  std::uint64_t first_of(std::uint32_t bucket, std::uint64_t rest, unsigned zeros) const {
    const Product product = Product{bucket} << 64 | rest;
    const Product step = Product{buckets_} << zeros;
    return static_cast<std::uint64_t>((product + step - 1) / step << zeros);
  }
  std::uint64_t unshuffled(std::uint64_t value, unsigned bits) const {
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits);
    const unsigned half = (bits + 1) / 2;
    value = value * inverse(0xd6e8feb86659fd93u + 2 * seed_) & mask;
    value ^= value >> half;
    value = value * inverse(0x9e3779b97f4a7c15u) & mask;
    return value ^ value >> half;
  }
  static std::uint64_t inverse(std::uint64_t odd) {
    std::uint64_t found = odd;  // right in its lowest three bits, and each round in twice as many
    for (int round = 0; round < 5; ++round) found *= 2 - odd * found;
    return found;
  }

  std::uint32_t buckets_;
  unsigned bucket_bits_;
  std::uint64_t seed_;
};

// That no two of some labels have one slot says little of long ones: a digest of the rest is mixed into the first word,
// and would part them if nothing of the rest were kept. What can be worked out from the slot is in it.
TEST(LabelSlot, TheBitsCanBeWorkedOutFromTheSlot) {
  std::vector<std::string> labels = labels_that_begin_alike();
  for (const std::string& label : some_labels()) {
    if (label.size() > 20) labels.push_back(label);
  }
  for (const LabelCode& code : {trained_code(), LabelCode()}) {
    for (const std::string& label : labels) {
      CodedLabel coded;
      code.encode(octets_of(label), coded);
      for (const std::uint32_t buckets : {1u, 2u, 3u, 255u, 256u, 257u, (1u << 16) - 1, 1u << 16, (1u << 16) + 1}) {
        const std::vector<std::uint64_t> bits = SlotReader(buckets, 3).bits_of(slot_of(coded, buckets, 3));
        for (std::size_t i = 0; i < bits.size() && i <= coded.bits() / 64; ++i) {
          ASSERT_EQ(bits[i], coded.word(i)) << "word " << i << " of " << label << " with " << buckets << " buckets";
        }
        ASSERT_GE(64 * bits.size(), coded.bits());
      }
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

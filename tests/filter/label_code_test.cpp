#include "filter/trie/label_code.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

namespace schoolgate::filter {
namespace {

// The bits as text, to compare what is the beginning of what.
std::string bits_of(const LabelCode& code, std::string_view label) {
  CodedLabel coded;
  std::memset(static_cast<void*>(&coded), 0xff, sizeof coded);  // what was there before must not matter
  code.encode(octets_of(label), coded);
  std::string bits;
  for (unsigned i = 0; i < coded.bits(); ++i) bits += (coded.octet(i / 8) >> (7 - i % 8) & 1) != 0 ? '1' : '0';
  const std::size_t end = (coded.bits() / 64 + 2) * 64;
  for (std::size_t i = coded.bits(); i < end; ++i) {
    EXPECT_EQ(coded.octet(i / 8) >> (7 - i % 8) & 1, 0) << "zeros follow, at bit " << i << " of " << label;
  }
  return bits;
}

std::vector<std::string> some_labels() {
  std::vector<std::string> labels = {
      "a", "com", "www", "example", "xn--80ak6aa92e", "a_b", "_dmarc", std::string(63, 'z')};
  std::mt19937 random(3);
  for (unsigned octet = 0; octet < 256; ++octet) {
    if (octet < 'A' || octet > 'Z') labels.push_back("x" + std::string(1, static_cast<char>(octet)));
  }
  for (int i = 0; i < 5000; ++i) {
    std::string label;
    for (auto size = 1 + random() % 20; size > 0; --size) label += "eeeeeetttaaaoinshrdl-0123"[random() % 25];
    labels.push_back(label);
  }
  labels.push_back(std::string(63, '\xff'));
  return labels;
}

LabelCode trained() {
  LabelCode::Census census;
  for (const std::string& label : some_labels()) census.count(octets_of(label));
  return LabelCode(census);
}

TEST(LabelCode, NoLabelsBitsBeginAnothers) {
  for (const LabelCode& code : {LabelCode(), trained()}) {
    std::map<std::string, std::string> label_of;
    for (const std::string& label : some_labels()) {
      const auto [place, is_new] = label_of.emplace(bits_of(code, label), label);
      ASSERT_TRUE(is_new || place->second == label) << label;
    }
    // Sorted, what begins another stands right in front of one that it begins.
    for (auto one = label_of.begin(), next = std::next(one); next != label_of.end(); ++one, ++next) {
      ASSERT_FALSE(next->first.starts_with(one->first)) << one->second << " and " << next->second;
    }
  }
}

TEST(LabelCode, CaseIsFolded) {
  const LabelCode code = trained();
  EXPECT_EQ(bits_of(code, "Example"), bits_of(code, "example"));
  EXPECT_EQ(bits_of(code, "AZ[@"), bits_of(code, "az[@"));
  EXPECT_NE(bits_of(code, "a["), bits_of(code, "a{"));
}

TEST(LabelCode, CommonLabelsAreShort) {
  const LabelCode code = trained();
  EXPECT_LT(bits_of(code, "threshold").size(), bits_of(LabelCode(), "threshold").size());
  EXPECT_LT(bits_of(code, "tea").size(), bits_of(code, "jqx").size());
}

TEST(LabelCode, ReadsWhatItWrote) {
  for (const LabelCode& code : {LabelCode(), trained()}) {
    std::string octets;
    code.append_to(octets);
    OctetReader reader(octets_of(octets));
    const auto read = LabelCode::read(reader);
    ASSERT_TRUE(read);
    EXPECT_TRUE(reader.is_at_end());
    for (const std::string& label : some_labels()) ASSERT_EQ(bits_of(*read, label), bits_of(code, label)) << label;
  }
}

TEST(LabelCode, RefusesLengthsThatItCannotHaveWritten) {
  const auto read = [](std::string octets) {
    OctetReader reader(octets_of(octets));
    return LabelCode::read(reader).has_value() && reader.is_good();
  };
  EXPECT_TRUE(read(std::string(1, '\0')));
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("\1"));
  EXPECT_FALSE(read(std::string("\1\0\1", 3))) << "no bits";
  EXPECT_FALSE(read("\1\x15\1")) << "21 bits";
  EXPECT_FALSE(read(std::string("\1\5\0", 3))) << "an empty run";
  EXPECT_FALSE(read("\1" + std::string(14, '\xff'))) << "a run over the end";
}

}  // namespace
}  // namespace schoolgate::filter

#include "filter/trie/labels_from_right.h"

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

std::string labels_of(const dns::Name& name) {
  std::string text;
  for (LabelsFromRight labels(name); !labels.is_at_end();) {
    const Octets peeked = labels.peek();
    const Octets label = labels.next();
    EXPECT_TRUE(peeked.data() == label.data() && peeked.size() == label.size());
    text += std::string(text_of(label)) + "|";
  }
  return text;
}

TEST(LabelsFromRight, GivesThemInTheirOrder) {
  EXPECT_EQ(labels_of(dns::Name()), "");
  EXPECT_EQ(labels_of(name("org")), "org|");
  EXPECT_EQ(labels_of(name("www.Example.org")), "org|Example|www|");
}

// Eight fit into a register.
TEST(LabelsFromRight, AnyNumberOfThem) {
  std::string text, wanted;
  for (int count = 1; count <= 127; ++count) {
    const std::string label(1, static_cast<char>('a' + count % 26));
    text = label + (text.empty() ? "" : "." + text);
    wanted += label + "|";
    ASSERT_EQ(labels_of(name(text)), wanted) << count;
  }
}

TEST(LabelsFromRight, OfLongLabels) {
  std::string text, wanted;
  for (const std::size_t size : {57u, 61u, 62u, 63u}) {
    const std::string label(size, static_cast<char>('a' + size % 26));
    text = label + (text.empty() ? "" : "." + text);
    wanted += label + "|";
  }
  EXPECT_EQ(labels_of(name(text)), wanted);
}

}  // namespace
}  // namespace schoolgate::filter

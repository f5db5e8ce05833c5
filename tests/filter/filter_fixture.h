// What the tests of this room share: a small tag table, names from text, an image made in memory, a folder of one's own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "filter/image.h"
#include "filter/image_builder.h"
#include "tests/support/naive_filter.h"

namespace schoolgate::filter {

inline TagTable some_tags() {
  TagTable tags;
  EXPECT_TRUE(tags.add({3, "gambling", TagKind::kCategory, false, false}));
  EXPECT_TRUE(tags.add({64, "malware", TagKind::kCategory, false, true}));
  EXPECT_TRUE(tags.add({200, "tiktok", TagKind::kService, false, false}));
  EXPECT_TRUE(tags.add({511, "illegal", TagKind::kCategory, true, false}));
  return tags;
}

inline dns::Name name(std::string_view text) { return dns::Name::parse(text).value(); }

inline std::shared_ptr<const Image> image_of(ImageBuilder& builder) {
  auto built = builder.build();
  EXPECT_TRUE(built) << built.error().message();
  auto image = Image::from_memory(std::move(built->image), std::move(built->lines), Checksums::kVerify);
  EXPECT_TRUE(image) << image.error().message();
  return *image;
}

inline TagSet tag_set(std::initializer_list<TagNumber> numbers) {
  TagSet set;
  for (const TagNumber number : numbers) set.set(number);
  return set;
}

inline TagSet classify(const Image& image, const dns::Name& lower_name) {
  auto scratch = image.make_scratch().value();
  return image.classify(lower_name, scratch);
}

inline std::optional<ListNumber> list_of(const Image& image, const dns::Name& lower_name, TagNumber tag,
                                         Image::Scratch& scratch) {
  const auto source = image.source_of(lower_name, tag, scratch);
  return source ? std::optional(source->list) : std::nullopt;
}

inline std::vector<const dns::Name*> pointers_to(const std::vector<dns::Name>& names) {
  std::vector<const dns::Name*> pointers;
  for (const dns::Name& one : names) pointers.push_back(&one);
  return pointers;
}

// By an Image or a Classifier, one after the other and all together.
template <class Names>
std::vector<TagSet> classify_each(const Names& by, const std::vector<dns::Name>& names, Image::Scratch& scratch) {
  std::vector<TagSet> tags;
  for (const dns::Name& one : names) tags.push_back(by.classify(one, scratch));
  return tags;
}
template <class Names>
std::vector<TagSet> classify_together(const Names& by, const std::vector<dns::Name>& names, Image::Scratch& scratch) {
  std::vector<TagSet> tags(names.size(), tag_set({77}));
  by.classify(pointers_to(names), tags, scratch);
  return tags;
}

// Adds the oracle's rules to a builder whose lists are those of the oracle.
inline void add_rules(ImageBuilder& builder, const std::vector<test_support::NaiveRule>& rules) {
  for (const auto& rule : rules) {
    if (rule.expression.empty()) {
      builder.add_name(rule.list, rule.reach, rule.exception, rule.name, rule.line, rule.name.to_text());
    } else {
      builder.add_pattern(rule.list, rule.exception, rule.expression, rule.line, rule.expression);
    }
  }
}

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "filter_test_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& file_name) const { return path_ + "/" + file_name; }

 private:
  std::string path_;
};

}  // namespace schoolgate::filter

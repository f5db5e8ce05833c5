// Schoolgate's own image, through what the daemon uses of it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "filter/image.h"
#include "filter/image_builder.h"
#include "filter/list_rules.h"
#include "tests/bench/block_lists.h"

namespace schoolgate::bench {

filter::TagTable bench_tags();

// The rules of each list in the order of their keys, as lists are read.
class SortedLists {
 public:
  explicit SortedLists(const BlockLists& lists);
  // One list after the other, as a build does it: collected, encoded, and added.
  base::Status add_to(filter::ImageBuilder& builder) const;

 private:
  struct List {
    PackedTexts names;
    std::vector<ListRule> rules;
  };
  std::vector<List> lists_;
};

class OurImage {
 public:
  static base::Result<OurImage> open(const std::string& path);
  bool find(const dns::Name& lower_name) noexcept { return image_->classify(lower_name, scratch_) != filter::TagSet(); }
  // REQUIRES: as many places as names, at most kMostAtOnce.
  void find(std::span<const dns::Name* const> lower_names, std::span<bool> found) noexcept {
    const auto tags = std::span(tags_).first(lower_names.size());
    image_->classify(lower_names, tags, scratch_);
    for (std::size_t i = 0; i < tags.size(); ++i) found[i] = tags[i] != filter::TagSet();
  }
  static constexpr std::size_t kMostAtOnce = 64;
  double size_bytes() const { return static_cast<double>(image_->size_bytes()); }

 private:
  OurImage(std::shared_ptr<const filter::Image> image, filter::Image::Scratch scratch)
      : image_(std::move(image)), scratch_(std::move(scratch)) {}
  std::shared_ptr<const filter::Image> image_;
  filter::Image::Scratch scratch_;
  std::array<filter::TagSet, kMostAtOnce> tags_;
};

}  // namespace schoolgate::bench

#include "tests/bench/our_image.h"

namespace schoolgate::bench {

filter::TagTable bench_tags() {
  filter::TagTable tags;
  for (std::size_t i = 0; i < BlockLists::kTags; ++i) {
    // Numbers as a taxonomy has them: spread over the set.
    constexpr std::size_t kApart = 40;
    const auto number = static_cast<filter::TagNumber>(i * kApart);
    static_cast<void>(tags.add({number, "tag-" + std::to_string(i), filter::TagKind::kCategory, false, false}));
  }
  return tags;
}

void add_lists(const BlockLists& lists, filter::ImageBuilder& builder) {
  const filter::TagTable tags = bench_tags();
  for (std::size_t i = 0; i < lists.list_count(); ++i) {
    const std::string id = "list-" + std::to_string(i);
    builder.add_list({id, tags.tags()[i % BlockLists::kTags].number, "1", id});
  }
}

void add_rules(const BlockLists& lists, filter::ImageBuilder& builder) {
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const dns::Name name = dns::Name::parse(lists.name(i)).value();
    std::uint32_t line = static_cast<std::uint32_t>(i);
    for (const ListRule& rule : lists.rules(i)) {
      builder.add_name(rule.list, rule.reach, rule.exception, name, ++line, lists.name(i));
    }
  }
}

base::Result<OurImage> OurImage::open(const std::string& path) {
  auto image = filter::Image::open(path);
  if (!image) return image.error();
  auto scratch = (*image)->make_scratch();
  if (!scratch) return scratch.error();
  return OurImage(std::move(*image), std::move(*scratch));
}

}  // namespace schoolgate::bench

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

SortedLists::SortedLists(const BlockLists& lists) : lists_(lists.list_count()) {
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (const ListRule& rule : lists.rules(i)) {
      lists_[rule.list].names.add(lists.name(i));
      lists_[rule.list].rules.push_back(rule);
    }
  }
}

base::Status SortedLists::add_to(filter::ImageBuilder& builder) const {
  const filter::TagTable tags = bench_tags();
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    const std::string id = "list-" + std::to_string(i);
    filter::ListRulesBuilder list;
    std::uint32_t line = 0;
    for (const ListRule& rule : lists_[i].rules) {
      const std::string_view text = lists_[i].names[line];
      list.add_name(rule.reach, rule.exception, dns::Name::parse(text).value(), ++line, text);
    }
    auto rules = filter::ListRules::read(filter::Mapping::of_memory(std::move(list).encode()), id);
    if (!rules) return rules.error();
    builder.add_list({id, tags.tags()[i % BlockLists::kTags].number, "1", id}, std::move(*rules));
  }
  return {};
}

base::Result<OurImage> OurImage::open(const std::string& path) {
  auto image = filter::Image::open(path);
  if (!image) return image.error();
  auto scratch = (*image)->make_scratch();
  if (!scratch) return scratch.error();
  return OurImage(std::move(*image), std::move(*scratch));
}

}  // namespace schoolgate::bench

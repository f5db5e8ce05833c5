#include "filter/image_builder.h"

#include <unistd.h>
#include <cassert>
#include <cerrno>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/file.h"
#include "filter/file/image_format.h"
#include "filter/image_link.h"

namespace schoolgate::filter {
namespace {

base::Status replace_or_remove(const std::string& path, const std::string& octets) {
  if (!octets.empty()) return base::replace_file(path, octets, kPublishedMode);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::system_error(errno, "cannot remove " + path);
  return {};
}

}  // namespace

struct ImageBuilder::Impl {
  ImageParts parts;
  std::map<ListNumber, ListRulesBuilder> collected;
  std::map<ListNumber, ListRulesBuilder> exempted;
  std::optional<ListNumber> unhashed;  // a list whose names came without a key
  std::vector<RejectedRule> rejected;

  ListEntry& entry(ListNumber list) {
    assert(list < parts.lists.size());
    return parts.lists[list];
  }

  base::Status check_lists() const {
    const auto wrong = [](const ListEntry& list, const std::string& why) {
      return base::Error(base::ErrorCode::kInvalid, "list '" + list.id + "': " + why);
    };
    for (const ListEntry& list : parts.lists) {
      if (parts.tags.find(list.tag) == nullptr) return wrong(list, "no tag has the number " + std::to_string(list.tag));
    }
    if (unhashed) {
      return wrong(parts.lists[*unhashed], "it is opaque, and no key was given to hash its names with");
    }
    return {};
  }

  // One after the other goes: sorted and encoded a list takes half of the memory.
  base::Status encode(std::map<ListNumber, ListRulesBuilder>& builders, std::vector<ImageParts::Part>& to) {
    for (auto at = builders.begin(); at != builders.end(); at = builders.erase(at)) {
      auto& [list, builder] = *at;
      for (RejectedRule& rule : builder.take_rejected()) {
        rule.list = parts.lists[list].id;
        rejected.push_back(std::move(rule));
      }
      auto rules = ListRules::read(Mapping::of_memory(std::move(builder).encode()), parts.lists[list].id);
      if (!rules) return rules.error();
      to.push_back({list, std::move(*rules)});
    }
    return {};
  }
};

ImageBuilder::ImageBuilder(TagTable tags) : impl_(std::make_unique<Impl>()) { impl_->parts.tags = std::move(tags); }

ImageBuilder::~ImageBuilder() = default;

ListNumber ImageBuilder::add_list(ListEntry list) {
  assert(impl_->parts.lists.size() < std::numeric_limits<ListNumber>::max());
  impl_->parts.lists.push_back(std::move(list));
  return static_cast<ListNumber>(impl_->parts.lists.size() - 1);
}

ListNumber ImageBuilder::add_list(ListEntry list, ListRules rules) {
  assert(!list.opaque);
  const ListNumber number = add_list(std::move(list));
  impl_->parts.said.push_back({number, std::move(rules)});
  return number;
}

void ImageBuilder::set_opaque_key(const OpaqueKey& key) { impl_->parts.opaque_key = key; }

void ImageBuilder::add_name(ListNumber list, Reach reach, Exception exception, const dns::Name& name,
                            std::uint32_t line, std::string_view text) {
  if (!impl_->entry(list).opaque) return impl_->collected[list].add_name(reach, exception, name, line, text);
  // Of the name nothing is kept but its hash. Without a key, check_lists() will say so.
  const OpaqueKey key = impl_->parts.opaque_key.value_or(OpaqueKey());
  add_hashed(list, hash_rule(list, reach, exception, name, line, key));
}

void ImageBuilder::add_answer(ListNumber list, Reach reach, const dns::Name& name, const RuleAnswer& answer,
                              std::uint32_t line, std::string_view text) {
  if (impl_->entry(list).opaque) return add_name(list, reach, Exception::kNo, name, line, text);
  impl_->collected[list].add_answer(reach, name, answer, line, text);
}

void ImageBuilder::add_address(ListNumber list, const AddressTrigger& trigger, Exception exception,
                               const RuleAnswer& answer, std::uint32_t line, std::string_view text) {
  assert(!impl_->entry(list).opaque);
  impl_->collected[list].add_address(trigger, exception, answer, line, text);
}

void ImageBuilder::exempt(ListNumber list, Reach reach, const dns::Name& name, std::string_view why) {
  assert(!impl_->entry(list).opaque);
  impl_->exempted[list].add_name(reach, Exception::kYes, name, 0, why);
}

void ImageBuilder::add_hashed(ListNumber list, OpaqueRule rule) {
  assert(impl_->entry(list).opaque);
  if (!impl_->parts.opaque_key) impl_->unhashed = list;
  rule.list = list;
  impl_->parts.opaque.push_back(rule);
}

void ImageBuilder::add_pattern(ListNumber list, Exception exception, std::string_view expression, std::uint32_t line,
                               std::string_view text) {
  if (impl_->entry(list).opaque) {
    const std::string& id = impl_->entry(list).id;
    impl_->rejected.push_back({id, line, "", "a pattern cannot be hashed, and its list is opaque"});
    return;
  }
  impl_->collected[list].add_pattern(exception, expression, line, text);
}

void ImageBuilder::set_popular_names(std::vector<dns::Name> names) {
  for (dns::Name& name : names) name.lower();
  impl_->parts.popular = std::move(names);
}

void ImageBuilder::set_pattern_guard(PatternGuard guard) { impl_->parts.guard = std::move(guard); }

base::Result<BuiltImage> ImageBuilder::build() {
  Impl& impl = *impl_;
  if (const base::Status status = impl.check_lists(); !status) return status.error();
  if (auto status = impl.encode(impl.collected, impl.parts.said); !status) return status.error();
  if (auto status = impl.encode(impl.exempted, impl.parts.exemptions); !status) return status.error();
  // Numbers of answers follow from the order, and so do the image's octets.
  std::ranges::stable_sort(impl.parts.said, {}, &ImageParts::Part::list);
  return link_image(impl.parts, impl.rejected);
}

base::Status write_image(const BuiltImage& built, const std::string& path) {
  // The image last: what is beside it is of no use to the image before, and is refused by its digest.
  if (auto status = base::replace_file(lines_path(path), built.lines, kPublishedMode); !status) return status;
  if (auto status = replace_or_remove(compiled_path(path), built.compiled_patterns); !status) return status;
  return base::replace_file(path, built.image, kPublishedMode);
}

base::Result<BuildReport> ImageBuilder::write(const std::string& path) {
  auto built = build();
  if (!built) return built.error();
  if (const auto status = write_image(*built, path); !status) return status.error();
  return std::move(built->report);
}

}  // namespace schoolgate::filter

#include "filter/rules/tag_table.h"

#include <algorithm>

namespace schoolgate::filter {
namespace {

using base::Error;
using base::ErrorCode;

TagSet numbers_of(const std::vector<Tag>& tags, bool Tag::*trait) {
  TagSet set;
  for (const Tag& tag : tags) {
    if (tag.*trait) set.set(tag.number);
  }
  return set;
}

auto place_of(const std::vector<Tag>& tags, TagNumber number) {
  return std::lower_bound(tags.begin(), tags.end(), number,
                          [](const Tag& tag, TagNumber wanted) { return tag.number < wanted; });
}

}  // namespace

base::Status TagTable::add(Tag tag) {
  const std::string subject = "tag '" + tag.id + "'";
  if (tag.number >= TagSet::kBits) {
    return Error(ErrorCode::kInvalid, subject + ": its number is " + std::to_string(tag.number) +
                                          ", and should be at most " + std::to_string(TagSet::kBits - 1));
  }
  if (find(tag.id) != nullptr) return Error(ErrorCode::kInvalid, subject + " is there twice");
  if (const Tag* taken = find(tag.number)) {
    return Error(ErrorCode::kInvalid,
                 subject + ": its number " + std::to_string(tag.number) + " is that of '" + taken->id + "'");
  }
  tags_.insert(place_of(tags_, tag.number), std::move(tag));
  return {};
}

const Tag* TagTable::find(std::string_view id) const {
  const auto found = std::find_if(tags_.begin(), tags_.end(), [id](const Tag& tag) { return tag.id == id; });
  return found == tags_.end() ? nullptr : &*found;
}

const Tag* TagTable::find(TagNumber number) const {
  const auto found = place_of(tags_, number);
  return found == tags_.end() || found->number != number ? nullptr : &*found;
}

std::vector<std::string> TagTable::ids(TagKind kind) const {
  std::vector<std::string> ids;
  for (const Tag& tag : tags_) {
    if (tag.kind == kind) ids.push_back(tag.id);
  }
  return ids;
}

TagSet TagTable::locked() const { return numbers_of(tags_, &Tag::locked); }

TagSet TagTable::security() const { return numbers_of(tags_, &Tag::security); }

std::vector<std::string> TagTable::ids(const TagSet& set) const {
  std::vector<std::string> ids;
  for (const Tag& tag : tags_) {
    if (set.test(tag.number)) ids.push_back(tag.id);
  }
  return ids;
}

}  // namespace schoolgate::filter

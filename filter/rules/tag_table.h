// TagTable: the tags that exist, by number and by id. Made from the taxonomy; a copy travels in every image.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/rules/tag_set.h"

namespace schoolgate::filter {

enum class TagKind : std::uint8_t { kCategory = 0, kService = 1, kTrait = 2 };

struct Tag {
  TagNumber number = 0;
  std::string id;  // letters, digits, '-'
  TagKind kind = TagKind::kCategory;
  bool locked = false;    // illegal content: blocks always, nothing lifts it
  bool security = false;  // malware, phishing, …: only an exact allow with security = true lifts it
  bool operator==(const Tag&) const = default;
};

class TagTable {
 public:
  // kInvalid when the number is out of range, or number or id is taken.
  base::Status add(Tag tag);
  const Tag* find(std::string_view id) const;
  const Tag* find(TagNumber number) const;
  const std::vector<Tag>& tags() const { return tags_; }  // by number
  std::vector<std::string> ids(TagKind kind) const;       // for "did you mean"
  TagSet locked() const;
  TagSet security() const;
  std::vector<std::string> ids(const TagSet& set) const;  // in the order of their numbers; unknown bits left out
  bool operator==(const TagTable&) const = default;

 private:
  std::vector<Tag> tags_;
};

}  // namespace schoolgate::filter

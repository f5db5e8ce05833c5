// From what each list says to one image: the second half of a build, which looks at no source.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "filter/image_builder.h"
#include "filter/list_rules.h"
#include "filter/patterns/guarded_patterns.h"
#include "filter/rules/opaque_rules.h"
#include "filter/rules/tag_table.h"

namespace schoolgate::filter {

struct ImageParts {
  struct Part {
    ListNumber list = 0;
    ListRules rules;
  };
  TagTable tags;
  std::vector<ListEntry> lists;
  std::vector<Part> said;        // by list, in their order; a list may have several, or none
  std::vector<Part> exemptions;  // count as no rules
  std::optional<OpaqueKey> opaque_key;
  std::vector<OpaqueRule> opaque;
  std::vector<dns::Name> popular;
  PatternGuard guard;
};

// `rejected` are the rules that were rejected before: those of the link follow them.
base::Result<BuiltImage> link_image(const ImageParts& parts, std::vector<RejectedRule> rejected);

}  // namespace schoolgate::filter

// Takes a pattern apart into what needs no regular expression engine: name rules, and literals at known places.
//
//     (^|\.)ads\.example$        the name ads.example and all under it
//     (^|\.|-)ads\.example$      the same, and the literal "-ads.example" at the end
//     ^ad(s|vert)?\.             the literals "ad.", "ads." and "advert.", at the beginning
//     (.*\.|^)ads(\.|$).*        ".ads." anywhere, "ads." at the beginning, all under ads, the name ads
//     ^.{2,5}ads                 "ads", after two to five characters
//     ^ad[0-9]+\.                needs the engine
//
// Exact: a name has one of the parts exactly when the expression matches its text (name_text.h), where a dot stands only
// between labels. Whoever keeps patterns whole may check so; the tests and a fuzzer do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dns/name.h"
#include "filter/patterns/distance.h"
#include "filter/rules/rule.h"

namespace schoolgate::filter {

struct LiteralPart {
  std::string text;  // in lower case
  Distance before;
  Distance after;
  bool operator==(const LiteralPart&) const = default;
};

struct NamePart {
  dns::Name name;
  Reach reach = Reach::kBoth;
  bool operator==(const NamePart&) const = default;
};

struct PatternParts {
  enum class Kind {
    kParts,        // the names and literals are all of it
    kNeedsEngine,  // no names, no literals; perhaps triggers
    kEverything,   // it matches every name: no parts
    kNothing,      // it matches no name: no parts
  };
  Kind kind = Kind::kNeedsEngine;
  std::vector<NamePart> names;
  std::vector<LiteralPart> literals;
  // Of kNeedsEngine: a name that the expression matches has one of these, so the engine is asked for no other. Empty
  // when the expression has none that are worth a look.
  std::vector<LiteralPart> triggers;
};

PatternParts take_apart(std::string_view expression);

}  // namespace schoolgate::filter

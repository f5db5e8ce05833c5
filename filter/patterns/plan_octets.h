// A pattern plan as octets, for the file of compiled patterns: taking 2,000 expressions apart anew takes 30 ms.
//
//     check u64, XXH3 of the expressions' texts | expression …
//     expression:  how u8 (0: its parts are all of it, 1: it needs the engine, 2: and PCRE2 confirms) |
//                  literals, triggers: their number as a varint | literal …
//     literal:     text | before, after: least u16, most u16
//
// Whoever makes take_apart() say something else raises the format of the file (file/image_format.h), or machines go on with
// what the old one said; a test notices.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "filter/file/octets.h"
#include "filter/patterns/pattern_plan.h"

namespace schoolgate::filter {

// REQUIRES: no expression with a fault.
std::string encode_plan(const PatternPlan& plan);
// The plan of these patterns, but for the names that expressions have as parts; nullopt for octets of other patterns, and
// for those that are no plan.
std::optional<PatternPlan> read_plan(const std::vector<std::string>& patterns, Octets octets);

}  // namespace schoolgate::filter

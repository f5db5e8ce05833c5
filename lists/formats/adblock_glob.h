// The pattern of an ad blocker's rule over names: "||ads.*.example^".
//
//     ||      the beginning of the name, or of any label of it; "://" and "|" the beginning of the name alone
//     ^  |    at the end: the end of the name
//     *       anything, dots too
//
// Without a mark at one side, anything may stand there. What covers a name, or all names under one, is a name rule; all else
// is an expression as filter::ImageBuilder::add_pattern has it. The marks mean for names what they mean for a URL whose host
// is the name, as AdGuard Home reads them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dns/name.h"
#include "filter/image_builder.h"

namespace schoolgate::lists {

struct AdblockGlob {
  enum class Kind { kName, kPattern, kRejected };
  Kind kind = Kind::kRejected;
  dns::Name name;                               // of kName
  filter::Reach reach = filter::Reach::kExact;  // of kName
  std::string text;                             // of kPattern the expression, of kRejected the reason
};

AdblockGlob read_adblock_glob(std::string_view glob);

// The expression that says what a name rule says.
std::string expression_of(const dns::Name& name, filter::Reach reach);

// The same but for these names and all names under them. REQUIRES: an expression of this file's.
std::string except_names(std::string_view expression, std::span<const dns::Name> names);

}  // namespace schoolgate::lists

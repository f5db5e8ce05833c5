// AdblockRule: what one line of an ad blocker's list says, taken by itself. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "dns/name.h"
#include "filter/image_builder.h"
#include "lists/formats/adblock_modifiers.h"

namespace schoolgate::lists {

struct AdblockRule {
  enum class Kind {
    kNone,   // a header, a name of the system's own
    kHosts,  // an address and names, to be read as hosts.h has it
    kName,
    kPattern,
    kRejected,  // `text` is why. The modifiers are read all the same, if the line has any.
  };
  Kind kind = Kind::kNone;
  filter::Exception exception = filter::Exception::kNo;
  dns::Name name;                               // of kName
  filter::Reach reach = filter::Reach::kExact;  // of kName
  std::string text;                             // of kPattern the expression, of kRejected the reason
  std::string_view pattern;                     // what is left of the line without "@@" and modifiers
  AdblockModifiers modifiers;
};

// REQUIRES: a line with something in it.
AdblockRule parse_adblock_rule(std::string_view line);

// "||name^", what most lines are, decided in few tests and without an allocation. False for any other line, and for a name
// that is none or a whole top-level domain.
bool parse_plain_adblock_rule(std::string_view line, dns::Name& name);

// A rule that could stand in no list of another kind: "||…", "@@…", "…^", "/…/".
bool looks_like_adblock(std::string_view line);

}  // namespace schoolgate::lists

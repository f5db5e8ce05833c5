// International names: from the letters that people write to the form that DNS has.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::dns {

bool is_ascii(std::string_view text);

// The A-label form of a name in UTF-8: "bücher.example" is "xn--bcher-kva.example". IDNA2008 (RFC 5891) after the mapping
// of UTS #46, non-transitional, as browsers do: in lower case, "faß.example" stays another name than "fass.example", and
// '。' is a dot. A character may map to ASCII that no name has ("℀" is "a/c"), and what was ASCII stays: the caller judges
// the result as if it had been written so.
// The error says why it is no name, never with the name in it. Allocates; thread-safe.
base::Result<std::string> to_a_labels(std::string_view utf8);

}  // namespace schoolgate::dns

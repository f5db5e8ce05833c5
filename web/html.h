// HTML that is safe to send whatever a device asked for: escaping, and the one frame that every page stands in.
//
// Thread contract: pure, but for the nonce, which is drawn from the system.
#pragma once

#include <string>
#include <string_view>

#include "web/exchange.h"

namespace schoolgate::web {

// For text and for attribute values in double quotes. Control bytes and bytes that are no ASCII become \DDD: a name is
// shown as DNS writes it, and nothing that reads from right to left or is invisible gets through.
std::string escape_html(std::string_view text);

// A whole page: one card with `content` (HTML, already escaped). No script, nothing from outside, never stored; the style
// is let in by a nonce that no other response has.
Response html_page(unsigned status, std::string_view title, std::string_view content);

}  // namespace schoolgate::web

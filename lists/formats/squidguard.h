// The files of a category folder (UT1, Shallalist, squidGuard), joined into one text (category_folder.h): a mark stands in
// front of each but the first.
//
//     domains       names, each with what is below it
//     urls          a whole host is a rule for exactly that name; what has a path DNS cannot enforce, and it is not widened
//     expressions   regular expressions over whole addresses of pages: a pattern when it says nothing of a path or a query
//
// Thread-safe.
#pragma once

#include <string_view>

#include "lists/formats/format.h"

namespace schoolgate::lists {

// A line of its own: the mark, and the name of the file that follows. No format has such a line, not as a comment either.
constexpr std::string_view kFileMark = "[file] ";

bool has_file_marks(std::string_view text);
bool claims_squidguard_line(std::string_view line);
void parse_squidguard(std::string_view text, RuleSink& sink);

}  // namespace schoolgate::lists

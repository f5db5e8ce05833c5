#include "lists/formats/wildcard.h"

#include "lists/formats/domains.h"
#include "lists/formats/format.h"

namespace schoolgate::lists {
bool claims_wildcard_line(std::string_view line) {
  std::string_view rest = line;
  return take_word(rest).starts_with("*.") && (rest.empty() || begins_comment(rest));
}

void parse_wildcard(std::string_view text, RuleSink& sink) {
  read_rule_lines(text, sink,
                  [](const Line& line, RuleSink& told) { read_domain_line(line, told, filter::Reach::kBoth); });
}

}  // namespace schoolgate::lists

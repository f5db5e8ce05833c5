#include "lists/formats/wildcard.h"

#include "lists/formats/format.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

void read_line(const Line& line, RuleSink& sink) {
  std::string_view rest = line.text;
  std::string_view word = take_word(rest);
  if (!rest.empty() && !begins_comment(rest)) return sink.reject(line, "more than one word: one name a line");
  if (is_local_name(word)) return sink.skip(line);
  if (word.starts_with("*.")) {
    word.remove_prefix(2);
  } else if (word.starts_with('.')) {
    word.remove_prefix(1);
  }
  const auto name = parse_rule_name(word);
  if (!name) return sink.reject(line, name.error().message());
  if (name->label_count() == 1) return sink.reject(line, "covers a whole top-level domain");
  sink.take(line, filter::Reach::kBoth, filter::Exception::kNo, *name);
}

}  // namespace

bool claims_wildcard_line(std::string_view line) {
  std::string_view rest = line;
  return take_word(rest).starts_with("*.") && (rest.empty() || begins_comment(rest));
}

void parse_wildcard(std::string_view text, RuleSink& sink) { read_rule_lines(text, sink, read_line); }

}  // namespace schoolgate::lists

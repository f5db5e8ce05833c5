#include "lists/formats/regex.h"

#include <algorithm>

#include "lists/formats/format.h"

namespace schoolgate::lists {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool stands_in_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool is_plain_name(std::string_view text) {
  return text.find('.') != std::string_view::npos && std::ranges::all_of(text, stands_in_a_name);
}

}  // namespace

std::string_view why_matches_no_name(std::string_view expression) {
  if (std::ranges::any_of(expression, is_blank))
    return "has a blank, and no name has: one expression a line, no comment after it";
  if (std::ranges::any_of(expression, is_control)) return "has a control character";
  if (!std::ranges::all_of(expression, is_ascii)) return "not ASCII: write it as xn--…";
  return {};
}

namespace {

// Why the line is no regular expression that a name could match; empty when it may be one. Most of these would be taken
// without a word, and never match: patterns see names as ASCII, and a blank as "\032".
std::string_view why_not(std::string_view text) {
  if (text.starts_with('<')) return "begins with '<', as a web page does: is it the right file?";
  if (text.starts_with("@@")) return "begins with '@@': this format has no exceptions";
  if (text.starts_with('/')) return "begins with '/': write the expression without slashes around it";
  if (text.find(';') != std::string_view::npos) {
    return "has a ';', which begins an option of Pi-hole (querytype, reply, invert): no option can be honoured";
  }
  if (const std::string_view why = why_matches_no_name(text); !why.empty()) return why;
  if (is_plain_name(text))
    return "a plain name, whose dots would match anything: use format = \"domains\", or write '\\.'";
  return {};
}

void read_line(const Line& line, RuleSink& sink) {
  const std::string_view reason = why_not(line.text);
  if (!reason.empty()) return sink.reject(line, reason);
  sink.take_pattern(line, filter::Exception::kNo, line.text);
}

}  // namespace

bool claims_regex_line(std::string_view) { return false; }

void parse_regex(std::string_view text, RuleSink& sink) { read_rule_lines(text, sink, read_line); }

}  // namespace schoolgate::lists

#include "lists/formats/adblock_glob.h"

#include <algorithm>

#include "dns/idn.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

using filter::Reach;
using Kind = AdblockGlob::Kind;

// Of two characters without a mark, there is one such pair in most names.
constexpr std::size_t kLeastAnywhere = 3;

constexpr std::string_view kAnyLabel = "(^|\\.)";  // before it, a label begins

enum class Begin { kAnywhere, kLabel, kName };

struct Marks {
  Begin begin = Begin::kAnywhere;
  bool ends = false;      // at the end of the name
  std::string_view body;  // between them; no '*' at a side
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' || c == '.';
}

bool cut_front(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

bool cut_stars(std::string_view& text) {
  const std::size_t first = text.find_first_not_of('*');
  const bool had = first != 0;
  text.remove_prefix(std::min(first, text.size()));
  return had;
}

Marks take_marks(std::string_view glob) {
  Marks marks;
  if (cut_front(glob, "||")) {
    marks.begin = Begin::kLabel;
  } else if (cut_front(glob, "|") || cut_front(glob, "://") || cut_front(glob, "*://")) {
    marks.begin = Begin::kName;
  }
  if (cut_stars(glob)) marks.begin = Begin::kAnywhere;
  const bool bar = glob.ends_with('|');
  if (bar) glob.remove_suffix(1);
  const std::string_view tail = glob.substr(glob.find_last_not_of("*^") + 1);
  glob.remove_suffix(tail.size());
  // After the end of the name nothing follows, so that "^*" is "^", and "^|" too; before it anything may, as without a mark.
  marks.ends = tail.find('^') == std::string_view::npos ? bar && tail.empty() : tail.front() == '^';
  marks.body = glob;
  return marks;
}

// Whether each label that is beyond ASCII is whole: the xn-- form of its beginning is not the beginning of its xn-- form.
bool has_whole_labels(const Marks& marks) {
  const std::string_view body = marks.body;
  if (body.find('*') != std::string_view::npos) return false;
  const std::string_view first = body.substr(0, body.find('.'));
  const std::string_view last = body.substr(body.rfind('.') + 1);  // all of it without a dot
  return (marks.begin != Begin::kAnywhere || dns::is_ascii(first)) && (marks.ends || dns::is_ascii(last));
}

AdblockGlob rejected(std::string reason) { return {Kind::kRejected, {}, Reach::kExact, std::move(reason)}; }

// "203.0.113.", but not "163.", as a name may begin.
bool is_part_of_address(std::string_view body) {
  const bool has_octets = std::ranges::all_of(body, [](char c) { return is_digit(c) || c == '.' || c == '*'; });
  const std::size_t dot = body.find('.', body.find_first_of("0123456789"));
  return has_octets && dot != std::string_view::npos && dot + 1 < body.size();
}

std::string why_no_body(const Marks& marks) {
  const std::string_view body = marks.body;
  if (body.empty()) return "covers every name there is";
  const auto odd = std::ranges::find_if_not(body, [](char c) { return is_name_octet(c) || c == '*'; });
  if (odd != body.end()) {
    if (*odd == '^' || *odd == '|') return "has a '^' or '|' in the middle, and no name goes on after one";
    if (const auto name = parse_rule_name(body); !name && body.find('*') == std::string_view::npos) {
      return name.error().message();
    }
    return why_no_name_goes_on(body.substr(static_cast<std::size_t>(odd - body.begin())));
  }
  if (is_part_of_address(body)) return "an address, or a part of one: that is a firewall's work";
  if (body.find("..") != std::string_view::npos || (marks.begin != Begin::kAnywhere && body.front() == '.')) {
    return "has an empty label, and no name has";
  }
  if (marks.ends && body.ends_with('.')) return "has a dot before the end, and no name ends in one";
  if (marks.begin == Begin::kAnywhere && !marks.ends && body.size() < kLeastAnywhere) {
    return "shorter than three characters, and stands in too many names";
  }
  return {};
}

void append_escaped(std::string_view body, std::string& to) {
  for (const char c : body) {
    if (c == '.') to += '\\';
    if (c == '*') to += '.';
    to += c;
  }
}

std::string expression_of(const Marks& marks) {
  std::string expression;
  if (marks.begin == Begin::kLabel) expression = kAnyLabel;
  if (marks.begin == Begin::kName) expression = "^";
  append_escaped(marks.body, expression);
  if (marks.ends) expression += '$';
  return expression;
}

// True for ".example.org^" and what has a mark at both sides, unless a '*' stands inside.
bool says_a_name(const Marks& marks) {
  return marks.ends && marks.body.find('*') == std::string_view::npos &&
         (marks.begin != Begin::kAnywhere || marks.body.front() == '.');
}

AdblockGlob read_name(const Marks& marks) {
  std::string_view word = marks.body;
  const bool is_under = marks.begin == Begin::kAnywhere;
  if (is_under) word.remove_prefix(1);
  const auto name = parse_rule_name(word);
  if (!name) return rejected(name.error().message());
  const Reach reach = is_under ? Reach::kSubdomains : (marks.begin == Begin::kLabel ? Reach::kBoth : Reach::kExact);
  if (reach == Reach::kExact && name->label_count() == 1) return rejected("a single label: no name on the internet");
  return {Kind::kName, *name, reach, {}};
}

}  // namespace

AdblockGlob read_adblock_glob(std::string_view glob) {
  Marks marks = take_marks(glob);
  std::string a_labels;  // that the body may be part of
  if (!dns::is_ascii(marks.body) && has_whole_labels(marks)) {
    const bool is_under = marks.body.starts_with('.');
    const auto converted = dns::to_a_labels(marks.body.substr(is_under ? 1 : 0));
    if (!converted) return rejected(converted.error().message());
    a_labels = (is_under ? "." : "") + *converted;
    marks.body = a_labels;
  }
  if (std::string why = why_no_body(marks); !why.empty()) return rejected(std::move(why));
  if (says_a_name(marks)) return read_name(marks);
  return {Kind::kPattern, {}, Reach::kExact, expression_of(marks)};
}

std::string expression_of(const dns::Name& name, Reach reach) {
  std::string expression = reach == Reach::kExact ? "^" : "\\.";
  if (reach == Reach::kBoth) expression = kAnyLabel;
  append_escaped(name.to_text(), expression);
  return expression + "$";
}

std::string except_names(std::string_view expression, std::span<const dns::Name> names) {
  std::string text = "^(?!(.*\\.)?(";
  for (const dns::Name& name : names) {
    if (text.back() != '(') text += '|';
    append_escaped(name.to_text(), text);
  }
  text += ")$)";
  // Hyperscan knows '^' at the beginning alone.
  if (cut_front(expression, kAnyLabel)) {
    text += "(.*\\.)?";
  } else if (!cut_front(expression, "^")) {
    text += ".*";
  }
  return text.append(expression);
}

}  // namespace schoolgate::lists

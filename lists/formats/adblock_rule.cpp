#include "lists/formats/adblock_rule.h"

#include <algorithm>

#include "lists/formats/adblock_glob.h"
#include "lists/formats/hosts.h"
#include "lists/formats/lines.h"
#include "lists/formats/regex.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using Kind = AdblockRule::Kind;

constexpr std::size_t kNone = std::string_view::npos;

void reject(AdblockRule& rule, std::string_view reason) {
  rule.kind = Kind::kRejected;
  rule.text = reason;
}

// "[Adblock Plus 2.0]", "[AdGuard]", "[uBlock Origin]".
bool is_header(std::string_view line) {
  return line.ends_with(']') && (line.starts_with("[Ad") || line.starts_with("[uBlock"));
}

// "example.org##.banner", "#@#", "#?#", "#$#", "#%#", "#@$?#": between the two '#' stand signs alone.
bool hides_elements(std::string_view line) {
  for (std::size_t at = line.find('#'); at != kNone; at = line.find('#', at + 1)) {
    const std::size_t end = line.find_first_not_of("@?$%", at + 1);
    if (end != kNone && line[end] == '#') return true;
  }
  return line.find("$$") != kNone || line.find("$@$") != kNone;
}

// Where the expression of "/expression/$modifiers" ends: at its last '/', for one may stand inside it too. 0 when the line
// is none.
std::size_t end_of_expression(std::string_view line) {
  if (!line.starts_with('/')) return 0;
  if (line.size() > 2 && line.ends_with('/')) return line.size() - 1;
  const std::size_t end = line.rfind("/$");
  return end == kNone ? 0 : end;
}

// "^https?://…", "^(https?|wss?):\/\/…": a name has no scheme, so that it would match none.
bool begins_with_scheme(std::string_view expression) {
  if (!expression.starts_with('^')) return false;
  expression.remove_prefix(1);
  if (expression.starts_with('(')) {
    const std::size_t end = expression.find_first_not_of("abcdefghijklmnopqrstuvwxyz?|", 1);
    if (end == kNone || expression[end] != ')') return false;
    expression.remove_prefix(end + 1);
  } else {
    expression.remove_prefix(std::min(expression.size(), expression.find_first_not_of("abcdefghijklmnopqrstuvwxyz?")));
  }
  return expression.starts_with("://") || expression.starts_with(":\\/\\/");
}

// Digits and dots to its end: no name ends in a number, but an address does, and AdGuard Home holds such expressions
// against the addresses of an answer.
bool is_about_addresses(std::string_view expression) {
  if (!expression.starts_with('^') || !expression.ends_with('$')) return false;
  if (expression.find("\\.") == kNone || expression.find("[^") != kNone) return false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\') {
      ++i;
      if (i == expression.size() || (expression[i] != '.' && expression[i] != 'd')) return false;
    } else if (std::string_view("0123456789^$()[]{}?|,-+*").find(expression[i]) == kNone) {
      return false;
    }
  }
  return true;
}

void read_expression(std::string_view expression, AdblockRule& rule) {
  if (begins_with_scheme(expression)) return reject(rule, "not enforceable by DNS: an expression over URLs");
  if (is_about_addresses(expression)) {
    return reject(rule, "an expression over addresses, not names: that is a firewall's work");
  }
  if (const std::string_view why = why_matches_no_name(expression); !why.empty()) return reject(rule, why);
  rule.kind = Kind::kPattern;
  rule.text = expression;
}

bool is_plain_word(std::string_view word) {
  return word.find('.') != kNone && !word.starts_with('.') && !word.ends_with('.') &&
         word.find_first_of("*^|/:$@") == kNone;
}

void read_glob(std::string_view glob, AdblockRule& rule) {
  AdblockGlob read = read_adblock_glob(glob);
  rule.text = std::move(read.text);
  rule.name = read.name;
  rule.reach = read.reach;
  rule.kind = read.kind == AdblockGlob::Kind::kName      ? Kind::kName
              : read.kind == AdblockGlob::Kind::kPattern ? Kind::kPattern
                                                         : Kind::kRejected;
}

// AdGuard's domains-only syntax: with "@@" or modifiers it is a pattern without marks.
void read_plain_word(std::string_view word, AdblockRule& rule) {
  const auto name = parse_rule_name(word);
  if (!name) return reject(rule, name.error().message());
  rule.kind = Kind::kName;
  rule.name = *name;
}

void read_pattern(AdblockRule& rule) {
  const std::string_view pattern = rule.pattern;
  const std::size_t end = end_of_expression(pattern);
  if (end > 0 && end + 1 == pattern.size()) {
    read_expression(pattern.substr(1, pattern.size() - 2), rule);
  } else if (rule.exception == Exception::kNo && rule.modifiers.text.empty() && is_plain_word(pattern)) {
    read_plain_word(pattern, rule);
  } else {
    read_glob(pattern, rule);
  }
}

// Cuts the modifiers from the end of the rule's pattern.
void take_modifiers(AdblockRule& rule) {
  const std::size_t end = end_of_expression(rule.pattern);
  const std::size_t dollar = rule.pattern.find('$', end);
  if (dollar == kNone || (end > 0 && dollar != end + 1)) return;
  parse_adblock_modifiers(rule.pattern.substr(dollar + 1), rule.modifiers);
  rule.pattern = rule.pattern.substr(0, dollar);
}

}  // namespace

bool parse_plain_adblock_rule(std::string_view line, dns::Name& name) {
  if (!line.starts_with("||") || !line.ends_with('^') || line.size() < 4 || line[line.size() - 2] == '.') return false;
  const auto parsed = parse_rule_name(line.substr(2, line.size() - 3));
  if (!parsed || parsed->label_count() == 1) return false;
  name = *parsed;
  return true;
}

AdblockRule parse_adblock_rule(std::string_view line) {
  AdblockRule rule;
  rule.pattern = line;
  if (is_header(line)) return rule;
  if (claims_hosts_line(line)) {
    rule.kind = Kind::kHosts;
    return rule;
  }
  const bool is_expression = end_of_expression(line) > 0 || line.starts_with("@@/");
  if (!is_expression && hides_elements(line)) {
    reject(rule, "hides parts of a page: a browser's work, DNS sees names only");
    return rule;
  }
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  if (begins_comment(rest)) rule.pattern = word;
  if (is_local_name(rule.pattern)) return rule;
  if (rule.pattern.starts_with("@@")) {
    rule.exception = Exception::kYes;
    rule.pattern.remove_prefix(2);
  }
  take_modifiers(rule);
  if (!rule.modifiers.why_not.empty()) {
    reject(rule, rule.modifiers.why_not);
  } else if (rule.pattern.empty()) {
    reject(rule, "covers every name there is");
  } else {
    read_pattern(rule);
  }
  return rule;
}

bool looks_like_adblock(std::string_view line) {
  if (line.starts_with("||") || line.starts_with("@@") || is_header(line)) return true;
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  if (!rest.empty() || word.size() < 3) return false;
  return word.ends_with('^') || (word.starts_with('/') && word.ends_with('/')) ||
         (word.starts_with('|') && word.ends_with('|'));
}

}  // namespace schoolgate::lists

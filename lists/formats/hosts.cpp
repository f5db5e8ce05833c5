#include "lists/formats/hosts.h"

#include "base/ip_address.h"
#include "lists/formats/format.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

bool is_address(std::string_view word) {
  return base::IpAddress::parse(word.substr(0, word.find('%'))).has_value();  // "fe80::1%lo0" has a zone
}

// In hosts(5) a '#' ends the line wherever it stands.
std::string_view without_comment(std::string_view text) { return trimmed(text.substr(0, text.find('#'))); }

// True when the word was a rule or was rejected as one, false for the system's own names.
bool read_name(const Line& line, std::string_view word, RuleSink& sink) {
  if (is_local_name(word)) return false;
  const auto name = parse_rule_name(word);
  if (!name) {
    sink.reject(line, name.error().message());
  } else if (name->label_count() == 1) {
    sink.reject(line, "a single label: no name on the internet");
  } else {
    sink.take(line, filter::Reach::kExact, filter::Exception::kNo, *name);
  }
  return true;
}

}  // namespace

void read_hosts_line(const Line& line, RuleSink& sink) {
  std::string_view rest = without_comment(line.text);
  if (!is_address(take_word(rest)))
    return sink.reject(line, "does not begin with an address, as a line of a hosts file does");
  if (rest.empty()) return sink.reject(line, "an address without a name");
  bool has_rule = false;
  while (!rest.empty()) has_rule = read_name(line, take_word(rest), sink) || has_rule;
  if (!has_rule) sink.skip(line);
}

bool claims_hosts_line(std::string_view line) {
  std::string_view rest = without_comment(line);
  return is_address(take_word(rest)) && !rest.empty();
}

void parse_hosts(std::string_view text, RuleSink& sink) { read_rule_lines(text, sink, read_hosts_line); }

}  // namespace schoolgate::lists

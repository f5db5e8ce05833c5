#include "lists/formats/dnsmasq.h"

#include <optional>

#include "lists/formats/format.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using filter::Reach;

enum class Option { kAddress, kServer };

// Cuts "address=", "server=" or "local=" and the blanks around from the front; "local" is another word for "server".
std::optional<Option> take_option(std::string_view& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = trimmed(text.substr(0, equals));
  const bool is_address = name == "address";
  if (!is_address && name != "server" && name != "local") return std::nullopt;
  text = trimmed(text.substr(equals + 1));
  return is_address ? Option::kAddress : Option::kServer;
}

// As dnsmasq has it: a '#' begins a comment after a blank only, and "/#" is a target.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) return trimmed(text.substr(0, at));
  }
  return text;
}

// What the text after the last '/' makes of the names before it.
struct Meaning {
  Exception exception = Exception::kNo;
  std::string_view problem;  // why it is no rule; empty when it is one
};

Meaning meaning_of(Option option, std::string_view target) {
  const bool is_address = option == Option::kAddress;
  if (target == "#") return {is_address ? Exception::kNo : Exception::kYes, {}};
  // Lists write server=/x/127.0.0.1 for "ask nobody". With a port after it, it is a resolver on this machine.
  if (target.empty() || is_nowhere(target)) return {};
  return {Exception::kNo,
          is_address ? "has an answer of its own: that is no blocking" : "forwards to a server: that is no blocking"};
}

// True when the name was a rule or was rejected as one, false for the system's own names.
bool read_name(const Line& line, std::string_view name_text, Exception exception, RuleSink& sink) {
  if (is_local_name(name_text)) return false;
  Reach reach = Reach::kBoth;
  std::string_view problem;
  if (name_text.empty()) problem = "an empty name, which to dnsmasq is all names without a dot";
  if (name_text == "#") problem = "covers every name there is";
  if (name_text.starts_with("*.")) {
    reach = Reach::kSubdomains;
    name_text.remove_prefix(2);
  } else if (name_text.starts_with('.')) {
    name_text.remove_prefix(1);
  }
  if (!problem.empty()) {
    sink.reject(line, problem);
  } else if (const auto name = parse_rule_name(name_text); !name) {
    sink.reject(line, name.error().message());
  } else if (name->label_count() == 1) {
    sink.reject(line, "covers a whole top-level domain");
  } else {
    sink.take(line, reach, exception, *name);
  }
  return true;
}

void read_line(const Line& line, RuleSink& sink) {
  std::string_view names = without_comment(line.text);
  const auto option = take_option(names);
  if (!option) return sink.reject(line, "no address=, server= or local= of dnsmasq, and so no rule about a name");
  if (!names.starts_with('/')) return sink.reject(line, "has no '/' before a name, and so is no rule about one");
  const std::size_t last = names.rfind('/');
  if (last == 0) return sink.reject(line, "has no '/' after the name");
  const Meaning meaning = meaning_of(*option, trimmed(names.substr(last + 1)));
  if (!meaning.problem.empty()) return sink.reject(line, meaning.problem);
  names = names.substr(1, last - 1);
  bool has_rule = false;
  for (bool is_last = false; !is_last;) {
    const std::size_t slash = names.find('/');
    is_last = slash == std::string_view::npos;
    has_rule = read_name(line, trimmed(names.substr(0, slash)), meaning.exception, sink) || has_rule;
    if (!is_last) names.remove_prefix(slash + 1);
  }
  if (!has_rule) sink.skip(line);
}

}  // namespace

bool claims_dnsmasq_line(std::string_view line) { return take_option(line) && line.starts_with('/'); }

void parse_dnsmasq(std::string_view text, RuleSink& sink) { read_rule_lines(text, sink, read_line); }

}  // namespace schoolgate::lists

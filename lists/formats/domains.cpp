#include "lists/formats/domains.h"

#include "base/ip_address.h"
#include "lists/formats/format.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

using filter::Reach;

// Cuts "*." or "." from the front of the word.
Reach take_reach(std::string_view& word, Reach of_wildcard) {
  const bool is_wildcard = word.starts_with("*.");
  if (is_wildcard) {
    word.remove_prefix(2);
  } else if (word.starts_with('.')) {
    word.remove_prefix(1);
  }
  return is_wildcard ? of_wildcard : Reach::kBoth;
}

std::string_view why_more_words(std::string_view first_word) {
  return base::IpAddress::parse(first_word) ? "a line of a hosts file: the list needs format = \"hosts\""
                                            : "more than one word: one name a line";
}

}  // namespace

void read_domain_line(const Line& line, RuleSink& sink, Reach of_wildcard) {
  std::string_view rest = line.text;
  std::string_view word = take_word(rest);
  if (!rest.empty() && !begins_comment(rest)) return sink.reject(line, why_more_words(word));
  if (is_local_name(word)) return sink.skip(line);
  const Reach reach = take_reach(word, of_wildcard);
  const auto name = parse_rule_name(word);
  if (!name) return sink.reject(line, name.error().message());
  // A whole top-level domain is almost always a slip of the pen, and a costly one.
  if (name->label_count() == 1) return sink.reject(line, "covers a whole top-level domain");
  sink.take(line, reach, filter::Exception::kNo, *name);
}

bool claims_domain_line(std::string_view line) {
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  return (rest.empty() || begins_comment(rest)) && word.find('.') != std::string_view::npos &&
         word.find_first_of("|^@=") == std::string_view::npos &&  // an ad blocker's; an option of dnsmasq
         !base::IpAddress::parse(word);
}

void parse_domains(std::string_view text, RuleSink& sink) {
  read_rule_lines(text, sink,
                  [](const Line& line, RuleSink& told) { read_domain_line(line, told, Reach::kSubdomains); });
}

}  // namespace schoolgate::lists

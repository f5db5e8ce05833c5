#include "lists/formats/squidguard.h"

#include <string>

#include "lists/formats/domains.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

void read_url(const Line& line, RuleSink& sink) {
  std::string_view host = line.text;
  if (host.ends_with('/')) host.remove_suffix(1);
  const auto name = parse_rule_name(host);
  if (!name) return sink.reject(line, name.error().message());
  sink.take(line, filter::Reach::kExact, filter::Exception::kNo, *name);
}

void read_expression(const Line& line, RuleSink& sink) {
  if (line.text.find_first_of("/?=&:%# \t") != std::string_view::npos) {
    return sink.reject(line, "not enforceable by DNS: goes by more of a page's address than the name");
  }
  sink.take_pattern(line, filter::Exception::kNo, line.text);
}

using Read = void (*)(const Line& line, RuleSink& sink);

void read_name(const Line& line, RuleSink& sink) { read_domain_line(line, sink, filter::Reach::kSubdomains); }

Read reader_of(std::string_view file) {
  if (file == "urls") return read_url;
  if (file == "expressions") return read_expression;
  return read_name;
}

}  // namespace

bool has_file_marks(std::string_view text) {
  return text.starts_with(kFileMark) || text.find("\n" + std::string(kFileMark)) != std::string_view::npos;
}

bool claims_squidguard_line(std::string_view) { return false; }

void parse_squidguard(std::string_view text, RuleSink& sink) {
  Read read = read_name;
  read_rule_lines(text, sink, [&read](const Line& line, RuleSink& told) {
    if (!line.text.starts_with(kFileMark)) return read(line, told);
    read = reader_of(line.text.substr(kFileMark.size()));
    told.skip(line);
  });
}

}  // namespace schoolgate::lists

// Format: how one kind of list is recognised and read. To add one, write a file beside this and a line in the table of
// format.cpp.
//
// Parsers take the whole file, arbitrary bytes included, and tell the sink of every line what became of it: rules taken,
// rejected with a reason, or skipped. They never throw, never stop early, and allocate nothing for a name taken.
// Thread-safe, as far as the sink is.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "dns/name.h"
#include "filter/image_builder.h"
#include "lists/formats/lines.h"

namespace schoolgate::lists {

class RuleSink {
 public:
  virtual ~RuleSink() = default;
  virtual void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) = 0;
  // A regular expression over names, as filter::ImageBuilder::add_pattern has it.
  virtual void take_pattern(const Line& line, filter::Exception exception, std::string_view expression) = 0;
  // A rule, no exception, that says itself how it is answered (response policy zones). Who makes no difference takes those that
  // withhold an answer as rules like others, and rejects the rest: see own_answer.h.
  virtual void take_answer(const Line& line, filter::Reach reach, const dns::Name& name,
                           const filter::RuleAnswer& answer);
  // A rule that goes by an address instead of a name; rejected by who has no use for it.
  virtual void take_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                            const filter::RuleAnswer& answer);
  // A rule that cannot be one, and why. The reason is stored, so it never quotes the line: its list may be opaque.
  virtual void reject(const Line& line, std::string_view reason) = 0;
  virtual void skip(const Line& line) = 0;  // blank, comment, a hosts file's own names
};

struct Format {
  std::string_view name;                  // in the policy file: format = "hosts"
  bool (*claims)(std::string_view line);  // would a list of this format have such a line?
  void (*parse)(std::string_view text, RuleSink& sink);
  // For "auto": chosen when it claims that many of a hundred lines, before any other, and else not at all. 0: as any other.
  int only_from_percent = 0;
};

std::span<const Format> formats();
// nullptr when there is none of that name.
const Format* find_format(std::string_view name);
// For "auto": the format whose marks the text has, or else the one that claims most of the first lines; on a tie the first of
// the table.
const Format& detect_format(std::string_view text);
// "auto, domains, hosts, …", for messages.
std::string format_names();

// For parsers: skips blanks and comments, rejects what no format can read, hands the rest to `read`, line by line.
using ReadLine = std::function<void(const Line& line, RuleSink& sink)>;
void read_rule_lines(std::string_view text, RuleSink& sink, const ReadLine& read);

}  // namespace schoolgate::lists

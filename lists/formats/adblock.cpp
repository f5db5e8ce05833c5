#include "lists/formats/adblock.h"

#include "lists/formats/adblock_glob.h"
#include "lists/formats/adblock_precedence.h"
#include "lists/formats/adblock_rule.h"
#include "lists/formats/format.h"
#include "lists/formats/hosts.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using filter::Reach;
using Kind = AdblockRule::Kind;

// A whole top-level domain is a pattern: the filter holds that against popular names.
void take_name(const Line& line, Exception exception, Span span, const dns::Name& name, RuleSink& sink) {
  if (span == kNothing) return sink.skip(line);
  if (name.label_count() > 1 || span == kSelf) return sink.take(line, reach_of(span), exception, name);
  sink.take_pattern(line, exception, expression_of(name, reach_of(span)));
}

// Names of a hosts file's line, as far as no important exception covers them.
class HostsSink final : public RuleSink {
 public:
  HostsSink(const AdblockPrecedence& precedence, RuleSink& sink) : precedence_(precedence), sink_(sink) {}
  void take(const Line& line, Reach reach, Exception exception, const dns::Name& name) override {
    take_name(line, exception, precedence_.span_that_counts(name, reach, exception, false), name, sink_);
  }
  void take_pattern(const Line& line, Exception exception, std::string_view expression) override {
    sink_.take_pattern(line, exception, expression);
  }
  void reject(const Line& line, std::string_view reason) override { sink_.reject(line, reason); }
  void skip(const Line& line) override { sink_.skip(line); }

 private:
  const AdblockPrecedence& precedence_;
  RuleSink& sink_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) { precedence_.survey(text); }

  void read(const Line& line, RuleSink& sink) const {
    if (dns::Name name; precedence_.is_empty() && parse_plain_adblock_rule(line.text, name)) {
      return sink.take(line, Reach::kBoth, Exception::kNo, name);
    }
    const AdblockRule rule = parse_adblock_rule(line.text);
    if (rule.modifiers.badfilter) return tell_badfilter(line, rule, sink);
    if (precedence_.is_taken_back(rule)) return sink.skip(line);
    tell(line, rule, sink);
  }

 private:
  void tell_badfilter(const Line& line, const AdblockRule& rule, RuleSink& sink) const {
    if (precedence_.takes_back(rule)) return sink.skip(line);
    sink.reject(line, "$badfilter: takes back a rule that this list does not have, and a list speaks for itself only");
  }

  void tell(const Line& line, const AdblockRule& rule, RuleSink& sink) const {
    if (rule.kind == Kind::kNone) return sink.skip(line);
    if (rule.kind == Kind::kRejected) return sink.reject(line, rule.text);
    if (rule.kind == Kind::kHosts) {
      HostsSink hosts(precedence_, sink);
      return read_hosts_line(line, hosts);
    }
    if (const auto why = precedence_.why_not_important(rule); !why.empty()) return sink.reject(line, why);
    if (!rule.modifiers.denyallow.empty()) return tell_denyallow(line, rule, sink);
    if (rule.kind == Kind::kPattern) return sink.take_pattern(line, rule.exception, rule.text);
    take_name(line, rule.exception, span_of(rule), rule.name, sink);
  }

  Span span_of(const AdblockRule& rule) const {
    return precedence_.span_that_counts(rule.name, rule.reach, rule.exception, rule.modifiers.important);
  }

  void tell_denyallow(const Line& line, const AdblockRule& rule, RuleSink& sink) const {
    const Denyallow denyallow = parse_denyallow(rule);
    const std::string_view why_not =
        denyallow.why_not.empty() ? precedence_.why_not_denyallow(rule) : denyallow.why_not;
    if (!why_not.empty()) return sink.reject(line, why_not);
    const std::vector<dns::Name>& names = denyallow.names;
    if (!names.empty() && precedence_.excepts_by_expression(rule)) {
      const bool is_pattern = rule.kind == Kind::kPattern;
      const std::string expression = is_pattern ? rule.text : expression_of(rule.name, rule.reach);
      return sink.take_pattern(line, Exception::kNo, except_names(expression, names));
    }
    const Span span = span_of(rule);
    take_name(line, Exception::kNo, span, rule.name, sink);
    if (span == kNothing) return;
    for (const dns::Name& name : names) {
      const Span except = precedence_.span_to_except(name);
      if (except != kNothing) take_name(line, Exception::kYes, except, name, sink);
    }
  }

  AdblockPrecedence precedence_;
};

}  // namespace

bool claims_adblock_line(std::string_view line) { return looks_like_adblock(line); }

void parse_adblock(std::string_view text, RuleSink& sink) {
  const Reader reader(text);
  read_rule_lines(text, sink, [&reader](const Line& line, RuleSink& to) { reader.read(line, to); });
}

}  // namespace schoolgate::lists

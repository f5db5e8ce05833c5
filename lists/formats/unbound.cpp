#include "lists/formats/unbound.h"

#include <algorithm>
#include <array>

#include "lists/formats/format.h"
#include "lists/formats/rule_name.h"
#include "lists/formats/words.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using filter::Reach;

// What a type of local zone makes of the zone's names.
enum class Meaning { kBlocks, kBlocksWithoutData, kLifts, kDependsOnData, kSaysNothing };

struct ZoneType {
  std::string_view name;
  Meaning meaning;
};

// Those that lists have come first.
constexpr std::array kZoneTypes = {
    ZoneType{"always_null", Meaning::kBlocks},
    ZoneType{"always_nxdomain", Meaning::kBlocks},
    ZoneType{"redirect", Meaning::kBlocksWithoutData},
    ZoneType{"static", Meaning::kBlocksWithoutData},
    ZoneType{"refuse", Meaning::kBlocksWithoutData},
    ZoneType{"deny", Meaning::kBlocksWithoutData},
    ZoneType{"always_refuse", Meaning::kBlocks},
    ZoneType{"always_nodata", Meaning::kBlocks},
    ZoneType{"always_deny", Meaning::kBlocks},
    ZoneType{"inform_deny", Meaning::kBlocksWithoutData},
    ZoneType{"inform_redirect", Meaning::kBlocksWithoutData},
    ZoneType{"block_a", Meaning::kBlocks},
    // Resolved as usual whatever local data there is: what an exception is.
    ZoneType{"always_transparent", Meaning::kLifts},
    // These answer from local data first, and resolve what has none. As exceptions they would lift the local-data rules of
    // the same names, with which lists combine them.
    ZoneType{"transparent", Meaning::kDependsOnData},
    ZoneType{"typetransparent", Meaning::kDependsOnData},
    ZoneType{"inform", Meaning::kDependsOnData},
    // Turns off one of the zones that Unbound has of itself, such as localhost.
    ZoneType{"nodefault", Meaning::kSaysNothing},
    ZoneType{"noview", Meaning::kSaysNothing},
    ZoneType{"ipset", Meaning::kSaysNothing},
};

constexpr std::array<std::string_view, 13> kClauses = {
    "server:", "remote-control:", "forward-zone:", "stub-zone:", "auth-zone:", "view:",  "python:",
    "dynlib:", "dnscrypt:",       "cachedb:",      "ipset:",     "rpz:",       "dnstap:"};

// Holds a zone back until what follows it is known: when that is local data with an answer of its own, as of a search engine
// that is redirected to its safe form, the zone blocks nothing.
class ZoneSink final : public RuleSink {
 public:
  explicit ZoneSink(RuleSink& sink) : sink_(sink) {}

  void take(const Line& line, Reach reach, Exception exception, const dns::Name& name) override {
    release();
    sink_.take(line, reach, exception, name);
  }
  void take_pattern(const Line& line, Exception exception, std::string_view expression) override {
    release();
    sink_.take_pattern(line, exception, expression);
  }
  void reject(const Line& line, std::string_view reason) override {
    release();
    sink_.reject(line, reason);
  }
  void skip(const Line& line) override {
    release();
    sink_.skip(line);
  }

  void hold(const Line& line, const dns::Name& zone) {
    release();
    line_ = line;
    zone_ = zone;
    is_holding_ = true;
  }
  void release() {
    if (!is_holding_) return;
    is_holding_ = false;
    sink_.take(line_, Reach::kBoth, Exception::kNo, zone_);
  }
  void reject_answer(const Line& line, std::string_view of_name) {
    const auto name = is_holding_ ? parse_rule_name(of_name) : dns::Name();
    if (is_holding_ && name && name->lowered().is_at_or_below(zone_.lowered())) {
      is_holding_ = false;
      sink_.reject(line_, "a local-zone with an answer of its own after it: that is no blocking");
    }
    reject(line, "a local-data with an answer of its own: that is no blocking");
  }

 private:
  RuleSink& sink_;
  bool is_holding_ = false;
  Line line_;
  dns::Name zone_;
};

// One argument, cut off from `rest`: a word, or what stands between quotes. A quote that is not closed ends with the line.
// Empty at the line's end, and at a comment.
std::string_view take_argument(std::string_view& rest) {
  if (rest.starts_with('#')) rest = {};
  if (!rest.starts_with('"') && !rest.starts_with('\'')) return take_word(rest);
  const std::size_t end = rest.find(rest.front(), 1);
  const std::string_view argument = rest.substr(1, end == std::string_view::npos ? end : end - 1);
  rest = end == std::string_view::npos ? std::string_view() : trimmed(rest.substr(end + 1));
  return trimmed(argument);
}

struct Rule {
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  bool may_have_data = false;
};

// True when the word was a rule or was rejected as one, false for the system's own names.
bool take_name(const Line& line, std::string_view word, const Rule& rule, ZoneSink& sink) {
  if (is_local_name(word.ends_with('.') ? word.substr(0, word.size() - 1) : word)) return false;
  const auto name = parse_rule_name(word);
  if (!name) {
    sink.reject(line, name.error().message());
  } else if (name->label_count() == 1) {
    sink.reject(line, rule.reach == Reach::kExact ? "a single label: no name on the internet"
                                                  : "covers a whole top-level domain");
  } else if (rule.may_have_data) {
    sink.hold(line, *name);
  } else {
    sink.take(line, rule.reach, rule.exception, *name);
  }
  return true;
}

bool read_zone(const Line& line, std::string_view& rest, ZoneSink& sink) {
  const std::string_view zone = take_argument(rest);
  const std::string_view type = take_argument(rest);
  const auto known = std::ranges::find(kZoneTypes, type, &ZoneType::name);
  if (known == kZoneTypes.end()) {
    sink.reject(line,
                type.empty() ? "a local-zone without a type" : "a local-zone of a type that is none of Unbound's");
    return true;
  }
  switch (known->meaning) {
    case Meaning::kDependsOnData:
      sink.reject(line, "a local-zone that resolves what has no local-data: neither a rule nor an exception");
      return true;
    case Meaning::kSaysNothing:
      sink.reject(line, "a local-zone of a type that blocks nothing");
      return true;
    case Meaning::kLifts:
      return take_name(line, zone, {Reach::kBoth, Exception::kYes}, sink);
    case Meaning::kBlocksWithoutData:
      return take_name(line, zone, {Reach::kBoth, Exception::kNo, true}, sink);
    case Meaning::kBlocks:
      return take_name(line, zone, {Reach::kBoth, Exception::kNo}, sink);
  }
  return true;
}

bool is_number(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// "NAME [TTL] [IN] TYPE DATA" (RFC 1035 §5.1): does it answer with no address at all?
bool answers_nothing(std::string_view record) {
  std::string_view word = take_word(record);
  if (is_number(word)) word = take_word(record);
  if (equals_in_any_case(word, "in")) word = take_word(record);
  if (is_number(word)) word = take_word(record);
  return (equals_in_any_case(word, "a") || equals_in_any_case(word, "aaaa")) && is_nowhere(record);
}

// Without quotes a record is no argument to Unbound, but what is meant is plain.
std::string_view take_record(std::string_view& rest) {
  if (rest.starts_with('"') || rest.starts_with('\'')) return take_argument(rest);
  const std::size_t comment = rest.find(" #");
  const std::string_view record = trimmed(rest.substr(0, comment));
  rest = {};
  return record;
}

bool read_local_data(const Line& line, std::string_view& rest, ZoneSink& sink) {
  std::string_view record = take_record(rest);
  const std::string_view name = take_word(record);
  if (record.empty()) {
    sink.reject(line, "a local-data without a record");
  } else if (!answers_nothing(record)) {
    sink.reject_answer(line, name);
  } else {
    return take_name(line, name, {Reach::kExact, Exception::kNo}, sink);
  }
  return true;
}

void read_line(const Line& line, RuleSink& told) {
  auto& sink = static_cast<ZoneSink&>(told);  // parse_unbound() made it
  std::string_view rest = line.text;
  bool has_rule = false;
  while (!rest.empty() && !rest.starts_with('#')) {
    const std::size_t colon = rest.find(':');
    const std::string_view option = rest.substr(0, colon == std::string_view::npos ? colon : colon + 1);
    rest = colon == std::string_view::npos ? std::string_view() : trimmed(rest.substr(colon + 1));
    if (option == "local-zone:") {
      has_rule = read_zone(line, rest, sink) || has_rule;
    } else if (option == "local-data:") {
      has_rule = read_local_data(line, rest, sink) || has_rule;
    } else if (std::ranges::find(kClauses, option) == kClauses.end()) {
      return sink.reject(line, "no local-zone or local-data of Unbound, and so no rule about a name");
    }
  }
  if (!has_rule) sink.skip(line);
}

}  // namespace

bool claims_unbound_line(std::string_view line) {
  return line.starts_with("local-zone:") || line.starts_with("local-data:") || line.starts_with("server:");
}

void parse_unbound(std::string_view text, RuleSink& sink) {
  ZoneSink zones(sink);
  read_rule_lines(text, zones, read_line);
  zones.release();
}

}  // namespace schoolgate::lists

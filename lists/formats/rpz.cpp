#include "lists/formats/rpz.h"

#include <algorithm>
#include <array>

#include "lists/formats/rule_name.h"
#include "lists/formats/words.h"
#include "lists/formats/zone_records.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using filter::Reach;

struct Trigger {
  std::string_view label;
  std::string_view why_not;
};
constexpr std::array kOtherTriggers = {
    Trigger{"rpz-client-ip", "not enforceable here: goes by the address of who asks"},
    Trigger{"rpz-ip", "not enforceable here: goes by the address in the answer"},
    Trigger{"rpz-nsdname", "not enforceable here: goes by the name of a name server"},
    Trigger{"rpz-nsip", "not enforceable here: goes by the address of a name server"},
};

// What belongs to the zone, not to its policy.
constexpr std::array<std::string_view, 9> kOfTheZone = {"SOA", "NS",    "DNSKEY",     "RRSIG", "NSEC",
                                                        "DS",  "NSEC3", "NSEC3PARAM", "ZONEMD"};

constexpr std::string_view kOwnAnswer = "not enforceable here: gives an answer of its own instead of a block";

std::string_view why_no_trigger(std::string_view owner) {
  const std::string_view last = owner.substr(owner.rfind('.') + 1);
  const auto other = std::ranges::find_if(
      kOtherTriggers, [last](const Trigger& trigger) { return equals_in_any_case(last, trigger.label); });
  return other == kOtherTriggers.end() ? "" : other->why_not;
}

class RpzRecords final : public ZoneRecordSink {
 public:
  explicit RpzRecords(RuleSink& sink) : sink_(sink) {}

  void take(const ZoneRecord& record) override {
    if (record.owner.empty() || is_of_the_zone(record.type)) return sink_.skip(record.line);
    if (const auto why = why_no_trigger(record.owner); !why.empty()) return sink_.reject(record.line, why);
    if (equals_in_any_case(record.type, "CNAME")) return take_alias(record);
    const bool is_address = equals_in_any_case(record.type, "A") || equals_in_any_case(record.type, "AAAA");
    if (is_address && is_nowhere(record.target)) return take_rule(record, Exception::kNo);
    sink_.reject(record.line, kOwnAnswer);
  }
  void skip(const Line& line) override { sink_.skip(line); }
  void reject(const Line& line, std::string_view reason) override { sink_.reject(line, reason); }

 private:
  static bool is_of_the_zone(std::string_view type) {
    return std::ranges::any_of(kOfTheZone, [type](std::string_view one) { return equals_in_any_case(type, one); });
  }

  void take_alias(const ZoneRecord& record) {
    const std::string_view target = record.target;
    if (target == "." || target == "*." || equals_in_any_case(target, "rpz-drop.")) {
      return take_rule(record, Exception::kNo);
    }
    if (equals_in_any_case(target, "rpz-passthru.") || is_own_name(record)) return take_rule(record, Exception::kYes);
    if (equals_in_any_case(target, "rpz-tcp-only.")) {
      return sink_.reject(record.line, "not enforceable here: makes clients ask over TCP");
    }
    sink_.reject(record.line, kOwnAnswer);
  }

  // How passing was written before there was rpz-passthru.
  static bool is_own_name(const ZoneRecord& record) {
    return record.target.ends_with('.') &&
           equals_in_any_case(record.target.substr(0, record.target.size() - 1), record.owner);
  }

  void take_rule(const ZoneRecord& record, Exception exception) {
    std::string_view owner = record.owner;
    const bool is_below = owner.starts_with("*.");
    if (is_below) owner.remove_prefix(2);
    if (owner == "*") return sink_.reject(record.line, "covers every name there is");
    const auto name = parse_rule_name(owner);
    if (!name) return sink_.reject(record.line, name.error().message());
    sink_.take(record.line, is_below ? Reach::kSubdomains : Reach::kExact, exception, *name);
  }

  RuleSink& sink_;
};

}  // namespace

bool claims_rpz_line(std::string_view line) {
  if (line.starts_with('$')) return true;
  // Owner, perhaps a TTL and a class, type.
  for (int words = 0; words < 4; ++words) {
    const std::string_view word = take_word(line);
    if (equals_in_any_case(word, "CNAME") || equals_in_any_case(word, "SOA")) return true;
  }
  return false;
}

void parse_rpz(std::string_view text, RuleSink& sink) {
  RpzRecords records(sink);
  read_zone(text, records);
}

}  // namespace schoolgate::lists

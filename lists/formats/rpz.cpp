#include "lists/formats/rpz.h"

#include <algorithm>
#include <array>
#include <optional>

#include "lists/formats/record_data.h"
#include "lists/formats/rpz_address.h"
#include "lists/formats/rule_name.h"
#include "lists/formats/words.h"
#include "lists/formats/zone_records.h"

namespace schoolgate::lists {
namespace {

using filter::Action;
using filter::Exception;
using filter::Reach;
using filter::RuleAnswer;
using filter::Trigger;

// What belongs to the zone, not to its policy.
constexpr std::array<std::string_view, 9> kOfTheZone = {"SOA", "NS",    "DNSKEY",     "RRSIG", "NSEC",
                                                        "DS",  "NSEC3", "NSEC3PARAM", "ZONEMD"};

// The last label of an owner that goes by something else than the asked name.
struct OtherTrigger {
  std::string_view label;
  std::optional<Trigger> by_address;
  std::string_view why_not;
};
constexpr std::array kOtherTriggers = {
    OtherTrigger{"rpz-client-ip", Trigger::kClientIp, ""},
    OtherTrigger{"rpz-ip", Trigger::kResponseIp, ""},
    OtherTrigger{"rpz-nsdname", std::nullopt, "not enforceable here: goes by the name of a name server"},
    OtherTrigger{"rpz-nsip", std::nullopt, "not enforceable here: goes by the address of a name server"},
};

const OtherTrigger* find_other_trigger(std::string_view owner) {
  const std::string_view last = owner.substr(owner.rfind('.') + 1);
  const auto found = std::ranges::find_if(
      kOtherTriggers, [last](const OtherTrigger& one) { return equals_in_any_case(last, one.label); });
  return found == kOtherTriggers.end() ? nullptr : &*found;
}

// The actions that are written as an alias for a name that nobody has.
struct WrittenAction {
  std::string_view target;
  Action action;
};
constexpr std::array kWrittenActions = {
    WrittenAction{".", Action::kNxDomain},
    WrittenAction{"*.", Action::kNoData},
    WrittenAction{"rpz-drop.", Action::kDrop},
    WrittenAction{"rpz-tcp-only.", Action::kTcpOnly},
};

std::optional<Action> written_action(std::string_view target) {
  const auto found = std::ranges::find_if(
      kWrittenActions, [target](const WrittenAction& one) { return equals_in_any_case(target, one.target); });
  return found == kWrittenActions.end() ? std::nullopt : std::optional(found->action);
}

// "rpz-something.", which another version of this format may have a meaning for.
bool is_reserved(std::string_view target) {
  return equals_in_any_case(target.substr(0, 4), "rpz-") && target.find('.') == target.size() - 1;
}

// Not what stands for other names (DNAME), proves something (DNSSEC), or is of a message and not of a zone (OPT, TSIG, ANY).
bool may_be_answered(dns::Type type) {
  constexpr std::array kNever = {dns::Type::kSoa,    dns::Type::kNs,   dns::Type::kDname,
                                 dns::Type::kOpt,    dns::Type::kDs,   dns::Type::kRrsig,
                                 dns::Type::kDnskey, dns::Type::kNsec, dns::Type::kNsec3};
  constexpr auto kFirstOfMessages = 128, kLastOfMessages = 255;  // RFC 6895 §3.1
  const auto number = static_cast<int>(type);
  return std::ranges::find(kNever, type) == kNever.end() && (number < kFirstOfMessages || number > kLastOfMessages);
}

class RpzRecords final : public ZoneRecordSink {
 public:
  explicit RpzRecords(RuleSink& sink) : sink_(sink) {}

  void take(const ZoneRecord& record) override {
    if (record.owner.empty() || is_of_the_zone(record.type)) return sink_.skip(record.line);
    const OtherTrigger* other = find_other_trigger(record.owner);
    if (other != nullptr && !other->by_address) return sink_.reject(record.line, other->why_not);
    const std::optional<Trigger> trigger = other == nullptr ? std::nullopt : other->by_address;
    const bool is_alias = equals_in_any_case(record.type, "CNAME");
    if (is_alias && (equals_in_any_case(record.target, "rpz-passthru.") || is_own_name(record))) {
      return take_rule(record, trigger, Exception::kYes, {});
    }
    const auto action = is_alias ? written_action(record.target) : std::nullopt;
    if (action) return take_rule(record, trigger, Exception::kNo, {*action, {}, {}});
    if (is_alias && is_reserved(record.target)) return sink_.reject(record.line, "an action that is not known here");
    const auto read = parse_record_data(record.type, record.data, record.origin, data_);
    if (!read) return sink_.reject(record.line, read.error().message());
    if (!may_be_answered(data_.type)) return sink_.reject(record.line, "no record that a name may be answered with");
    take_rule(record, trigger, Exception::kNo, {Action::kLocalData, data_.type, data_.rdata});
  }
  void skip(const Line& line) override { sink_.skip(line); }
  void reject(const Line& line, std::string_view reason) override { sink_.reject(line, reason); }

 private:
  static bool is_of_the_zone(std::string_view type) {
    return std::ranges::any_of(kOfTheZone, [type](std::string_view one) { return equals_in_any_case(type, one); });
  }

  // How passing was written before there was rpz-passthru.
  static bool is_own_name(const ZoneRecord& record) {
    return record.target.ends_with('.') &&
           equals_in_any_case(record.target.substr(0, record.target.size() - 1), record.owner);
  }

  void take_rule(const ZoneRecord& record, std::optional<Trigger> trigger, Exception exception,
                 const RuleAnswer& answer) {
    trigger ? take_address(record, *trigger, exception, answer) : take_name(record, exception, answer);
  }

  void take_address(const ZoneRecord& record, Trigger trigger, Exception exception, const RuleAnswer& answer) {
    const auto network = parse_rpz_network(record.owner.substr(0, record.owner.rfind('.')));
    if (!network) return sink_.reject(record.line, network.error().message());
    sink_.take_address(record.line, {trigger, *network}, exception, answer);
  }

  void take_name(const ZoneRecord& record, Exception exception, const RuleAnswer& answer) {
    std::string_view owner = record.owner;
    const bool is_below = owner.starts_with("*.");
    if (is_below) owner.remove_prefix(2);
    if (owner == "*") return sink_.reject(record.line, "covers every name there is");
    const auto name = parse_rule_name(owner);
    if (!name) return sink_.reject(record.line, name.error().message());
    const Reach reach = is_below ? Reach::kSubdomains : Reach::kExact;
    if (exception == Exception::kYes) return sink_.take(record.line, reach, exception, *name);
    sink_.take_answer(record.line, reach, *name, answer);
  }

  RuleSink& sink_;
  RecordData data_;  // kept for its memory
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

#include "lists/formats/own_answer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ip_address.h"
#include "dns/wire.h"

namespace schoolgate::lists {
namespace {

using filter::Action;
using filter::RuleAnswer;

constexpr std::string_view kOwnAnswer =
    "gives an answer of its own: that takes action = \"given\" of the list, or \"block\"";
constexpr std::string_view kTcpOnly =
    "makes clients ask over TCP: that takes action = \"given\" of the list, or \"block\"";

constexpr std::string_view kByClient = "goes by who asks, for whatever name: that takes an action of the list";

struct Written {
  std::string_view text;
  ListAction action;
  Action for_all;
};
constexpr std::array kWritten = {
    Written{"", ListAction::kUnset, Action::kBlock},
    Written{"given", ListAction::kGiven, Action::kBlock},
    Written{"block", ListAction::kBlock, Action::kBlock},
    Written{"nodata", ListAction::kNoData, Action::kNoData},
    Written{"nxdomain", ListAction::kNxDomain, Action::kNxDomain},
    Written{"drop", ListAction::kDrop, Action::kDrop},
    Written{"tcp-only", ListAction::kTcpOnly, Action::kTcpOnly},
};

std::optional<base::IpAddress> address_in(const RuleAnswer& answer) {
  if (answer.type == dns::Type::kA && answer.rdata.size() == 4) {
    return base::IpAddress::v4(dns::load_u32(answer.rdata.data()));
  }
  if (answer.type != dns::Type::kAaaa || answer.rdata.size() != 16) return std::nullopt;
  std::array<std::uint8_t, 16> bytes;
  std::ranges::copy(answer.rdata, bytes.begin());
  return base::IpAddress::v6(bytes);
}

bool is_nowhere(const base::IpAddress& address) {
  return address.is_loopback() || address == base::IpAddress() || address == base::IpAddress::v4(0);
}

std::string_view why_no_block(const RuleAnswer& answer) {
  return answer.action == Action::kTcpOnly ? kTcpOnly : kOwnAnswer;
}

std::string local_data_text(const RuleAnswer& answer) {
  if (const auto address = address_in(answer)) {
    return fmt::format("{} {}", answer.type == dns::Type::kA ? "A" : "AAAA", address->to_text());
  }
  if (answer.type == dns::Type::kCname) {
    if (const auto target = dns::Name::from_wire(answer.rdata)) return "CNAME " + target->to_text();
  }
  std::string text = fmt::format("TYPE{} \\# {} ", static_cast<unsigned>(answer.type), answer.rdata.size());
  for (const std::uint8_t octet : answer.rdata) text += fmt::format("{:02x}", octet);
  return text;
}

}  // namespace

std::optional<ListAction> parse_list_action(std::string_view text) {
  const auto found = std::ranges::find(kWritten, text, &Written::text);
  return found == kWritten.end() ? std::nullopt : std::optional(found->action);
}

Action action_for_all(ListAction action) { return std::ranges::find(kWritten, action, &Written::action)->for_all; }

bool withholds(const RuleAnswer& answer) {
  if (answer.action == Action::kTcpOnly) return false;
  if (answer.action != Action::kLocalData) return true;
  const auto address = address_in(answer);
  return address && is_nowhere(*address);
}

std::string to_text(const RuleAnswer& answer) {
  switch (answer.action) {
    case Action::kBlock:
      return "block";
    case Action::kNoData:
      return "nodata";
    case Action::kNxDomain:
      return "nxdomain";
    case Action::kDrop:
      return "drop";
    case Action::kTcpOnly:
      return "tcp-only";
    case Action::kLocalData:
      break;
  }
  return local_data_text(answer);
}

void RuleSink::take_answer(const Line& line, filter::Reach reach, const dns::Name& name, const RuleAnswer& answer) {
  if (!withholds(answer)) return reject(line, why_no_block(answer));
  take(line, reach, filter::Exception::kNo, name);
}

void RuleSink::take_address(const Line& line, const filter::AddressTrigger&, filter::Exception, const RuleAnswer&) {
  reject(line, "goes by an address, not by a name");
}

void ActionSink::take_answer(const Line& line, filter::Reach reach, const dns::Name& name, const RuleAnswer& answer) {
  if (action_ == ListAction::kUnset) return RuleSink::take_answer(line, reach, name, answer);
  if (action_ == ListAction::kGiven) return take_given(line, reach, name, answer);
  take(line, reach, filter::Exception::kNo, name);
}

void ActionSink::take_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                              const RuleAnswer& answer) {
  const bool is_exception = exception == filter::Exception::kYes;
  if (action_ == ListAction::kGiven || is_exception) return take_by_address(line, trigger, exception, answer);
  if (action_ == ListAction::kUnset && trigger.trigger == filter::Trigger::kClientIp) return reject(line, kByClient);
  if (action_ == ListAction::kUnset && !withholds(answer)) return reject(line, why_no_block(answer));
  take_by_address(line, trigger, exception, {});
}

}  // namespace schoolgate::lists

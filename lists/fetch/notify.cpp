#include "lists/fetch/notify.h"

#include <algorithm>
#include <array>

#include "dns/reply.h"
#include "lists/fetch/tsig_request.h"

namespace schoolgate::lists {
namespace {

using dns::Rcode;
using Zones = std::vector<const NotifiedZone*>;

// Those of which the sender may say that they have changed.
Zones find_zones(std::span<const NotifiedZone> zones, const dns::Query& notify, const base::IpAddress& sender) {
  Zones found;
  if (notify.qtype != dns::Type::kSoa || notify.qclass != dns::Class::kIn) return found;
  for (const NotifiedZone& zone : zones) {
    const bool is_primary = std::ranges::find(zone.primaries, sender) != zone.primaries.end();
    if (is_primary && zone.zone == notify.lower_qname) found.push_back(&zone);
  }
  return found;
}

std::vector<std::string> lists_of(const Zones& zones) {
  std::vector<std::string> lists;
  for (const NotifiedZone* zone : zones) lists.push_back(zone->list);
  return lists;
}

std::string_view in_words(TsigError error) {
  switch (error) {
    case TsigError::kNone:
      return "";
    case TsigError::kBadSig:
      return "it is signed with another secret than that of the list's 'tsig'";
    case TsigError::kBadKey:
      return "it is signed with another TSIG key than the list's, which may have none";
    case TsigError::kBadTime:
      return "the primary's clock and ours are too far apart for TSIG";
  }
  return "";
}

NotifyAnswer answer(const dns::Query& notify, Rcode rcode, std::string_view why) {
  std::array<std::uint8_t, dns::kLeastReplyRoom> room;
  const std::size_t size = dns::write_notify_answer(notify, rcode, room);
  return {{room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size)}, rcode, why, {}};
}

NotifyAnswer answer_unsigned(const Zones& zones, const dns::Query& notify) {
  Zones taken;
  std::ranges::copy_if(zones, std::back_inserter(taken), [](const NotifiedZone* zone) { return !zone->is_signed; });
  if (taken.empty()) return answer(notify, Rcode::kNotAuth, "it is not signed, and the list has a 'tsig'");
  NotifyAnswer good = answer(notify, Rcode::kNoError, "");
  good.lists = lists_of(taken);
  return good;
}

// Lists may have keys of the same name and other secrets: one that fits is enough, or else the last one's error is told.
NotifyAnswer answer_signed(const Zones& zones, const dns::Query& notify, const TsigRequest& request,
                           std::uint64_t now_seconds) {
  Zones taken;
  const TsigKey* key = nullptr;
  TsigError error = TsigError::kBadKey;
  for (const NotifiedZone* zone : zones) {
    if (!zone->key) continue;
    const TsigError of_zone = request.check(*zone->key, now_seconds);
    if (of_zone == TsigError::kNone) taken.push_back(zone);
    if (of_zone == TsigError::kBadKey || error == TsigError::kNone) continue;
    error = of_zone;
    key = &*zone->key;
  }
  NotifyAnswer signed_answer =
      answer(notify, error == TsigError::kNone ? Rcode::kNoError : Rcode::kNotAuth, in_words(error));
  signed_answer.lists = lists_of(taken);
  request.sign_answer(signed_answer.octets, error, key, now_seconds);
  return signed_answer;
}

}  // namespace

NotifyAnswer answer_notify(std::span<const NotifiedZone> zones, const dns::Query& notify,
                           std::span<const std::uint8_t> message, const base::IpAddress& sender,
                           std::uint64_t now_seconds) {
  const Zones found = find_zones(zones, notify, sender);
  if (found.empty()) return answer(notify, Rcode::kRefused, "no list of the policy is this zone from this primary");
  const auto request = TsigRequest::read(message);
  if (!request) return answer(notify, Rcode::kFormErr, "its TSIG record is ill-formed");
  return *request ? answer_signed(found, notify, **request, now_seconds) : answer_unsigned(found, notify);
}

}  // namespace schoolgate::lists

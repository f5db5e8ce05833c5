#include "resolver/daemon/notified_zones.h"

#include "dns/zone_source.h"

namespace schoolgate::daemon {
namespace {

std::optional<lists::TsigKey> key_of(const std::optional<policy::TsigSetting>& setting) {
  if (!setting) return std::nullopt;
  auto key = lists::read_tsig_key(setting->name, setting->algorithm, setting->secret_file);
  return key ? std::optional(std::move(*key)) : std::nullopt;
}

std::vector<base::IpAddress> addresses_of(const std::string& host, const NotifiedZones& before,
                                          const lists::LookUpHost& look_up) {
  if (const auto literal = base::IpAddress::parse(host)) return {*literal};
  if (auto found = look_up(host)) return std::move(*found);
  const auto known = before.hosts.find(host);
  return known == before.hosts.end() ? std::vector<base::IpAddress>() : known->second;
}

}  // namespace

bool is_notified(const policy::ListSetting& list) { return dns::is_zone_source(list.source); }

NotifiedZones read_notified_zones(const std::vector<policy::ListSetting>& lists, const NotifiedZones& before,
                                  const lists::LookUpHost& look_up) {
  NotifiedZones now;
  for (const policy::ListSetting& list : lists) {
    if (!is_notified(list)) continue;
    const auto source = dns::parse_zone_source(list.source);
    if (!source) continue;
    if (!now.hosts.contains(source->host)) now.hosts[source->host] = addresses_of(source->host, before, look_up);
    now.zones.push_back({list.id, source->zone, now.hosts[source->host], list.tsig.has_value(), key_of(list.tsig)});
  }
  return now;
}

}  // namespace schoolgate::daemon

// NotifiedZones: what the policy says of zones on primaries, made ready to answer a NOTIFY with (lists/fetch/notify.h): addresses
// for names, secrets for files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "lists/fetch/http_fetch.h"
#include "lists/fetch/notify.h"
#include "policy/policy_file.h"

namespace schoolgate::daemon {

struct NotifiedZones {
  std::vector<lists::NotifiedZone> zones;
  std::map<std::string, std::vector<base::IpAddress>> hosts;  // what the primaries' names stand for
};

bool is_notified(const policy::ListSetting& list);  // it comes from a primary

// Blocks: looks up the primaries that have a name, and reads the secrets. A name that cannot be looked up now keeps the addresses
// that it had in `before`. What is wrong otherwise is told where the zone is transferred, and such a zone takes no NOTIFY.
NotifiedZones read_notified_zones(const std::vector<policy::ListSetting>& lists, const NotifiedZones& before,
                                  const lists::LookUpHost& look_up);

}  // namespace schoolgate::daemon

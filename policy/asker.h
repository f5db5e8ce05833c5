// Asker: whom a check is for. Found as the query path would find a device, or by the ids of the policy file.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "policy/policy.h"

namespace schoolgate::policy {

// The group that decides, and the device's id when one was asked for.
struct Asker {
  GroupNumber group = 0;
  std::string device;
};

// `device` is an id, an address or a MAC; `mac` was seen behind the address that it is. At most one of device and group;
// neither: the default group. kInvalid for both, kNotFound with the nearest id there is.
base::Result<Asker> find_asker(const Policy& policy, const std::optional<std::string>& device,
                               const std::optional<std::string>& group, const std::optional<base::MacAddress>& mac);

}  // namespace schoolgate::policy

#include "policy/asker.h"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"
#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<Asker> find_group(const Policy& policy, const std::string& id) {
  if (const auto group = policy.find_group(id)) return Asker{*group, {}};
  std::vector<std::string> known;
  for (const GroupSetting& group : policy.settings().groups) known.push_back(group.id);
  return Error(ErrorCode::kNotFound, fmt::format("no group {}{}", in_quotes(id), base::did_you_mean(id, known)));
}

Asker sighted(const Policy& policy, const Recognition& recognition, const Sighting& sighting) {
  std::array<char, 128> id{};
  const std::size_t size = policy.write_device_id(recognition, sighting, "", id.data(), id.size());
  return {recognition.group, std::string(id.data(), size)};
}

// A MAC alone says nothing of the address, so that no address or subnet must match it.
Asker find_mac(const Policy& policy, const base::MacAddress& mac) {
  for (const DeviceSetting& device : policy.settings().devices) {
    if (device.mac == mac) return {policy.find_device(device.id)->group, device.id};
  }
  return sighted(policy, {policy.default_group(), std::nullopt}, {base::IpAddress(), mac});
}

Result<Asker> find_device(const Policy& policy, const std::string& written,
                          const std::optional<base::MacAddress>& seen) {
  if (const auto device = policy.find_device(written)) return Asker{device->group, written};
  // As history shows who has no entry.
  for (const std::string_view kind : {"ip:", "mac:"}) {
    if (written.starts_with(kind)) return find_device(policy, written.substr(kind.size()), seen);
  }
  if (const auto mac = base::MacAddress::parse(written)) return find_mac(policy, *mac);
  if (const auto address = base::IpAddress::parse(written)) {
    const Sighting sighting{*address, seen};
    return sighted(policy, policy.recognise(sighting), sighting);
  }
  std::vector<std::string> known;
  for (const DeviceSetting& device : policy.settings().devices) known.push_back(device.id);
  return Error(ErrorCode::kNotFound, fmt::format("no device {}{}; give its id, its address or its MAC",
                                                 in_quotes(written), base::did_you_mean(written, known)));
}

}  // namespace

Result<Asker> find_asker(const Policy& policy, const std::optional<std::string>& device,
                         const std::optional<std::string>& group, const std::optional<base::MacAddress>& mac) {
  if (device && group) {
    return Error(ErrorCode::kInvalid, "give a device or a group, not both: a device is in one group");
  }
  if (device) return find_device(policy, *device, mac);
  if (group) return find_group(policy, *group);
  return Asker{policy.default_group(), {}};
}

}  // namespace schoolgate::policy

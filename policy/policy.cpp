#include "policy/policy.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "policy/decision.h"
#include "policy/recognition.h"

namespace schoolgate::policy {

std::string_view to_text(Step step) {
  switch (step) {
    case Step::kLockedCategory:
      return "locked-category";
    case Step::kLockedRule:
      return "locked-rule";
    case Step::kSecurityCategory:
      return "security-category";
    case Step::kGrant:
      return "grant";
    case Step::kNameRule:
      return "name-rule";
    case Step::kCategory:
      return "category";
    case Step::kOtherwise:
      return "otherwise";
  }
  return "";
}

struct Policy::Impl {
  PolicySettings settings;
  Rulebook book;
  DeviceIndex devices;
  std::vector<GroupNumber> device_groups;  // by the index of the device's setting
  GroupNumber default_group = 0;
};

Policy::Policy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Policy::~Policy() = default;

std::shared_ptr<const Policy> Policy::compile(PolicySettings settings, const filter::TagTable& tags) {
  Rulebook book = build_rulebook(settings.groups, tags);
  DeviceIndex devices(settings.devices);
  std::shared_ptr<Policy> policy(
      new Policy(std::make_unique<Impl>(Impl{std::move(settings), std::move(book), std::move(devices), {}, 0})));
  Impl& impl = *policy->impl_;
  const auto number_of = [&](const std::string& id) {
    const auto group = policy->find_group(id);
    assert(group);
    return group.value_or(0);
  };
  impl.default_group = number_of(impl.settings.default_group);
  for (const DeviceSetting& device : impl.settings.devices) impl.device_groups.push_back(number_of(device.group));
  return policy;
}

Recognition Policy::recognise(const Sighting& sighting) const noexcept {
  const auto device = impl_->devices.find(sighting);
  return {device ? impl_->device_groups[*device] : impl_->default_group, device};
}

std::size_t Policy::write_device_id(const Recognition& recognition, const Sighting& sighting, std::string_view site,
                                    char* out, std::size_t size) const noexcept {
  if (!recognition.device) return write_unnamed_id(sighting, site, out, size);
  const std::string& id = impl_->settings.devices[*recognition.device].id;
  const std::size_t length = std::min(id.size(), size);
  std::memcpy(out, id.data(), length);
  return length;
}

Verdict Policy::decide(GroupNumber group, const dns::Name& lower_name, const filter::TagSet& tags) const noexcept {
  return policy::decide(impl_->book, group, lower_name, tags);
}

Verdict Policy::decide_target(GroupNumber group, const Verdict& asked, const dns::Name& lower_target,
                              const filter::TagSet& tags) const noexcept {
  return policy::decide_target(impl_->book, group, asked, lower_target, tags);
}

std::vector<ChainStep> Policy::explain(GroupNumber group, const dns::Name& lower_name,
                                       const filter::TagSet& tags) const {
  return policy::explain(impl_->book, group, lower_name, tags);
}

std::optional<GroupNumber> Policy::find_group(std::string_view id) const {
  const auto& groups = impl_->settings.groups;
  const auto found = std::ranges::find(groups, id, &GroupSetting::id);
  if (found == groups.end()) return std::nullopt;
  return static_cast<GroupNumber>(found - groups.begin());
}

std::optional<Recognition> Policy::find_device(std::string_view id) const {
  const auto& devices = impl_->settings.devices;
  const auto found = std::ranges::find(devices, id, &DeviceSetting::id);
  if (found == devices.end()) return std::nullopt;
  const auto device = static_cast<std::uint32_t>(found - devices.begin());
  return Recognition{impl_->device_groups[device], device};
}

const GroupSetting& Policy::group(GroupNumber number) const { return impl_->settings.groups[number]; }
std::size_t Policy::group_count() const { return impl_->settings.groups.size(); }
const NameRule& Policy::rule(std::uint32_t number) const { return impl_->book.names.rule(number); }
const filter::TagSet& Policy::blocked(GroupNumber group) const noexcept {
  return impl_->book.group_rules[group].blocked;
}
Otherwise Policy::otherwise(GroupNumber group) const noexcept { return impl_->book.group_rules[group].otherwise; }
const PolicySettings& Policy::settings() const { return impl_->settings; }
GroupNumber Policy::default_group() const { return impl_->default_group; }

}  // namespace schoolgate::policy

#include "policy/check.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/nearest.h"
#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using filter::RuleHit;

// Whom the question is for: the group that decides, and the device's id when one was asked for.
struct Asker {
  GroupNumber group = 0;
  std::string device;
};

Result<dns::Name> read_name(const std::string& typed) {
  const std::string bare = bare_name(typed);
  if (!std::ranges::all_of(bare, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    return Error(ErrorCode::kInvalid, in_quotes(typed) + " has letters beyond ASCII; write it as xn--…");
  }
  if (base::IpAddress::parse(bare)) {
    return Error(ErrorCode::kInvalid, in_quotes(typed) + " is an address, and should be a domain name");
  }
  if (std::ranges::any_of(bare, [](char c) { return c <= ' ' || c == 0x7f; })) {
    return Error(ErrorCode::kInvalid, in_quotes(typed) + " is not a domain name: there is a blank in it");
  }
  return dns::Name::parse(bare);
}

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

Result<Asker> find_asker(const Policy& policy, const CheckRequest& request) {
  if (request.device && request.group) {
    return Error(ErrorCode::kInvalid, "give a device or a group, not both: a device is in one group");
  }
  if (request.device) return find_device(policy, *request.device, request.mac);
  if (request.group) return find_group(policy, *request.group);
  return Asker{policy.default_group(), {}};
}

const RuleHit* first_hit(const std::vector<RuleHit>& hits, filter::TagNumber tag) {
  const auto found = std::ranges::find_if(hits, [tag](const RuleHit& hit) { return hit.in_force && hit.tag == tag; });
  return found == hits.end() ? nullptr : &*found;
}

CheckStep to_check_step(const ChainStep& step, const Policy& policy, const std::vector<RuleHit>& hits) {
  CheckStep shown;
  shown.step = to_text(step.step);
  shown.rule = step.rule;
  shown.outcome = step.outcome;
  if (step.verdict && step.verdict->rule) {
    shown.line = policy.rule(*step.verdict->rule).setting.place.line;
  } else if (const RuleHit* hit = step.tag ? first_hit(hits, *step.tag) : nullptr) {
    shown.list = hit->list;
    shown.line = hit->line;
    shown.text = hit->text;
  }
  return shown;
}

// dns/reply.h writes what is said here.
std::string answer_in_words(bool is_blocked, dns::Type type) {
  if (const auto refusal = dns::refusal_of(type)) return dns::to_text(*refusal) + ": this type is for nobody";
  if (type == dns::Type::kAny) return is_blocked ? "no data" : "a hint to ask for one type (RFC 8482)";
  if (!is_blocked) return "what the upstream says";
  if (type == dns::Type::kA) return "the block page's address";
  return type == dns::Type::kAaaa ? "the block page's IPv6 address, or no data when it has none" : "no data";
}

// "category gambling, list starter-gambling, line 12"; "allow bbc.co.uk in group staff, policy.toml:31:16".
std::string decided_by(const ChainStep& decisive, const CheckStep& shown, const Policy& policy) {
  if (decisive.verdict->rule) {
    return fmt::format("{}, {}", shown.rule, policy.rule(*decisive.verdict->rule).setting.place.to_text());
  }
  if (!shown.list.empty()) return fmt::format("{}, list {}, line {}", shown.rule, shown.list, *shown.line);
  return shown.rule;
}

}  // namespace

Result<CheckReport> check(const Policy& policy, const filter::Image& image, const CheckRequest& request) {
  const auto name = read_name(request.name);
  if (!name) return name.error();
  const auto asker = find_asker(policy, request);
  if (!asker) return asker.error();
  auto scratch = image.make_scratch();
  if (!scratch) return scratch.error();
  auto hits = image.explain(*name);
  if (!hits) return hits.error();

  const filter::TagSet tags = image.classify(*name, *scratch);
  CheckReport report;
  report.name = name->to_text();
  report.group = policy.group(asker->group).id;
  report.device = asker->device;
  report.tags = image.tags().ids(tags);
  report.hits = std::move(*hits);
  for (const ChainStep& step : policy.explain(asker->group, *name, tags)) {
    report.chain.push_back(to_check_step(step, policy, report.hits));
    if (!step.decided) continue;
    report.verdict = step.verdict->blocks() ? "blocked" : "allowed";
    report.decided_by = decided_by(step, report.chain.back(), policy);
    if (const filter::Tag* tag = step.tag ? image.tags().find(*step.tag) : nullptr) report.category = tag->id;
  }
  report.answer = answer_in_words(report.verdict == "blocked", request.type);
  return report;
}

}  // namespace schoolgate::policy

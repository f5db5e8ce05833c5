#include "web/json.h"

#include <nlohmann/json.hpp>

#include "base/timestamp.h"
#include "dns/types.h"

namespace schoolgate::web {
namespace {

std::string_view to_text(history::Transport transport) { return transport == history::Transport::kTcp ? "tcp" : "udp"; }
std::string_view to_text(policy::Otherwise otherwise) {
  return otherwise == policy::Otherwise::kBlock ? "block" : "allow";
}

Json timestamp_or_null(std::int64_t time_us) { return time_us == 0 ? Json() : Json(base::to_timestamp(time_us)); }

Json to_json(const policy::CheckStep& step) {
  Json json = {{"step", step.step}, {"rule", step.rule},       {"list", step.list},
               {"line", nullptr},   {"outcome", step.outcome}, {"text", step.text}};
  if (step.line) json["line"] = *step.line;
  return json;
}

Json to_json(const filter::RuleHit& hit) {
  Json json = {{"list", hit.list},
               {"line", nullptr},
               {"text", hit.text},
               {"version", hit.version},
               {"in_force", hit.in_force},
               {"exception", hit.exception == filter::Exception::kYes},
               {"lifted_locally", hit.lifted_locally},
               {"opaque", hit.opaque}};
  if (hit.line != 0 && !hit.opaque) json["line"] = hit.line;
  return json;
}

Json to_json(const lists::LocalRule& rule) {
  return {{"name", lists::written_name(rule)}, {"effect", rule.effect == filter::Effect::kLift ? "lift" : "give"},
          {"category", rule.category},         {"reason", rule.reason},
          {"added_by", rule.added_by},         {"added", base::to_timestamp(rule.added_us)}};
}

Json to_json(const std::vector<lists::LocalRule>& rules) {
  Json json = Json::array();
  for (const auto& rule : rules) json.push_back(to_json(rule));
  return json;
}

Json to_json(const policy::GroupVerdict& verdict) {
  return {{"group", verdict.group},
          {"verdict", verdict.blocked ? "blocked" : "allowed"},
          {"decided_by", verdict.decided_by}};
}

Json to_json(const UpstreamState& upstream) {
  return {{"server", upstream.server}, {"zone", upstream.zone},     {"state", upstream.state},
          {"asked", upstream.asked},   {"failed", upstream.failed}, {"latency_ms", upstream.latency_ms}};
}

Json to_json(const history::Statistics& statistics) {
  return {{"stored", statistics.stored},        {"dropped", statistics.dropped},
          {"waiting", statistics.waiting},      {"bytes", statistics.bytes},
          {"problem", statistics.last_problem}, {"problem_at", timestamp_or_null(statistics.last_problem_us)}};
}

Json to_json(const std::vector<policy::NameSetting>& names) {
  Json json = Json::array();
  for (const auto& name : names) {
    json.push_back(
        {{"name", name.text}, {"security", name.security}, {"reason", name.reason}, {"line", name.place.line}});
  }
  return json;
}

Json to_json(const policy::DeviceSetting& device) {
  Json match = Json::object();
  if (device.mac) match["mac"] = device.mac->to_text();
  if (device.address) match["address"] = device.address->to_text();
  if (device.subnet) match["subnet"] = device.subnet->to_text();
  return {{"id", device.id}, {"group", device.group}, {"person", device.person}, {"match", match}};
}

Json to_json(const lists::ListReport& list, bool thin) {
  Json rejected = Json::array();
  for (const auto& rule : list.rejected) {
    rejected.push_back({{"line", rule.line}, {"text", rule.text}, {"reason", rule.reason}, {"guarded", rule.guarded}});
  }
  Json reasons = Json::array();
  for (const auto& one : list.reasons) {
    reasons.push_back({{"reason", one.reason}, {"count", one.count}, {"line", one.line}, {"text", one.text}});
  }
  Json held;
  if (list.held) {
    held = {{"version", list.held->version},
            {"why", list.held->why},
            {"since", timestamp_or_null(list.held->since_us)},
            {"refused", list.held->refused}};
  }
  return {{"id", list.id},
          {"category", list.category},
          {"thin", thin},
          {"source", list.source},
          {"format", list.format},
          {"version", list.version},
          {"rules", list.rules},
          {"skipped", list.skipped},
          {"rejected", rejected},
          {"rejected_count", list.rejected_count},
          {"guarded", list.guarded},
          {"reasons", reasons},
          {"problem", list.problem},
          {"kept_copy", list.kept_copy},
          {"version_number", list.version_number},
          {"held", held},
          {"opaque", list.opaque}};
}

std::uint64_t rules_of(const lists::BuildOutcome& outcome, const lists::Category& category) {
  std::uint64_t rules = 0;
  for (const auto& list : outcome.lists) rules += list.category == category.tag.id ? list.rules : 0;
  return rules;
}

filter::TagSet blocked_by_any(const policy::Policy& policy) {
  filter::TagSet blocked;
  for (policy::GroupNumber group = 0; group < policy.group_count(); ++group) blocked = blocked | policy.blocked(group);
  return blocked;
}

}  // namespace

Json to_json(const policy::CheckReport& report) {
  Json chain = Json::array();
  for (const auto& step : report.chain) chain.push_back(to_json(step));
  Json hits = Json::array();
  for (const auto& hit : report.hits) hits.push_back(to_json(hit));
  return {{"name", report.name},
          {"verdict", report.verdict},
          {"category", report.category},
          {"decided_by", report.decided_by},
          {"group", report.group},
          {"device", report.device},
          {"tags", report.tags},
          {"chain", chain},
          {"hits", hits},
          {"answer", report.answer},
          {"targets", report.targets}};
}

Json to_json(const history::Lookup& lookup) {
  return {{"time", base::to_timestamp(lookup.time_us)},
          {"device", lookup.device},
          {"client", lookup.client},
          {"name", lookup.name},
          {"type", lookup.type},
          {"verdict", history::to_text(lookup.verdict)},
          {"category", lookup.category},
          {"list", lookup.list},
          {"tags", lookup.tags},
          {"rcode", lookup.rcode},
          {"transport", to_text(lookup.transport)},
          {"duration_us", lookup.duration_us},
          {"cached", lookup.cached}};
}

Json to_json(const ServerState& state) {
  Json upstreams = Json::array();
  for (const auto& upstream : state.upstreams) upstreams.push_back(to_json(upstream));
  return {{"version", state.version},
          {"node", state.node},
          {"started", timestamp_or_null(state.started_us)},
          {"problems", state.problems},
          {"listen", state.listen},
          {"workers", state.workers},
          {"dnssec_validation", state.dnssec},
          {"lookups", state.lookups},
          {"blocked", state.blocked},
          {"refused", state.refused},
          {"failed", state.failed},
          {"cache_hits", state.cache_hits},
          {"cache_entries", state.cache_entries},
          {"upstreams", upstreams},
          {"history", to_json(state.history)},
          {"image", {{"digest", state.image_digest}, {"rules", state.rules}, {"building", state.building}}},
          {"policy", {{"file", state.policy_file}, {"digest", state.policy_digest}}}};
}

Json to_json(const policy::Policy& policy, const filter::TagTable& tags) {
  const policy::PolicySettings& settings = policy.settings();
  Json groups = Json::array();
  for (const auto& group : settings.groups) {
    const auto number = policy.find_group(group.id).value_or(policy.default_group());
    groups.push_back({{"id", group.id},
                      {"parent", group.parent},
                      {"otherwise", to_text(policy.otherwise(number))},
                      {"blocked", tags.ids(policy.blocked(number))},
                      {"block", group.block},
                      {"allow", group.allow},
                      {"block_names", to_json(group.block_names)},
                      {"allow_names", to_json(group.allow_names)},
                      {"locked", group.locked}});
  }
  Json devices = Json::array();
  for (const auto& device : settings.devices) devices.push_back(to_json(device));
  Json lists = Json::array();
  for (const auto& list : settings.lists) {
    lists.push_back({{"id", list.id}, {"category", list.category}, {"source", list.source}, {"format", list.format}});
  }
  Json protected_names = Json::array();
  for (const auto& name : settings.protected_names) protected_names.push_back(name.to_text());
  return {{"digest", settings.digest},
          {"default_group", settings.default_group},
          {"protected_names", protected_names},
          {"groups", groups},
          {"devices", devices},
          {"lists", lists}};
}

Json to_json(const lists::BuildOutcome& outcome, const lists::Taxonomy& taxonomy) {
  Json lists = Json::array();
  for (const auto& list : outcome.lists) {
    const lists::Category* category = taxonomy.find(list.category);
    lists.push_back(to_json(list, category != nullptr && category->thin));
  }
  return {{"image_digest", outcome.image_digest},
          {"rules", outcome.rules},
          {"seconds", outcome.seconds},
          {"locked_without_list", locked_without_list(outcome, taxonomy)},
          {"lists", lists}};
}

Json to_json(const LocalRuleState& state) {
  Json json = to_json(state.rule);
  json["in_force"] = state.problem.empty();
  json["problem"] = state.problem;
  return json;
}

Json to_json(const LocalOutcome& outcome) {
  Json groups = Json::array();
  for (const auto& verdict : outcome.groups) groups.push_back(to_json(verdict));
  return {{"name", outcome.name},     {"put", to_json(outcome.put)},     {"removed", to_json(outcome.removed)},
          {"locked", outcome.locked}, {"checked_name", outcome.checked}, {"groups", groups}};
}

std::vector<std::string> locked_without_list(const lists::BuildOutcome& outcome, const lists::Taxonomy& taxonomy) {
  std::vector<std::string> missing;
  for (const auto& category : taxonomy.categories()) {
    if (category.tag.locked && rules_of(outcome, category) < category.floor) missing.push_back(category.tag.id);
  }
  return missing;
}

std::vector<std::string> blocked_without_list(const policy::Policy& policy, const lists::BuildOutcome& outcome,
                                              const lists::Taxonomy& taxonomy) {
  const filter::TagSet blocked = blocked_by_any(policy);
  std::vector<std::string> missing;
  for (const auto& category : taxonomy.categories()) {
    if (category.tag.locked || !blocked.test(category.tag.number)) continue;
    if (rules_of(outcome, category) == 0) missing.push_back(category.tag.id);
  }
  return missing;
}

std::vector<Shortfall> below_floor(const policy::Policy& policy, const lists::BuildOutcome& outcome,
                                   const lists::Taxonomy& taxonomy) {
  const filter::TagSet blocked = blocked_by_any(policy);
  std::vector<Shortfall> found;
  for (const auto& category : taxonomy.categories()) {
    if (category.tag.locked || !blocked.test(category.tag.number)) continue;
    const std::uint64_t names = rules_of(outcome, category);
    if (names > 0 && names < category.floor) found.push_back({category.tag.id, names, category.floor});
  }
  return found;
}

Json to_json(const std::vector<Shortfall>& shortfalls) {
  Json json = Json::array();
  for (const Shortfall& one : shortfalls) {
    json.push_back({{"category", one.category}, {"names", one.names}, {"floor", one.floor}});
  }
  return json;
}

std::string to_text(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

}  // namespace schoolgate::web

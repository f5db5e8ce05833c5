#include "resolver/daemon/service.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "resolver/daemon/local_plan.h"
#include "resolver/daemon/standing.h"

namespace schoolgate::daemon {
namespace {

// How far back a block still explains why a browser is on the block page.
constexpr std::int64_t kLateUs = std::int64_t{600} * 1'000'000;
// Anybody can ask for the page of a name that is open, as often as they like: each time costs little.
constexpr std::int64_t kMostLateSearchUs = 100'000;
constexpr std::size_t kMostOverrunsTold = 5;
constexpr std::int64_t kHourUs = std::int64_t{3600} * 1'000'000;
constexpr std::int64_t kMostHeldHours = 48;

// An asterisk of the name is no pattern.
std::string exactly(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '*' ? std::string("\\042") : std::string(1, c);
  return text;
}

// A browser goes where the answer for an address sends it; what else it asks for at the same time does not matter.
bool sends_somewhere(const history::Lookup& lookup) {
  const bool decided =
      lookup.verdict != history::LookupVerdict::kRefused && lookup.verdict != history::LookupVerdict::kFailed;
  return decided && (lookup.type == "A" || lookup.type == "AAAA");
}

base::Error no_image() {
  return base::Error(base::ErrorCode::kUnavailable, "no image of the lists is in force yet: every name gets SERVFAIL");
}

// What a rule for the names below a name is about is none that anybody lists.
dns::Name checked_name(const lists::LocalRule& rule) {
  const auto below = dns::Name::parse("any." + rule.name.to_text());
  return rule.reach == filter::Reach::kSubdomains && below ? *below : rule.name;
}

}  // namespace

DaemonService::DaemonService(const Parts& parts) : parts_(parts), started_us_(parts.clock.wall_us()) {}

web::ServerState DaemonService::state() {
  web::ServerState state;
  const auto snapshot = parts_.rules->snapshot();
  state.version = SCHOOLGATE_VERSION;
  state.node = parts_.configuration.node;
  state.started_us = started_us_;
  for (const base::Endpoint& endpoint : parts_.configuration.listen) state.listen.push_back(endpoint.to_text());
  state.workers = parts_.configuration.workers;
  state.history = parts_.history->statistics();
  state.policy_file = parts_.configuration.policy_file;
  state.policy_digest = snapshot->policy->settings().digest;
  if (snapshot->image != nullptr) {
    state.image_digest = snapshot->image->digest();
    for (const std::uint64_t rules : snapshot->image->rules_per_list()) state.rules += rules;
  }
  state.building = parts_.rules->is_building();
  add_counters(state);
  add_upstreams(state);
  add_problems(state);
  return state;
}

void DaemonService::add_counters(web::ServerState& state) const {
  for (const auto& worker : parts_.workers) {
    const resolver::Counters& counters = worker->counters();
    state.lookups += counters.lookups.value();
    state.blocked += counters.blocked.value();
    state.cache_hits += counters.cache_hits.value();
    state.cache_entries += counters.cache_entries.value();
    state.refused += counters.refused.value();
    state.failed += counters.failed.value();
  }
}

void DaemonService::add_upstreams(web::ServerState& state) const {
  const auto now_us = static_cast<std::uint64_t>(parts_.clock.steady_us());
  std::map<std::pair<std::string, std::string>, Standing> standings;  // zone, server
  for (const auto& worker : parts_.workers) {
    for (const auto& [zone, server] : worker->servers()) {
      standings[{zone, "udp://" + server->endpoint().to_text()}].add(server->counts());
    }
  }
  for (const auto& [key, standing] : standings) {
    state.upstreams.push_back({key.second, key.first, std::string(standing.in_words(now_us)), standing.asked,
                               standing.failed, static_cast<double>(standing.latency_us) / 1000.0});
  }
}

// Malware waits for nobody: an update of a security list that nobody decides on comes before everything else.
void DaemonService::add_long_held(web::ServerState& state) const {
  const auto report = parts_.rules->report();
  if (!report) return;
  for (const lists::ListReport& list : report->lists) {
    const filter::Tag* tag = parts_.rules->taxonomy().tags().find(list.category);
    if (!list.held || list.held->refused || tag == nullptr || !tag->security) continue;
    const std::int64_t hours = (parts_.clock.wall_us() - list.held->since_us) / kHourUs;
    if (hours < kMostHeldHours) continue;
    state.problems.push_back(
        fmt::format("URGENT: list {} ({}) has had no update for {} hours, since each is held back: decide, see "
                    "`schoolgate lists diff {}`",
                    list.id, list.category, hours, list.id));
  }
}

void DaemonService::add_problems(web::ServerState& state) const {
  add_long_held(state);
  const auto texts = parts_.problems.texts();
  state.problems.insert(state.problems.end(), texts.begin(), texts.end());
  if (parts_.rules->has_unused_build()) {
    state.problems.push_back(fmt::format("newer lists were built and are not in force yet: kill -HUP {}", ::getpid()));
  }
  add_overruns(state);
  const auto is_any = [&state](std::string_view standing) {
    return std::ranges::any_of(state.upstreams, [&](const auto& upstream) { return upstream.state == standing; });
  };
  if (is_any("answering") || is_any("not asked yet")) return;
  const std::string_view what = state.upstreams.empty() ? "no upstream is configured"
                                : is_any("refusing")
                                    ? "no upstream answers, those that speak refuse what they are asked"
                                    : "no upstream answers";
  state.problems.push_back(fmt::format("{}: blocked and cached names are answered, all others get SERVFAIL", what));
}

// The worst first, and no more than a person would read.
void DaemonService::add_overruns(web::ServerState& state) const {
  const auto image = parts_.rules->snapshot()->image;
  if (image == nullptr) return;
  auto overruns = image->overrun_patterns();
  std::ranges::stable_sort(overruns, std::ranges::greater(), &filter::OverrunRule::count);
  const std::size_t told = std::min(overruns.size(), kMostOverrunsTold);
  for (const filter::OverrunRule& overrun : std::span(overruns).first(told)) {
    state.problems.push_back(
        fmt::format("list {}, line {}: its pattern was too slow to decide, and counted as matched (times: {}): "
                    "simplify or remove it",
                    overrun.list, overrun.line, overrun.count));
  }
  if (overruns.size() > told) {
    state.problems.push_back(fmt::format("more patterns that were too slow to decide: {}", overruns.size() - told));
  }
}

base::Result<policy::CheckReport> DaemonService::check(const policy::CheckRequest& request) {
  const auto snapshot = parts_.rules->snapshot();
  if (snapshot->image == nullptr) return no_image();
  policy::CheckRequest with_mac = request;
  const auto address = request.device ? base::IpAddress::parse(*request.device) : std::nullopt;
  if (address) with_mac.mac = find_mac(*address);
  return policy::check(*snapshot->policy, snapshot->names(), with_mac);
}

void DaemonService::take(std::shared_ptr<const resolver::NeighbourTable> neighbours) {
  const std::lock_guard lock(mutex_);
  neighbours_ = std::move(neighbours);
}

std::optional<base::MacAddress> DaemonService::find_mac(const base::IpAddress& address) const {
  std::shared_ptr<const resolver::NeighbourTable> neighbours;
  {
    const std::lock_guard lock(mutex_);
    neighbours = neighbours_;
  }
  if (neighbours == nullptr) return std::nullopt;
  const auto found = neighbours->find(address);
  return found == neighbours->end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> DaemonService::find_late_block(const base::IpAddress& client, const std::string& name) {
  history::Filter filter;
  filter.name = exactly(name);
  filter.client = client;
  filter.from_us = parts_.clock.wall_us() - kLateUs;
  parts_.history->flush_briefly();
  const auto page = parts_.history->search(filter, kMostLateSearchUs);
  if (!page) return std::nullopt;
  const auto newest = std::ranges::find_if(page->lookups, sends_somewhere);
  if (newest == page->lookups.end() || newest->verdict != history::LookupVerdict::kBlocked) return std::nullopt;
  return newest->category;
}

base::Result<history::Page> DaemonService::search(const history::Filter& filter) {
  parts_.history->flush();  // what was asked a moment ago is found too
  return parts_.history->search(filter);
}

std::shared_ptr<const policy::Policy> DaemonService::policy() { return parts_.rules->snapshot()->policy; }

base::Status DaemonService::reload_policy() { return parts_.rules->reload_policy(); }

base::Result<lists::BuildOutcome> DaemonService::lists() { return parts_.rules->report(); }

void DaemonService::take_lists() { parts_.rules->take_built(); }

std::vector<web::LocalRuleState> DaemonService::local_rules() {
  const LocalRules::State state = parts_.rules->local_rules().state();
  std::vector<web::LocalRuleState> rules;
  for (std::size_t i = 0; i < state.rules->size(); ++i) rules.push_back({(*state.rules)[i], state.problems[i]});
  return rules;
}

base::Result<web::LocalOutcome> DaemonService::change_local_rules(const web::LocalRequest& request) {
  const auto before = parts_.rules->snapshot();
  if (before->image == nullptr) return no_image();
  LocalRules& local_rules = parts_.rules->local_rules();
  const auto guard = parts_.rules->guard();
  auto plan = plan_change(request, *before, guard.get(), *local_rules.state().rules, parts_.clock.wall_us());
  if (!plan) return plan.error();
  if (const auto changed = local_rules.change(plan->change); !changed) return changed.error();
  const auto after = parts_.rules->snapshot();
  const dns::Name name = checked_name(plan->at);
  auto scratch = after->image->make_scratch();
  if (!scratch) return scratch.error();
  web::LocalOutcome outcome{lists::written_name(plan->at),
                            std::move(plan->change.put),
                            std::move(plan->change.removed),
                            std::move(plan->locked),
                            name.to_text(),
                            {}};
  outcome.groups = policy::verdicts_by_group(*after->policy, name, after->names().classify(name, *scratch));
  return outcome;
}

const lists::Taxonomy& DaemonService::taxonomy() { return parts_.rules->taxonomy(); }

}  // namespace schoolgate::daemon

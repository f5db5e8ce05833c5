#include "policy/check.h"

#include <algorithm>

#include <fmt/format.h>

#include "policy/asker.h"
#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

using base::Result;
using filter::RuleHit;

const RuleHit* first_hit(const std::vector<RuleHit>& hits, filter::TagNumber tag) {
  const auto found = std::ranges::find_if(hits, [tag](const RuleHit& hit) { return hit.in_force && hit.tag == tag; });
  return found == hits.end() ? nullptr : &*found;
}

// Deepest first: the one whose word counts.
const RuleHit* first_local_lift(const std::vector<RuleHit>& hits, filter::TagNumber tag) {
  const auto found = std::ranges::find_if(hits, [tag](const RuleHit& hit) {
    return hit.list == filter::kLocalRules && hit.exception == filter::Exception::kYes && hit.tag == tag;
  });
  return found == hits.end() ? nullptr : &*found;
}

void show_source(const RuleHit& hit, CheckStep& shown) {
  shown.list = hit.list;
  if (hit.line != 0 && !hit.opaque) shown.line = hit.line;  // a local rule has none
  shown.text = hit.text;
}

CheckStep to_check_step(const ChainStep& step, const Policy& policy, const std::vector<RuleHit>& hits) {
  CheckStep shown;
  shown.step = to_text(step.step);
  shown.rule = step.rule;
  shown.outcome = step.outcome;
  if (step.verdict && step.verdict->rule) {
    shown.line = policy.rule(*step.verdict->rule).setting.place.line;
  } else if (const RuleHit* hit = step.tag ? first_hit(hits, *step.tag) : nullptr) {
    show_source(*hit, shown);
  }
  return shown;
}

// A step that a local rule kept from deciding: `without` is the same step when there are no local rules.
void show_lift(const ChainStep& without, const std::vector<RuleHit>& hits, CheckStep& shown) {
  const RuleHit* lift = without.tag ? first_local_lift(hits, *without.tag) : nullptr;
  if (lift == nullptr || shown.outcome != "no match") return;
  shown.rule = without.rule;
  show_source(*lift, shown);
  shown.outcome = "lifted by a local rule";
}

// dns/reply.h writes what is said here.
std::string answer_in_words(bool is_blocked, dns::Type type) {
  if (const auto refusal = dns::refusal_of(type)) return dns::to_text(*refusal) + ": this type is for nobody";
  if (type == dns::Type::kAny) return is_blocked ? "no data" : "a hint to ask for one type (RFC 8482)";
  if (!is_blocked) return "what the upstream says";
  if (type == dns::Type::kA) return "the block page's address";
  return type == dns::Type::kAaaa ? "the block page's IPv6 address, or no data when it has none" : "no data";
}

// "category gambling, list starter-gambling, line 12", without the line when the list is opaque; "allow bbc.co.uk in group staff, policy.toml:31:16".
std::string decided_by(const ChainStep& decisive, const CheckStep& shown, const Policy& policy) {
  if (decisive.verdict->rule) {
    return fmt::format("{}, {}", shown.rule, policy.rule(*decisive.verdict->rule).setting.place.to_text());
  }
  if (shown.list == filter::kLocalRules) return fmt::format("{}, {}: {}", shown.rule, shown.list, shown.text);
  if (shown.list.empty()) return shown.rule;
  const std::string line = shown.line ? fmt::format(", line {}", *shown.line) : "";
  return fmt::format("{}, list {}{}", shown.rule, shown.list, line);
}

}  // namespace

Result<CheckReport> check(const Policy& policy, const filter::Classifier& names, const CheckRequest& request) {
  const auto name = read_typed_name(request.name);
  if (!name) return name.error();
  const auto asker = find_asker(policy, request.device, request.group, request.mac);
  if (!asker) return asker.error();
  auto scratch = names.image().make_scratch();
  if (!scratch) return scratch.error();
  auto hits = names.explain(*name);
  if (!hits) return hits.error();

  const filter::TagSet tags = names.classify(*name, *scratch);
  const auto without = policy.explain(asker->group, *name, names.listed(*name, *scratch));
  CheckReport report;
  report.name = name->to_text();
  report.group = policy.group(asker->group).id;
  report.device = asker->device;
  report.tags = names.tags().ids(tags);
  report.hits = std::move(*hits);
  for (RuleHit& hit : report.hits) {
    if (hit.opaque) hit.line = 0;  // of an opaque list nothing is shown but that it has the name
  }
  for (const ChainStep& step : policy.explain(asker->group, *name, tags)) {
    report.chain.push_back(to_check_step(step, policy, report.hits));
    show_lift(without[report.chain.size() - 1], report.hits, report.chain.back());
    if (!step.decided) continue;
    report.verdict = step.verdict->blocks() ? "blocked" : "allowed";
    report.decided_by = decided_by(step, report.chain.back(), policy);
    if (const filter::Tag* tag = step.tag ? names.tags().find(*step.tag) : nullptr) report.category = tag->id;
  }
  report.answer = answer_in_words(report.verdict == "blocked", request.type);
  return report;
}

}  // namespace schoolgate::policy

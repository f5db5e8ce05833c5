#include "resolver/daemon/local_plan.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"

namespace schoolgate::daemon {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using filter::Effect;
using filter::Reach;
using filter::Tag;
using lists::LocalRule;
using web::LocalRequest;

// What every step below needs.
struct Planning {
  const LocalRequest& request;
  const resolver::Snapshot& snapshot;
  const lists::Guard* guard;
  const std::vector<LocalRule>& present;
  LocalRule rule;  // as far as it is known
};

bool is_locked(const Planning& planning, const Tag& tag) {
  return tag.locked || planning.snapshot.illegal.test(tag.number);
}

Result<const Tag*> find_category(const Planning& planning) {
  const filter::TagTable& tags = planning.snapshot.image->tags();
  const Tag* tag = tags.find(*planning.request.category);
  if (tag != nullptr) return tag;
  return Error(ErrorCode::kInvalid,
               fmt::format("unknown category '{}'{}", *planning.request.category,
                           base::did_you_mean(*planning.request.category, tags.ids(filter::TagKind::kCategory))));
}

LocalRule rule_for(const Planning& planning, Effect effect, const std::string& category) {
  LocalRule rule = planning.rule;
  rule.effect = effect;
  rule.category = category;
  return rule;
}

// A slip of the hand that would reach every site there is under a top-level domain.
base::Status check_not_too_wide(const Planning& planning) {
  if (planning.rule.reach == Reach::kExact || planning.rule.name.label_count() > 1) return {};
  return Error(ErrorCode::kForbidden,
               fmt::format("'{}' is a top-level domain, and the rule would be for every name under it: name the site",
                           planning.rule.name.to_text()));
}

// What is said of a list's rule; but a person may have a reason.
base::Status check_not_guarded(const Planning& planning) {
  if (planning.guard == nullptr) {
    return Error(
        ErrorCode::kUnavailable,
        "which names are protected could not be read, see `schoolgate status`: until it can, nothing is blocked "
        "but with --even-protected");
  }
  const std::string why = planning.guard->why_not_by_hand(planning.rule.reach, planning.rule.name);
  if (why.empty()) return {};
  return Error(ErrorCode::kForbidden,
               fmt::format("'{}' {}: if that is meant, say --even-protected", lists::written_name(planning.rule), why));
}

base::Status check_not_protected(const Planning& planning) {
  const LocalRule& rule = planning.rule;
  for (const dns::Name& name : planning.snapshot.policy->settings().protected_names) {
    const bool is_covered = name == rule.name ? rule.reach != Reach::kSubdomains
                                              : rule.reach != Reach::kExact && name.is_at_or_below(rule.name);
    if (!is_covered) continue;
    return Error(ErrorCode::kForbidden,
                 fmt::format("'{}' would block '{}', which protected_names of the policy protects",
                             lists::written_name(rule), name.to_text()));
  }
  return {};
}

// At one name lifting has the last word, so that a block beside a wider lift would do nothing.
base::Status check_not_lifted(const Planning& planning, const std::string& category) {
  const auto lift = std::ranges::find_if(planning.present, [&](const LocalRule& rule) {
    return rule.effect == Effect::kLift && rule.category == category && rule.name == planning.rule.name &&
           rule.reach == Reach::kBoth && planning.rule.reach != Reach::kBoth;
  });
  if (lift == planning.present.end()) return {};
  return Error(ErrorCode::kForbidden,
               fmt::format("a local rule allows {} and all names below it, whatever lists say of {}: remove that first "
                           "(schoolgate local remove {})",
                           lift->name.to_text(), category, lift->name.to_text()));
}

Result<LocalPlan> plan_block(const Planning& planning) {
  if (!planning.request.category) {
    return Error(ErrorCode::kInvalid,
                 "a category is missing: it says for whom a name is blocked, as --category gambling");
  }
  const auto tag = find_category(planning);
  if (!tag) return tag.error();
  if (const auto checked = check_not_protected(planning); !checked) return checked.error();
  if (!planning.request.even_protected) {
    if (const auto checked = check_not_guarded(planning); !checked) return checked.error();
    if (const auto checked = check_not_too_wide(planning); !checked) return checked.error();
  }
  if (const auto checked = check_not_lifted(planning, (*tag)->id); !checked) return checked.error();
  return LocalPlan{{{rule_for(planning, Effect::kGive, (*tag)->id)}, {}, {}}, planning.rule, {}};
}

Result<LocalPlan> plan_allow_one(const Planning& planning) {
  const auto tag = find_category(planning);
  if (!tag) return tag.error();
  if (is_locked(planning, **tag)) {
    return Error(
        ErrorCode::kForbidden,
        fmt::format("'{}' is locked: it is against the law for everybody, and no local rule lifts it", (*tag)->id));
  }
  return LocalPlan{{{rule_for(planning, Effect::kLift, (*tag)->id)}, {}, {}}, planning.rule, {}};
}

// Every category that the name has now. A trait is no reason to block.
Result<LocalPlan> plan_allow_all(const Planning& planning) {
  const std::string name = planning.rule.name.to_text();
  if (planning.rule.reach == Reach::kSubdomains) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("names below {} may each have categories of their own: say which, with --category", name));
  }
  auto scratch = planning.snapshot.image->make_scratch();
  if (!scratch) return scratch.error();
  LocalPlan plan;
  plan.at = planning.rule;
  planning.snapshot.names().classify(planning.rule.name, *scratch).for_each([&](filter::TagNumber number) {
    const Tag* tag = planning.snapshot.image->tags().find(number);
    if (tag == nullptr || tag->kind == filter::TagKind::kTrait) return;
    if (is_locked(planning, *tag)) return plan.locked.push_back(tag->id);
    plan.change.put.push_back(rule_for(planning, Effect::kLift, tag->id));
  });
  if (!plan.change.put.empty()) return plan;
  if (!plan.locked.empty()) {
    return Error(
        ErrorCode::kForbidden,
        fmt::format("{} is '{}', which is locked: it is against the law for everybody, and no local rule lifts it",
                    name, plan.locked.front()));
  }
  return Error(ErrorCode::kNotFound,
               fmt::format("{} has no category that could be lifted: if it is blocked, something else blocks it "
                           "(schoolgate check {})",
                           name, name));
}

// `remove` takes a name as it stands: of whatever reach, unless one is written.
Result<LocalPlan> plan_removal(const Planning& planning) {
  LocalPlan plan;
  plan.at = planning.rule;
  const bool is_any_reach = planning.rule.reach == Reach::kBoth;
  for (const LocalRule& rule : planning.present) {
    const bool is_meant = rule.name == planning.rule.name && (is_any_reach || rule.reach == planning.rule.reach) &&
                          (!planning.request.category || rule.category == *planning.request.category);
    if (is_meant) plan.change.removed.push_back(rule);
  }
  if (!plan.change.removed.empty()) return plan;
  std::vector<std::string> names;  // others: what is misspelt
  for (const LocalRule& rule : planning.present) {
    if (!(rule.name == planning.rule.name)) names.push_back(rule.name.to_text());
  }
  const std::string of_category = planning.request.category ? " about '" + *planning.request.category + "'" : "";
  return Error(ErrorCode::kNotFound,
               fmt::format("there is no local rule{} at {}{}", of_category, lists::written_name(planning.rule),
                           base::did_you_mean(planning.rule.name.to_text(), names)));
}

}  // namespace

Result<LocalPlan> plan_change(const LocalRequest& request, const resolver::Snapshot& snapshot,
                              const lists::Guard* guard, const std::vector<LocalRule>& present, std::int64_t now_us) {
  Planning planning{request, snapshot, guard, present, {}};
  if (const auto read = lists::read_written_name(request.name, planning.rule); !read) return read.error();
  planning.rule.reason = request.reason;
  planning.rule.added_by = request.by;
  planning.rule.added_us = now_us;
  if (const auto checked = lists::check_texts(planning.rule); !checked) return checked.error();
  if (request.kind == LocalRequest::Kind::kAllow) {
    if (const auto checked = check_not_too_wide(planning); !checked) return checked.error();
  }
  auto plan = request.kind == LocalRequest::Kind::kRemove  ? plan_removal(planning)
              : request.kind == LocalRequest::Kind::kBlock ? plan_block(planning)
              : request.category                           ? plan_allow_one(planning)
                                                           : plan_allow_all(planning);
  if (plan) plan->change.by = request.by;
  return plan;
}

}  // namespace schoolgate::daemon

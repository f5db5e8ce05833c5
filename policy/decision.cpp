// The order of decision. First hit wins.
//
//   1  locked category    illegal by law; blocks whatever anybody wrote
//   2  locked rule        block or block_names of this group or one above that says locked = […]
//   3  security category  that the group blocks; lifted only by an allow rule for exactly this name with security = true
//   4  grant              not built yet: there are none
//   5  name rule          the nearest group that has one; within it the longest name; block wins a tie
//   6  category           a blocked one blocks; or else an allowed one allows
//   7  otherwise          of the group, or of the nearest group above that states it
//
// Each step is one function below that decides or passes; decide() and explain() call the same ones in the same
// order, so what is explained is what happens. tests/policy/decision_test.cpp has the table.
#include "policy/decision.h"

#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schoolgate::policy {
namespace {

using filter::TagSet;

// One question to the rulebook.
struct Case {
  const Rulebook& book;
  const GroupRules& group;
  const dns::Name& name;
  const TagSet& tags;
};

using Decision = std::optional<Verdict>;

Decision by_category(Action action, Step step, const TagSet& matching, const TagSet& tags) noexcept {
  const auto tag = matching.first_common(tags);
  if (!tag) return std::nullopt;
  return Verdict{action, step, tag, std::nullopt};
}

Decision locked_category(const Case& asked) noexcept {
  return by_category(Action::kBlock, Step::kLockedCategory, asked.book.illegal, asked.tags);
}

Decision locked_rule(const Case& asked) noexcept {
  if (const auto rule = asked.book.names.find_block(asked.group.names_locked, asked.name)) {
    return Verdict{Action::kBlock, Step::kLockedRule, std::nullopt, rule};
  }
  return by_category(Action::kBlock, Step::kLockedRule, asked.group.block_locked, asked.tags);
}

TagSet blocked_security(const Case& asked) noexcept { return asked.book.security & asked.group.blocked & asked.tags; }

std::optional<std::uint32_t> security_allow(const Case& asked) noexcept {
  return asked.book.names.find_security_allow(asked.group.named, asked.name);
}

Decision security_category(const Case& asked) noexcept {
  const TagSet blocked = blocked_security(asked);
  if (blocked.empty() || security_allow(asked)) return std::nullopt;
  return by_category(Action::kBlock, Step::kSecurityCategory, blocked, asked.tags);
}

Decision grant(const Case&) noexcept { return std::nullopt; }

Decision name_rule(const Case& asked) noexcept {
  const auto rule = asked.book.names.find(asked.group.named, asked.name);
  if (!rule) return std::nullopt;
  return Verdict{asked.book.names.rule(*rule).action, Step::kNameRule, std::nullopt, rule};
}

Decision category(const Case& asked) noexcept {
  if (auto blocked = by_category(Action::kBlock, Step::kCategory, asked.group.blocked, asked.tags)) return blocked;
  return by_category(Action::kAllow, Step::kCategory, asked.group.allowed, asked.tags);
}

Decision otherwise(const Case& asked) noexcept {
  const Action action = asked.group.otherwise == Otherwise::kBlock ? Action::kBlock : Action::kAllow;
  return Verdict{action, Step::kOtherwise, std::nullopt, std::nullopt};
}

// --- in words ---

std::string categories(const Case& asked, const TagSet& matching, std::string_view none) {
  const auto ids = asked.book.tags.ids(matching & asked.tags);
  if (ids.empty()) return std::string(none);
  return fmt::format("{} {}", ids.size() == 1 ? "category" : "categories", fmt::join(ids, ", "));
}

std::string in_words(const Case& asked, std::uint32_t number) {
  const NameRule& rule = asked.book.names.rule(number);
  return fmt::format("{} {} in group {}", rule.action == Action::kBlock ? "block" : "allow", rule.setting.text,
                     asked.book.group_ids[rule.group]);
}

std::string locked_rule_words(const Case& asked) {
  const Decision decision = locked_rule(asked);
  if (decision && decision->rule) return in_words(asked, *decision->rule) + ", locked";
  if (decision) return categories(asked, asked.group.block_locked, "") + ", locked";
  return "locked rules";
}

std::string name_rule_words(const Case& asked) {
  const Decision decision = name_rule(asked);
  return decision ? in_words(asked, *decision->rule) : "name rules";
}

std::string category_words(const Case& asked) {
  const Decision decision = category(asked);
  const bool allows = decision && !decision->blocks();
  return categories(asked, allows ? asked.group.allowed : asked.group.blocked, "categories");
}

std::string otherwise_words(const Case& asked) {
  return asked.group.otherwise == Otherwise::kBlock ? "otherwise block" : "otherwise allow";
}

struct StepOfDecision {
  Step step;
  Decision (*decide)(const Case&) noexcept;
  std::string (*words)(const Case&);
};

constexpr std::array kSteps = {
    StepOfDecision{Step::kLockedCategory, locked_category,
                   [](const Case& asked) { return categories(asked, asked.book.illegal, "locked categories"); }},
    StepOfDecision{Step::kLockedRule, locked_rule, locked_rule_words},
    StepOfDecision{Step::kSecurityCategory, security_category,
                   [](const Case& asked) { return categories(asked, blocked_security(asked), "security categories"); }},
    StepOfDecision{Step::kGrant, grant, [](const Case&) { return std::string("grants"); }},
    StepOfDecision{Step::kNameRule, name_rule, name_rule_words},
    StepOfDecision{Step::kCategory, category, category_words},
    StepOfDecision{Step::kOtherwise, otherwise, otherwise_words},
};

std::string outcome(const Case& asked, Step step, const Decision& decision) {
  if (decision) return decision->blocks() ? "blocks" : "allows";
  if (step == Step::kSecurityCategory && !blocked_security(asked).empty()) {
    return "lifted by " + in_words(asked, *security_allow(asked));
  }
  return "no match";
}

Case make_case(const Rulebook& book, GroupNumber group, const dns::Name& name, const TagSet& tags) noexcept {
  return Case{book, book.group_rules[group], name, tags};
}

}  // namespace

Verdict decide(const Rulebook& book, GroupNumber group, const dns::Name& lower_name, const TagSet& tags) noexcept {
  const Case asked = make_case(book, group, lower_name, tags);
  if (const auto verdict = locked_category(asked)) return *verdict;
  if (const auto verdict = locked_rule(asked)) return *verdict;
  if (const auto verdict = security_category(asked)) return *verdict;
  if (const auto verdict = grant(asked)) return *verdict;
  if (const auto verdict = name_rule(asked)) return *verdict;
  if (const auto verdict = category(asked)) return *verdict;
  return *otherwise(asked);
}

Verdict decide_target(const Rulebook& book, GroupNumber group, const Verdict& asked, const dns::Name& lower_target,
                      const TagSet& tags) noexcept {
  if (asked.blocks()) return asked;
  const Case target = make_case(book, group, lower_target, tags);
  if (const auto verdict = locked_category(target)) return *verdict;
  if (const auto verdict = locked_rule(target)) return *verdict;
  if (const auto verdict = security_category(target)) return *verdict;
  // Somebody allowed the asked name by name: that is meant for wherever the name leads.
  if (asked.step == Step::kGrant || asked.step == Step::kNameRule) return asked;
  if (const auto verdict = name_rule(target)) return *verdict;
  if (const auto verdict = category(target)) return *verdict;
  // `otherwise` is about names that are asked for: an allowed
  // name works where its delivery network is in no list.
  return asked;
}

std::vector<ChainStep> explain(const Rulebook& book, GroupNumber group, const dns::Name& lower_name,
                               const TagSet& tags) {
  const Case asked = make_case(book, group, lower_name, tags);
  std::vector<ChainStep> chain;
  bool is_decided = false;
  for (const StepOfDecision& each : kSteps) {
    ChainStep step;
    step.step = each.step;
    step.rule = each.words(asked);
    step.verdict = each.decide(asked);
    step.decided = step.verdict && !is_decided;
    step.outcome = is_decided ? "not reached" : outcome(asked, each.step, step.verdict);
    if (step.verdict) step.tag = step.verdict->tag;
    is_decided |= step.decided;
    chain.push_back(std::move(step));
  }
  return chain;
}

}  // namespace schoolgate::policy

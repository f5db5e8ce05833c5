// NaivePolicy: the order of decision written down as plainly as it can be said, over the settings as they
// stand. Slow and obviously right; what policy/decision.cpp compiles is held against it.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "policy/policy.h"

namespace schoolgate::policy::sample {

struct NaiveVerdict {
  bool blocks = false;
  Step step = Step::kOtherwise;
  const NameSetting* rule = nullptr;
};

class NaivePolicy {
 public:
  NaivePolicy(const PolicySettings& settings, const filter::TagTable& tags) : settings_(settings), tags_(tags) {}

  NaiveVerdict decide(const std::string& group_id, const dns::Name& name, const filter::TagSet& tags) const {
    const std::vector<const GroupSetting*> line = line_of(group_id);
    const std::set<std::string> mine = ids(tags);
    const std::set<std::string> blocked = blocked_by(line);

    if (meets(mine, ids(tags_.locked()))) return {true, Step::kLockedCategory};

    for (const GroupSetting* group : line) {
      if (!has(group->locked, "block_names")) continue;
      if (const NameSetting* rule = longest(group->block_names, name)) return {true, Step::kLockedRule, rule};
    }
    if (meets(mine, locked_by(line))) return {true, Step::kLockedRule};

    if (meets(mine, intersection(ids(tags_.security()), blocked)) && !lifts_security(line, name)) {
      return {true, Step::kSecurityCategory};
    }

    for (const GroupSetting* group : line) {
      const NameSetting* block = longest(group->block_names, name);
      const NameSetting* allow = longest(group->allow_names, name);
      if (block == nullptr && allow == nullptr) continue;
      const bool is_blocked =
          allow == nullptr || (block != nullptr && block->name.label_count() >= allow->name.label_count());
      return {is_blocked, Step::kNameRule, is_blocked ? block : allow};
    }

    if (meets(mine, blocked)) return {true, Step::kCategory};
    if (meets(mine, allowed_by(line))) return {false, Step::kCategory};

    for (const GroupSetting* group : line) {
      if (group->otherwise) return {*group->otherwise == Otherwise::kBlock, Step::kOtherwise};
    }
    return {false, Step::kOtherwise};
  }

  std::set<std::string> blocked(const std::string& group_id) const {
    std::set<std::string> blocked = blocked_by(line_of(group_id));
    blocked.merge(ids(tags_.locked()));
    return blocked;
  }

 private:
  using Line = std::vector<const GroupSetting*>;  // nearest first

  Line line_of(std::string id) const {
    Line line;
    while (!id.empty()) {
      line.push_back(&*std::ranges::find(settings_.groups, id, &GroupSetting::id));
      id = line.back()->parent;
    }
    return line;
  }
  static bool has(const std::vector<std::string>& words, const std::string& word) {
    return std::ranges::find(words, word) != words.end();
  }
  static bool meets(const std::set<std::string>& left, const std::set<std::string>& right) {
    return !intersection(left, right).empty();
  }
  static std::set<std::string> intersection(const std::set<std::string>& left, const std::set<std::string>& right) {
    std::set<std::string> both;
    for (const std::string& one : left) {
      if (right.contains(one)) both.insert(one);
    }
    return both;
  }
  std::set<std::string> ids(const filter::TagSet& tags) const {
    std::set<std::string> ids;
    for (const filter::Tag& tag : tags_.tags()) {
      if (tags.test(tag.number)) ids.insert(tag.id);
    }
    return ids;
  }
  static std::set<std::string> locked_by(const Line& line) {
    std::set<std::string> locked;
    for (const GroupSetting* group : line) {
      if (has(group->locked, "block")) locked.insert(group->block.begin(), group->block.end());
    }
    return locked;
  }
  static std::set<std::string> blocked_by(Line line) {
    std::set<std::string> blocked;
    for (auto group = line.rbegin(); group != line.rend(); ++group) {
      for (const std::string& category : (*group)->block) blocked.insert(category);
      for (const std::string& category : (*group)->allow) blocked.erase(category);
    }
    blocked.merge(locked_by(line));
    return blocked;
  }
  // The nearest group that speaks of a category at all decides; its `allow` before its `block`.
  static std::set<std::string> allowed_by(const Line& line) {
    std::set<std::string> spoken, allowed;
    for (const GroupSetting* group : line) {
      for (const std::string& category : group->allow) {
        if (spoken.insert(category).second) allowed.insert(category);
      }
      spoken.insert(group->block.begin(), group->block.end());
    }
    return allowed;
  }

  static std::vector<std::string> labels(const dns::Name& name) {  // from the right
    std::vector<std::string> labels;
    const std::string text = name.to_text();
    for (std::size_t end = text.size(); end != std::string::npos;) {
      const std::size_t dot = end == 0 ? std::string::npos : text.rfind('.', end - 1);
      labels.push_back(dot == std::string::npos ? text.substr(0, end) : text.substr(dot + 1, end - dot - 1));
      end = dot;
    }
    return labels;
  }
  static bool matches(const NameSetting& rule, const dns::Name& name) {
    const std::vector<std::string> mine = labels(name), ruled = labels(rule.name);
    if (mine.size() < ruled.size() || !std::equal(ruled.begin(), ruled.end(), mine.begin())) return false;
    if (mine.size() == ruled.size()) return rule.reach != NameReach::kSubdomains;
    return rule.reach != NameReach::kExact;
  }
  static const NameSetting* longest(const std::vector<NameSetting>& rules, const dns::Name& name) {
    const NameSetting* best = nullptr;
    for (const NameSetting& rule : rules) {
      if (!matches(rule, name)) continue;
      if (best == nullptr || rule.name.label_count() > best->name.label_count()) best = &rule;
    }
    return best;
  }
  static bool lifts_security(const Line& line, const dns::Name& name) {
    for (const GroupSetting* group : line) {
      for (const NameSetting& rule : group->allow_names) {
        if (rule.security && rule.name == name) return true;
      }
    }
    return false;
  }

  const PolicySettings& settings_;
  const filter::TagTable& tags_;
};

}  // namespace schoolgate::policy::sample

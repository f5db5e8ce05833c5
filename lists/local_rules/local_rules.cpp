#include "lists/local_rules/local_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/timestamp.h"
#include "base/toml.h"
#include "lists/formats/rule_name.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::TomlTable;
using filter::Effect;
using filter::Reach;

constexpr std::size_t kMostReasonBytes = 200;
constexpr std::size_t kMostPersonBytes = 64;
constexpr std::size_t kMostNamedProblems = 5;  // in one text; `local ls` shows all

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// JSON's strings are TOML's basic strings, when there is no control character in them.
std::optional<std::string> quoted(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_control)) return std::nullopt;
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {  // no UTF-8
    return std::nullopt;
  }
}

base::Status check_text(std::string_view what, std::string_view text, std::size_t most_bytes) {
  if (text.size() > most_bytes) {
    return Error(ErrorCode::kInvalid, std::string(what) + " has " + std::to_string(text.size()) +
                                          " bytes, and at most " + std::to_string(most_bytes) + " may be");
  }
  if (!quoted(text)) return Error(ErrorCode::kInvalid, std::string(what) + " should be one line of plain text");
  return {};
}

std::string required(TomlTable& table, std::string_view key) {
  const auto text = table.string(key);
  if (!table.has(key)) table.report(table.place(), in_quotes(key) + " is missing");
  return text ? text->value : std::string();
}

void read_name(TomlTable& table, LocalRule& rule) {
  const std::string written = required(table, "name");
  if (written.empty() && !table.has("name")) return;
  if (const auto read = read_written_name(written, rule); !read) {
    table.report(table.place("name"), read.error().message());
  }
}

void read_effect(TomlTable& table, LocalRule& rule) {
  const std::string effect = required(table, "effect");
  if (effect == "lift") rule.effect = Effect::kLift;
  if (!table.has("effect") || effect == "lift" || effect == "give") return;
  table.report(table.place("effect"), "'effect' is " + in_quotes(effect) + ", and should be 'give' or 'lift'");
}

void read_added(TomlTable& table, LocalRule& rule) {
  const std::string added = required(table, "added");
  const auto time = base::parse_timestamp(added);
  if (time) rule.added_us = *time;
  if (time || !table.has("added")) return;
  table.report(table.place("added"),
               "'added' is " + in_quotes(added) + ", and should be a time like '2026-03-02T09:30:00Z'");
}

LocalRule read_rule(TomlTable& table) {
  LocalRule rule;
  read_name(table, rule);
  read_effect(table, rule);
  rule.category = required(table, "category");
  rule.reason = required(table, "reason");
  rule.added_by = required(table, "added_by");
  read_added(table, rule);
  if (const auto checked = check_texts(rule); !checked) table.report(table.place(), checked.error().message());
  table.finish();
  return rule;
}

std::string subject_of(const LocalRule& rule) {
  return std::string(rule.effect == Effect::kLift ? "lift " : "give ") + rule.category + " at " + written_name(rule);
}

bool same_place(const LocalRule& left, const LocalRule& right) {
  return left.category == right.category && left.name == right.name;
}

std::string problem_of(const LocalRule& rule, const filter::TagTable& tags, const filter::TagSet& locked) {
  const filter::Tag* tag = tags.find(rule.category);
  if (tag == nullptr) return "there is no category " + in_quotes(rule.category) + " any more";
  if (rule.effect != Effect::kLift || !(tag->locked || locked.test(tag->number))) return {};
  return in_quotes(rule.category) + " is locked, and nothing lifts it";
}

}  // namespace

base::Status read_written_name(std::string_view written, LocalRule& rule) {
  std::string_view word = written;
  rule.reach = Reach::kBoth;
  if (word.starts_with("*.")) {
    rule.reach = Reach::kSubdomains;
    word.remove_prefix(2);
  } else if (word.starts_with('=')) {
    rule.reach = Reach::kExact;
    word.remove_prefix(1);
  }
  const auto name = parse_rule_name(word);
  if (!name) return name.error().within(in_quotes(written));
  rule.name = name->lowered();
  return {};
}

std::string written_name(const LocalRule& rule) {
  const std::string_view mark = rule.reach == Reach::kSubdomains ? "*." : rule.reach == Reach::kExact ? "=" : "";
  return std::string(mark) + rule.name.to_text();
}

std::string in_words(const LocalRule& rule) {
  constexpr std::size_t kDateLength = 10;
  return (rule.reason.empty() ? "no reason given" : rule.reason) + " (" + rule.added_by + ", " +
         base::to_timestamp(rule.added_us).substr(0, kDateLength) + ")";
}

base::Status check_texts(const LocalRule& rule) {
  if (auto reason = check_text("the reason", rule.reason, kMostReasonBytes); !reason) return reason;
  return check_text("the name of who adds the rule", rule.added_by, kMostPersonBytes);
}

base::Result<std::vector<LocalRule>> parse_local_rules(std::string_view text, const std::string& file) {
  auto document = base::TomlDocument::parse(text, file);
  if (!document) return document.error();
  TomlTable root = document->root();
  std::vector<LocalRule> rules;
  std::set<std::tuple<std::string, Reach, std::string>> known;
  for (TomlTable& table : root.tables("rule")) {
    LocalRule rule = read_rule(table);
    if (!known.emplace(rule.name.to_text(), rule.reach, rule.category).second) {
      table.report(table.place(), "another [[rule]] speaks of " + in_quotes(rule.category) + " at the same name");
    }
    rules.push_back(std::move(rule));
  }
  root.finish();
  if (rules.size() > filter::Overlay::kMostRules) {
    root.report(root.place(), "there are " + std::to_string(rules.size()) + " rules, and at most " +
                                  std::to_string(filter::Overlay::kMostRules) + " may be: make a list of them");
  }
  if (const auto status = document->check(); !status) return status.error();
  return rules;
}

std::string encode_local_rules(const std::vector<LocalRule>& rules) {
  std::string text = "# Local rules, kept by schoolgated: `schoolgate local` shows and changes them.\n";
  for (const LocalRule& rule : rules) {
    const auto add = [&text](std::string_view key, std::string_view value) {
      text.append(key).append(" = ").append(quoted(value).value_or("\"\"")).append("\n");
    };
    text += "\n[[rule]]\n";
    add("name", written_name(rule));
    add("effect", rule.effect == Effect::kLift ? "lift" : "give");
    add("category", rule.category);
    add("reason", rule.reason);
    add("added_by", rule.added_by);
    add("added", base::to_timestamp(rule.added_us));
  }
  return text;
}

std::vector<LocalRule> with_change(std::vector<LocalRule> rules, const LocalChange& change) {
  for (const LocalRule& gone : change.removed) {
    std::erase_if(rules, [&](const LocalRule& rule) { return same_place(rule, gone) && rule.reach == gone.reach; });
  }
  for (const LocalRule& put : change.put) {
    std::erase_if(rules, [&](const LocalRule& rule) {
      return same_place(rule, put) && (put.reach == Reach::kBoth || put.reach == rule.reach);
    });
    rules.push_back(put);
  }
  return rules;
}

base::Result<LocalOverlay> build_overlay(const std::vector<LocalRule>& rules, const filter::TagTable& tags,
                                         const filter::TagSet& locked) {
  LocalOverlay local;
  std::vector<filter::OverlayRule> honoured;
  for (const LocalRule& rule : rules) {
    local.problems.push_back(problem_of(rule, tags, locked));
    if (!local.problems.back().empty()) continue;
    honoured.push_back({rule.name, rule.reach, rule.effect, tags.find(rule.category)->number, in_words(rule)});
  }
  auto overlay = filter::Overlay::build(tags, std::move(honoured));
  if (!overlay) return overlay.error();
  local.overlay = std::move(*overlay);
  return local;
}

std::string set_aside(const std::vector<LocalRule>& rules, const LocalOverlay& overlay) {
  std::string text;
  std::size_t count = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (overlay.problems[i].empty() || ++count > kMostNamedProblems) continue;
    text += (text.empty() ? "" : "; ") + subject_of(rules[i]) + ": " + overlay.problems[i];
  }
  if (count > kMostNamedProblems) text += "; and " + std::to_string(count - kMostNamedProblems) + " more";
  return text.empty() ? text : "local rules set aside, see `schoolgate local ls`: " + text;
}

}  // namespace schoolgate::lists

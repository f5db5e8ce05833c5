// schoolgate lists import: what a school had with Pi-hole or AdGuard Home, put into the policy file once.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/policy_edit.h"
#include "admin-cli/reload.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"
#include "base/file.h"
#include "lists/formats/format.h"
#include "lists/import/foreign_setup.h"
#include "policy/list_section.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using lists::ForeignSetup;
using policy::ListSection;
using web::Json;

constexpr std::size_t kMostSlug = 40;  // an id has at most 48 octets, and may get a number
constexpr unsigned kMode = 0644;       // as a list that a person wrote: the daemon reads it
constexpr const char* kRulesFormat = "adblock";

// What is to be written.
struct Plan {
  std::vector<ListSection> sections;
  std::string rules_file;  // empty: none
  std::string rules;       // its text
  std::size_t rule_count = 0;
  std::vector<lists::LeftOut> left_out;
};

// Small letters, digits and single '-'.
std::string slug(std::string_view text) {
  std::string id;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_kept) {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
    if (id.size() == kMostSlug) break;
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id;
}

bool is_taken(const std::string& id, const Plan& plan, const PolicyEdit& edit) {
  return edit.find(id) != nullptr || std::any_of(plan.sections.begin(), plan.sections.end(),
                                                 [&id](const ListSection& section) { return section.id == id; });
}

std::string new_id(const lists::ForeignList& list, const Plan& plan, const PolicyEdit& edit) {
  std::string base = slug(list.name);
  if (base.empty()) base = slug(std::string_view(list.address).substr(std::string_view("https://").size()));
  if (base.empty()) base = "imported";
  std::string id = base;
  for (int number = 2; is_taken(id, plan, edit); ++number) id = fmt::format("{}-{}", base, number);
  return id;
}

bool has_source(const std::string& address, const Plan& plan, const PolicyEdit& edit) {
  const auto& lists = edit.files().policy.lists;
  return std::any_of(lists.begin(), lists.end(), [&](const auto& list) { return list.source == address; }) ||
         std::any_of(plan.sections.begin(), plan.sections.end(),
                     [&](const ListSection& section) { return section.source == address; });
}

// Says of each rule that our reader of lists cannot take why.
class Rejections final : public lists::RuleSink {
 public:
  explicit Rejections(std::vector<lists::LeftOut>& left_out) : left_out_(left_out) {}
  void take(const lists::Line&, filter::Reach, filter::Exception, const dns::Name&) override {}
  void take_pattern(const lists::Line&, filter::Exception, std::string_view) override {}
  void reject(const lists::Line& line, std::string_view reason) override {
    left_out_.push_back({std::string(line.text), std::string(reason)});
  }
  void skip(const lists::Line&) override {}

 private:
  std::vector<lists::LeftOut>& left_out_;
};

void plan_rules(const ForeignSetup& setup, const std::string& category, Plan& plan) {
  if (setup.rules.empty()) return;
  const std::string id = "imported-" + setup.product;
  plan.rules_file = id + ".txt";
  plan.rule_count = setup.rules.size();
  for (const std::string& rule : setup.rules) plan.rules += rule + '\n';
  plan.sections.push_back({id, category, plan.rules_file, kRulesFormat, "Our own rules of before, imported."});
  Rejections rejections(plan.left_out);
  lists::find_format(kRulesFormat)->parse(plan.rules, rejections);
}

Plan plan_of(const ForeignSetup& setup, const std::string& category, const PolicyEdit& edit) {
  Plan plan;
  plan.left_out = setup.left_out;
  for (const lists::ForeignList& list : setup.lists) {
    if (has_source(list.address, plan, edit)) {
      plan.left_out.push_back({"list " + list.address, "is in the policy already"});
      continue;
    }
    const std::string comment = fmt::format("Imported. {}", list.name.empty() ? list.address : list.name);
    plan.sections.push_back({new_id(list, plan, edit), category, list.address, "", comment});
  }
  plan_rules(setup, category, plan);
  return plan;
}

base::Status refuse_second_import(const Plan& plan, const std::string& rules_path, const PolicyEdit& edit) {
  if (plan.rules_file.empty()) return {};
  const auto* there = edit.find(plan.sections.back().id);
  std::error_code ignored;
  if (there == nullptr && !std::filesystem::exists(rules_path, ignored)) return {};
  const std::string where = there != nullptr ? there->place.to_text() + ": the list '" + there->id + "'" : rules_path;
  return Error(ErrorCode::kInUse, where + " is there already, from an import before; nothing was changed");
}

base::Status carry_out(const Plan& plan, const std::string& rules_path, const std::string& text, PolicyEdit& edit) {
  if (!plan.rules_file.empty()) {
    if (auto made = base::create_file(rules_path, plan.rules, kMode); !made) return made;
  }
  const auto settings = edit.replace(text);
  if (settings) return {};
  std::error_code ignored;
  if (!plan.rules_file.empty()) std::filesystem::remove(rules_path, ignored);
  return settings.error();
}

Json to_json(const Plan& plan, const std::string& policy_file, const std::string& rules_path, bool is_dry) {
  Json added = Json::array();
  for (const ListSection& section : plan.sections) {
    added.push_back({{"id", section.id}, {"category", section.category}, {"source", section.source}});
  }
  Json left_out = Json::array();
  for (const auto& one : plan.left_out) left_out.push_back({{"what", one.what}, {"reason", one.reason}});
  return {{"policy", policy_file},    {"dry_run", is_dry},
          {"added", added},           {"rules_file", plan.rules_file.empty() ? "" : rules_path},
          {"rules", plan.rule_count}, {"left_out", left_out}};
}

void print(const Json& outcome, const Screen& screen) {
  const bool is_dry = flag_of(outcome, "dry_run");
  Table added({is_dry ? "WOULD BE ADDED" : "ADDED", "CATEGORY", "SOURCE"}, "SOURCE");
  for (const Json& list : part_of(outcome, "added")) {
    added.add(
        {{text_of(list, "id"), Ink::kStrong}, {text_of(list, "category")}, {text_of(list, "source"), Ink::kSoft}});
  }
  screen.out << (added.empty() ? "Nothing to add.\n" : added.to_text(screen));
  if (const std::string file = text_of(outcome, "rules_file"); !file.empty()) {
    screen.out << fmt::format("{} of your own {} {}\n", plural(number_of(outcome, "rules"), "rule"),
                              is_dry ? "would be in" : "are in", printable(file));
  }
  Table left_out({"NOT AS IT WAS", "WHY"}, "");
  for (const Json& one : part_of(outcome, "left_out")) {
    left_out.add({{text_of(one, "what")}, {text_of(one, "reason"), Ink::kWarning}});
  }
  if (!left_out.empty()) screen.out << '\n' << left_out.to_text(screen);
  if (is_dry) screen.out << "Nothing was changed.\n";
}

// The policy file is free for others when this returns: what follows may take seconds.
Result<Plan> put_into_policy(const Globals& globals, const ImportOptions& options, Json& outcome) {
  auto edit = PolicyEdit::open(globals.config);
  if (!edit) return edit.error();
  const auto setup = lists::read_foreign_setup(options.file);
  if (!setup) return setup.error();
  Plan plan = plan_of(*setup, options.category, *edit);
  const std::string& policy_file = edit->files().configuration.policy_file;
  const std::string rules_path = (std::filesystem::path(policy_file).parent_path() / plan.rules_file).string();
  if (auto fresh = refuse_second_import(plan, rules_path, *edit); !fresh) return fresh.error();
  std::string text = edit->text();
  for (const ListSection& section : plan.sections) text = policy::put_list(text, section);
  if (const auto checked = edit->check(text); !checked) return checked.error();
  if (!options.dry_run && !plan.sections.empty()) {
    if (auto done = carry_out(plan, rules_path, text, *edit); !done) return done.error();
  }
  outcome = to_json(plan, policy_file, rules_path, options.dry_run);
  return plan;
}

}  // namespace

base::Status import_lists(const Globals& globals, const ImportOptions& options, const Screen& screen) {
  Json outcome;
  const auto plan = put_into_policy(globals, options, outcome);
  if (!plan) return plan.error();
  if (!globals.json) print(outcome, screen);
  if (options.dry_run || plan->sections.empty()) {
    if (globals.json) screen.out << web::to_text(outcome) << '\n';
    return {};
  }
  const bool fetches = std::ranges::any_of(
      plan->sections, [](const ListSection& section) { return section.source.find("://") != std::string::npos; });
  return tell_daemon(globals, outcome, fetches ? Fetches::kSomething : Fetches::kNothing, screen);
}

}  // namespace schoolgate::admin_cli

// schoolgate lists add | remove: which lists the policy file names. A daemon that runs is told.
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
#include "base/nearest.h"
#include "policy/list_section.h"
#include "policy/policy.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using policy::ListSection;
using web::Json;

struct Addition {
  std::vector<ListSection> sections;
  std::vector<std::string> licences;  // of each; empty for a list of one's own
  std::vector<std::string> already;   // of the set, in the policy before
};

void add_entry(Addition& addition, const lists::CatalogueEntry& entry) {
  const std::string comment =
      fmt::format("From the catalogue: {} Licence: {}; see {}", entry.quality, entry.licence, entry.page);
  addition.sections.push_back({entry.id, entry.category, entry.source, entry.format, comment, entry.refresh()});
  addition.licences.push_back(entry.licence);
}

Error already_there(const policy::ListSetting& list) {
  return Error(ErrorCode::kInUse,
               fmt::format("{}: the list '{}' is there already; nothing was changed", list.place.to_text(), list.id));
}

// A path at this prompt is one from this folder; in the policy file it is one from that file's.
Result<std::string> written_source(const std::string& source, const std::string& policy_file) {
  if (source.find("://") != std::string::npos) return source;
  std::error_code error;
  const auto path = std::filesystem::absolute(source, error).lexically_normal();
  // Behind a '#' stands a folder of an archive.
  const std::filesystem::path file = path.string().substr(0, path.string().rfind('#'));
  if (error || !(std::filesystem::exists(path, error) || std::filesystem::exists(file, error))) {
    return Error(ErrorCode::kNotFound, fmt::format("there is no file {}", path.string()));
  }
  const auto folder = std::filesystem::absolute(policy_file, error).parent_path().lexically_normal();
  const auto relative = path.lexically_relative(folder);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

Result<Addition> own_list(const AddOptions& options, const PolicyEdit& edit) {
  const auto source = written_source(options.source, edit.files().configuration.policy_file);
  if (!source) return source.error();
  Addition addition;
  addition.sections.push_back({options.id, options.category, *source, options.format, "A list of our own."});
  addition.licences.emplace_back();
  return addition;
}

Result<Addition> from_set(const std::string& id, const lists::Catalogue& catalogue, const PolicyEdit& edit) {
  const auto set = catalogue.set(id);
  if (!set) return set.error();
  Addition addition;
  for (const std::string& list : set->lists) {
    const auto entry = catalogue.entry(list);
    if (!entry) return entry.error();
    if (edit.find(list) != nullptr) {
      addition.already.push_back(list);
    } else {
      add_entry(addition, *entry);
    }
  }
  return addition;
}

Result<Addition> from_catalogue(const std::vector<std::string>& ids, const lists::Catalogue& catalogue) {
  Addition addition;
  for (const std::string& id : ids) {
    const auto entry = catalogue.entry(id);
    if (!entry) return entry.error();
    add_entry(addition, *entry);
  }
  return addition;
}

Result<Addition> wanted(const AddOptions& options, const PolicyEdit& edit) {
  if (!options.id.empty()) return own_list(options, edit);
  const auto catalogue = read_catalogue(edit.files());
  if (!catalogue) return catalogue.error();
  return options.set.empty() ? from_catalogue(options.ids, *catalogue) : from_set(options.set, *catalogue, edit);
}

bool is_blocked_by_somebody(const policy::Policy& policy, const filter::Tag& tag) {
  // What is locked, each of them blocks.
  for (policy::GroupNumber group = 0; group < policy.group_count(); ++group) {
    if (policy.blocked(group).test(tag.number)) return true;
  }
  return false;
}

// Of the sections' categories, those that no group blocks; each once.
std::vector<std::string> blocked_by_nobody(const std::vector<ListSection>& sections, policy::PolicySettings settings,
                                           const filter::TagTable& tags) {
  const auto policy = policy::Policy::compile(std::move(settings), tags);
  std::vector<std::string> found;
  for (const ListSection& section : sections) {
    const filter::Tag* tag = tags.find(section.category);
    if (tag == nullptr || is_blocked_by_somebody(*policy, *tag)) continue;
    if (std::find(found.begin(), found.end(), section.category) == found.end()) found.push_back(section.category);
  }
  return found;
}

Json to_json(const Addition& addition, const std::string& file, const std::vector<std::string>& by_nobody) {
  Json added = Json::array();
  for (std::size_t i = 0; i < addition.sections.size(); ++i) {
    const ListSection& section = addition.sections[i];
    added.push_back({{"id", section.id},
                     {"category", section.category},
                     {"source", section.source},
                     {"format", section.format},
                     {"licence", addition.licences[i]}});
  }
  return {{"policy", file}, {"added", added}, {"already", addition.already}, {"blocked_by_nobody", by_nobody}};
}

std::string added_table(const Json& outcome, const Screen& screen) {
  Table table({"ADDED", "CATEGORY", "SOURCE", "LICENCE"}, "SOURCE");
  for (const Json& list : part_of(outcome, "added")) {
    table.add({{text_of(list, "id"), Ink::kStrong},
               {text_of(list, "category")},
               {text_of(list, "source"), Ink::kSoft},
               {text_of(list, "licence")}});
  }
  return table.empty() ? "Nothing to add: the policy file has them all.\n" : table.to_text(screen);
}

void print(const Json& outcome, const Screen& screen) {
  screen.out << added_table(outcome, screen);
  if (const auto already = texts_of(outcome, "already"); !already.empty()) {
    screen.out << "There already: " << printable(joined(already)) << '\n';
  }
  for (const std::string& category : texts_of(outcome, "blocked_by_nobody")) {
    screen.out << screen.paint(
                      Ink::kWarning,
                      fmt::format("Nobody is stopped by {0} yet: add \"{0}\" to a group's block.", printable(category)))
               << '\n';
  }
}

bool is_fetched(const ListSection& section) { return section.source.find("://") != std::string::npos; }

Error not_there(const std::string& id, const PolicyEdit& edit) {
  std::vector<std::string> known;
  for (const auto& list : edit.files().policy.lists) known.push_back(list.id);
  return Error(ErrorCode::kNotFound, fmt::format("{} has no list '{}'{}", edit.files().configuration.policy_file, id,
                                                 base::did_you_mean(id, known)));
}

// Is the category blocked by somebody, with no list left for it?
bool is_left_bare(const std::string& category, const policy::PolicySettings& settings, const filter::TagTable& tags) {
  const bool has_list = std::any_of(settings.lists.begin(), settings.lists.end(),
                                    [&category](const auto& list) { return list.category == category; });
  const filter::Tag* tag = tags.find(category);
  return !has_list && tag != nullptr && is_blocked_by_somebody(*policy::Policy::compile(settings, tags), *tag);
}

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += "  " + printable(line) + '\n';
  }
  return out;
}

std::string bare_lines(const Json& outcome, const Screen& screen) {
  std::string text;
  for (const std::string& category : texts_of(outcome, "left_without_list")) {
    text +=
        screen.paint(Ink::kWarning, fmt::format("Groups block {}, and no list is left for it.", printable(category))) +
        '\n';
  }
  return text;
}

// The policy file is free for others when these return: what follows may take seconds.
Result<Addition> put_into_policy(const Globals& globals, const AddOptions& options, Json& outcome) {
  auto edit = PolicyEdit::open(globals.config);
  if (!edit) return edit.error();
  auto addition = wanted(options, *edit);
  if (!addition) return addition.error();
  std::string text = edit->text();
  for (const ListSection& section : addition->sections) {
    if (const auto* there = edit->find(section.id); there != nullptr) return already_there(*there);
    text = policy::put_list(text, section);
  }
  std::vector<std::string> by_nobody;
  if (!addition->sections.empty()) {
    auto settings = edit->replace(text);
    if (!settings) return settings.error();
    by_nobody = blocked_by_nobody(addition->sections, std::move(*settings), edit->files().taxonomy.tags());
  }
  outcome = to_json(*addition, edit->files().configuration.policy_file, by_nobody);
  return addition;
}

Result<policy::TakenList> take_from_policy(const Globals& globals, const std::string& id, Json& outcome) {
  auto edit = PolicyEdit::open(globals.config);
  if (!edit) return edit.error();
  const auto* list = edit->find(id);
  if (list == nullptr) return not_there(id, *edit);
  const std::string category = list->category;
  auto taken = policy::take_list(edit->text(), *list);
  if (!taken) return taken.error();
  const auto settings = edit->replace(taken->rest);
  if (!settings) return settings.error();
  const bool is_bare = is_left_bare(category, *settings, edit->files().taxonomy.tags());
  outcome = {{"policy", edit->files().configuration.policy_file},
             {"removed", {{"id", id}, {"category", category}, {"text", taken->taken}}},
             {"left_without_list", is_bare ? Json::array({category}) : Json::array()}};
  return taken;
}

}  // namespace

base::Status add_lists(const Globals& globals, const AddOptions& options, const Screen& screen) {
  Json outcome;
  const auto addition = put_into_policy(globals, options, outcome);
  if (!addition) return addition.error();
  if (!globals.json) print(outcome, screen);
  if (addition->sections.empty()) {
    if (globals.json) screen.out << web::to_text(outcome) << '\n';
    return {};
  }
  const bool fetches = std::ranges::any_of(addition->sections, is_fetched);
  return tell_daemon(globals, outcome, fetches ? Fetches::kSomething : Fetches::kNothing, screen);
}

base::Status remove_list(const Globals& globals, const std::string& id, const Screen& screen) {
  Json outcome;
  const auto taken = take_from_policy(globals, id, outcome);
  if (!taken) return taken.error();
  if (!globals.json) {
    screen.out << fmt::format("Removed from {}, lines {} to {}:\n", printable(text_of(outcome, "policy")),
                              taken->first_line, taken->last_line)
               << indented(taken->taken) << bare_lines(outcome, screen);
  }
  return tell_daemon(globals, outcome, Fetches::kNothing, screen);
}

}  // namespace schoolgate::admin_cli

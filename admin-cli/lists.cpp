// schoolgate lists ls | build: what the filter was built from, and building it.
#include "lists/build.h"
#include "lists/guard/popular_names.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include <fmt/format.h>

#include "admin-cli/build_watch.h"
#include "admin-cli/coverage.h"
#include "admin-cli/fields.h"
#include "admin-cli/files.h"
#include "admin-cli/list_files.h"
#include "admin-cli/state_owner.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

// Decided, and no problem any more; but whoever looks at the source sees something else.
std::string refused_line(const Json& list, const Screen& screen) {
  const Json& held = part_of(list, "held");
  if (!flag_of(held, "refused")) return {};
  const std::string why = text_of(held, "why");
  const std::string line = fmt::format(
      "{}: version {}, as the source has it, was refused{}; version {} is in force", printable(text_of(list, "id")),
      number_of(held, "version"), why.empty() ? "" : " (" + printable(why) + ")", number_of(list, "version_number"));
  return screen.paint(Ink::kSoft, line) + '\n';
}

std::string problems(const Json& outcome, const Screen& screen) {
  std::string text;
  for (const Json& list : part_of(outcome, "lists")) {
    const std::string problem = text_of(list, "problem");
    text += refused_line(list, screen);
    if (problem.empty()) continue;
    const Ink ink = flag_of(list, "kept_copy") ? Ink::kWarning : Ink::kBad;
    text += screen.paint(ink, fmt::format("! {}: {}", printable(text_of(list, "id")), printable(problem))) + '\n';
  }
  if (const auto missing = texts_of(outcome, "locked_without_list"); !missing.empty()) {
    text +=
        screen.paint(Ink::kBad,
                     fmt::format("! no list of more than a few names is loaded for {}: the rest of it is not stopped",
                                 printable(joined(missing)))) +
        '\n';
  }
  text += below_floor_lines(outcome, screen);
  return text.empty() ? text : text + '\n';
}

std::string lists_table(const Json& outcome, const Screen& screen) {
  Table table({"LIST", "CATEGORY", "RULES", "SKIPPED", "REJECTED", "SET ASIDE", "FORMAT", "VERSION", "SOURCE"},
              "SOURCE");
  for (const Json& list : part_of(outcome, "lists")) {
    const auto guarded = number_of(list, "guarded");
    const auto rejected = number_of(list, "rejected_count") - guarded;
    table.add({{text_of(list, "id"), Ink::kStrong},
               {text_of(list, "category") + (flag_of(list, "thin") ? " (thin)" : "")},
               {with_commas(number_of(list, "rules"))},
               {with_commas(number_of(list, "skipped"))},
               {with_commas(rejected), rejected == 0 ? Ink::kPlain : Ink::kWarning},
               {guarded == 0 ? "" : with_commas(guarded), Ink::kWarning},
               {text_of(list, "format") + (flag_of(list, "opaque") ? ", opaque" : "")},
               {text_of(list, "version").substr(0, 12), Ink::kSoft},
               {text_of(list, "source"), Ink::kSoft}});
  }
  return table.empty() ? "No lists: the policy names none.\n" : table.to_text(screen);
}

// By reason: a list may have thousands of lines that DNS cannot enforce, and one is like the other.
std::string rejected_table(const Json& outcome, const Screen& screen) {
  Table table({"REJECTED IN", "RULES", "REASON", "LINE", "FOR EXAMPLE"}, "FOR EXAMPLE");
  for (const Json& list : part_of(outcome, "lists")) {
    for (const Json& one : part_of(list, "reasons")) {
      table.add({{text_of(list, "id")},
                 {with_commas(number_of(one, "count"))},
                 {text_of(one, "reason")},
                 {std::to_string(number_of(one, "line"))},
                 {flag_of(list, "opaque") ? "(not stored)" : text_of(one, "text"), Ink::kSoft}});
    }
  }
  return table.empty() ? "" : "\n" + table.to_text(screen);
}

std::string opaque_line(const Json& outcome) {
  const Json& lists = part_of(outcome, "lists");
  const bool has_one =
      std::any_of(lists.begin(), lists.end(), [](const Json& list) { return flag_of(list, "opaque"); });
  return has_one ? "opaque: names not stored, and shown nowhere\n" : "";
}

void print(const Json& outcome, const Screen& screen) {
  screen.out << problems(outcome, screen) << lists_table(outcome, screen) << opaque_line(outcome)
             << rejected_table(outcome, screen);
}

// With --only, of the others nothing.
Json outcome_to_print(Json outcome, const std::string& only) {
  if (only.empty()) return outcome;
  Json kept = Json::array();
  for (const Json& list : part_of(outcome, "lists")) {
    if (text_of(list, "id") == only) kept.push_back(list);
  }
  outcome["lists"] = kept;
  outcome.erase("locked_without_list");
  return outcome;
}

constexpr auto kMostWait = std::chrono::seconds(10);

// A daemon that runs takes what was built at once.
std::string have_it_taken(const Globals& globals, const std::string& digest) {
  const auto client = connect(globals);
  if (!client) return {};
  const auto before = client->find("/api/v1/status");
  if (before && !*before) return "schoolgated does not run: it takes this image when it starts";
  const auto asked = client->change("POST", "/api/v1/lists/taken", {});
  if (!asked) return "not in force yet: " + asked.error().message();
  const auto until = std::chrono::steady_clock::now() + kMostWait;
  while (std::chrono::steady_clock::now() < until) {
    const auto state = client->get("/api/v1/status");
    if (state && text_of(part_of(*state, "image"), "digest") == digest) return "in force";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return "not in force yet: `schoolgate status` says when it is";
}

}  // namespace

base::Status show_lists(const Globals& globals, const Screen& screen) {
  const auto client = connect(globals);
  if (!client) return client.error();
  const auto outcome = client->get("/api/v1/lists");
  if (!outcome) return outcome.error();
  if (globals.json) {
    screen.out << web::to_text(*outcome) << '\n';
  } else {
    print(*outcome, screen);
  }
  return {};
}

base::Status build_lists(const Globals& globals, const BuildOptions& options, const Screen& screen) {
  if (options.background) give_way();
  const auto files = files_of_lists(globals, {options.state, options.policy, options.data});
  if (!files) return files.error();
  const auto& configuration = files->configuration;
  if (auto became = become_state_owner(configuration.state, configuration.user); !became) return became;
  auto popular = lists::read_popular_names(configuration.data_folder() + "/popular.txt");
  if (!popular) return popular.error();
  const auto guard = lists::Guard::read(configuration.data_folder(), files->policy.protected_names, *popular);
  if (!guard) return guard.error();
  const bool is_watched = !globals.json && !options.background;
  BuildWatch watch(screen, options.says_lists ? BuildWatch::Lines::kEachList : BuildWatch::Lines::kNone);
  const auto built = lists::build_image(files->taxonomy, *guard, std::move(*popular), sources_of(*files),
                                        configuration.state, is_watched ? &watch : nullptr);
  watch.end();
  if (!built) return base::Error(base::ErrorCode::kUnavailable, built.error().message());
  const Json outcome = outcome_to_print(web::to_json(*built, files->taxonomy), options.only);
  const std::string taken = options.background ? "" : have_it_taken(globals, built->image_digest);
  if (globals.json) {
    screen.out << web::to_text(outcome) << '\n';
    return {};
  }
  print(outcome, screen);
  screen.out << fmt::format("\nBuilt {} in {:.1f} s: {}, image {}{}{}\n",
                            printable(lists::image_path(configuration.state)), built->seconds,
                            plural(built->rules, "rule"), printable(built->image_digest.substr(0, 16)),
                            taken.empty() ? "" : "; ", printable(taken));
  return {};
}

}  // namespace schoolgate::admin_cli

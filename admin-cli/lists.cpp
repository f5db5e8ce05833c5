// schoolgate lists ls | build: what the filter was built from, and building it.
#include "lists/build.h"
#include "lists/popular_names.h"

#include <sys/resource.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/coverage.h"
#include "admin-cli/fields.h"
#include "admin-cli/files.h"
#include "admin-cli/state_owner.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

std::string problems(const Json& outcome, const Screen& screen) {
  std::string text;
  for (const Json& list : part_of(outcome, "lists")) {
    const std::string problem = text_of(list, "problem");
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
  Table table({"LIST", "CATEGORY", "RULES", "SKIPPED", "REJECTED", "FORMAT", "VERSION", "SOURCE"}, "SOURCE");
  for (const Json& list : part_of(outcome, "lists")) {
    const auto rejected = number_of(list, "rejected_count");
    table.add({{text_of(list, "id"), Ink::kStrong},
               {text_of(list, "category") + (flag_of(list, "thin") ? " (thin)" : "")},
               {with_commas(number_of(list, "rules"))},
               {with_commas(number_of(list, "skipped"))},
               {with_commas(rejected), rejected == 0 ? Ink::kPlain : Ink::kWarning},
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

std::vector<lists::Source> sources_of(const policy::PolicySettings& settings) {
  std::vector<lists::Source> sources;
  for (const auto& list : settings.lists)
    sources.push_back({list.id, list.category, list.source, list.format, list.opaque});
  return sources;
}

// Sanitizers map terabytes that they never touch.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr rlim_t kMostMemoryOctets = RLIM_INFINITY;
#else
constexpr rlim_t kMostMemoryOctets = rlim_t{4} << 30;
#endif

// The daemon answers on the same cores, and must not be the one that the kernel ends when memory runs out.
void give_way() {
  constexpr int kLowestPriority = 19;
  ::setpriority(PRIO_PROCESS, 0, kLowestPriority);
  const rlimit limit{kMostMemoryOctets, kMostMemoryOctets};
  ::setrlimit(RLIMIT_AS, &limit);
}

base::Result<Files> files_of(const Globals& globals, const BuildOptions& options) {
  if (options.state.empty()) return read_files(globals.config);
  resolver::Configuration configuration;
  configuration.user.clear();  // not known here: the folder's owner alone counts
  configuration.state = options.state;
  configuration.policy_file = options.policy;
  configuration.data = options.data;
  return read_files(std::move(configuration));
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
  const auto files = files_of(globals, options);
  if (!files) return files.error();
  const auto& configuration = files->configuration;
  if (auto became = become_state_owner(configuration.state, configuration.user); !became) return became;
  auto popular = lists::read_popular_names(configuration.data_folder() + "/popular.txt");
  if (!popular) return popular.error();
  const auto built =
      lists::build_image(files->taxonomy, std::move(*popular), sources_of(files->policy), configuration.state);
  if (!built) return base::Error(base::ErrorCode::kUnavailable, built.error().message());
  const Json outcome = web::to_json(*built, files->taxonomy);
  if (globals.json) {
    screen.out << web::to_text(outcome) << '\n';
    return {};
  }
  print(outcome, screen);
  screen.out << fmt::format("\nBuilt {} in {:.1f} s: {}, image {}\n", printable(lists::image_path(configuration.state)),
                            built->seconds, plural(built->rules, "rule"), printable(built->image_digest.substr(0, 16)));
  return {};
}

}  // namespace schoolgate::admin_cli

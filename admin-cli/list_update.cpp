// schoolgate lists update: fetches the lists that have an address, and builds the filter from what there is.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/files.h"
#include "admin-cli/list_files.h"
#include "admin-cli/progress.h"
#include "admin-cli/state_owner.h"
#include "admin-cli/verbs.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "lists/fetch/host_lookup.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using lists::Fetched;
using lists::FetchedList;
using lists::Source;

base::Status check_ids(const std::vector<Source>& sources, const std::vector<std::string>& ids) {
  std::vector<std::string> known;
  for (const Source& source : sources) known.push_back(source.id);
  for (const std::string& id : ids) {
    const auto found = std::ranges::find(sources, id, &Source::id);
    if (found == sources.end()) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("the policy has no list '{}'{}", id, base::did_you_mean(id, known)));
    }
    if (!found->remote) {
      return Error(ErrorCode::kInvalid,
                   fmt::format("list '{}' is read from {}: there is nothing to fetch", id, found->path));
    }
  }
  return {};
}

std::string_view in_words(Fetched fetched) {
  return fetched == Fetched::kNew ? "new" : fetched == Fetched::kUnchanged ? "unchanged" : "failed";
}

base::Result<lists::HostLookup> host_lookup(const resolver::Configuration& configuration,
                                            const std::vector<std::string>& servers) {
  std::vector<base::Endpoint> endpoints = configuration.upstream.servers;
  for (const std::string& text : servers) {
    const auto endpoint = base::Endpoint::parse(text, 53);
    if (!endpoint) return Error(ErrorCode::kInvalid, fmt::format("--server '{}' is no address", text));
    endpoints.push_back(*endpoint);
  }
  return lists::HostLookup(std::move(endpoints));
}

// Whether anything is another than before: what a build would see.
struct Changes {
  bool any = false;
};

Changes fetch(const std::vector<Source>& sources, const UpdateOptions& options, const std::string& state_folder,
              const lists::HostLookup& hosts, const Screen& screen) {
  const base::SystemClock clock;
  Changes changes;
  for (const Source& source : sources) {
    const bool is_wanted = options.lists.empty() || std::ranges::count(options.lists, source.id) > 0;
    if (!source.remote || !is_wanted) continue;
    const FetchedList list(state_folder, source.id);
    const bool is_awaited = !options.lists.empty() || !options.background;
    if (!is_awaited && !list.is_due(*source.remote, clock.wall_us())) continue;
    const std::string problem_before = list.state(*source.remote).problem;
    lists::HttpRequest how;
    how.look_up = [&hosts](const std::string& host) { return hosts.find(host); };
    Progress progress(options.background ? nullptr : &screen, source.id);
    how.progress = [&progress](std::uint64_t done, std::uint64_t all) { progress.tell(done, all); };
    const Fetched fetched = list.fetch(*source.remote, how, clock.wall_us());
    progress.end();
    const std::string problem = list.state(*source.remote).problem;
    changes.any = changes.any || fetched == Fetched::kNew || problem != problem_before;
    if (!options.background) {
      screen.err << fmt::format("{}: {}{}\n", printable(source.id), in_words(fetched),
                                problem.empty() ? "" : ", " + printable(problem));
    }
  }
  return changes;
}

}  // namespace

base::Status update_lists(const Globals& globals, const UpdateOptions& options, const Screen& screen) {
  if (options.background) give_way();
  const auto files = files_of_lists(globals, {options.state, options.policy, options.data});
  if (!files) return files.error();
  const auto& configuration = files->configuration;
  const auto hosts = host_lookup(configuration, options.servers);
  if (!hosts) return hosts.error();
  const std::vector<Source> sources = sources_of(*files);
  if (auto checked = check_ids(sources, options.lists); !checked) return checked;
  if (auto became = become_state_owner(configuration.state, configuration.user); !became) return became;
  const Changes changes = fetch(sources, options, configuration.state, *hosts, screen);
  if (options.background && !changes.any) return {};
  BuildOptions build;
  build.background = options.background;
  build.state = options.state;
  build.policy = options.policy;
  build.data = options.data;
  return build_lists(globals, build, screen);
}

}  // namespace schoolgate::admin_cli

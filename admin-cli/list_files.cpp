#include "admin-cli/list_files.h"

#include <sys/resource.h>

#include <filesystem>

namespace schoolgate::admin_cli {
namespace {

// Sanitizers map terabytes that they never touch.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr rlim_t kMostMemoryOctets = RLIM_INFINITY;
#else
constexpr rlim_t kMostMemoryOctets = rlim_t{4} << 30;
#endif

}  // namespace

void give_way() {
  constexpr int kLowestPriority = 19;
  ::setpriority(PRIO_PROCESS, 0, kLowestPriority);
  const rlimit limit{kMostMemoryOctets, kMostMemoryOctets};
  ::setrlimit(RLIMIT_AS, &limit);
}

base::Result<Files> files_of_lists(const Globals& globals, const FilesInForce& in_force) {
  if (in_force.state.empty()) return read_files(globals.config);
  resolver::Configuration configuration;
  configuration.user.clear();  // not known here: the folder's owner alone counts
  configuration.state = in_force.state;
  configuration.policy_file = in_force.policy;
  configuration.data = in_force.data;
  return read_files(std::move(configuration));
}

namespace {

// "blacklists.tar.gz#adult" is a folder in an archive, unless a file is called so.
void split_off_folder(lists::Source& source) {
  std::string& whole = source.remote ? source.remote->url : source.path;
  const std::size_t hash = whole.rfind('#');
  std::error_code ignored;
  if (hash == std::string::npos || (!source.remote && std::filesystem::exists(whole, ignored))) return;
  source.folder = whole.substr(hash + 1);
  whole.resize(hash);
}

}  // namespace

std::vector<lists::Source> sources_of(const Files& files) {
  std::vector<lists::Source> sources;
  for (const policy::ListSetting& list : files.policy.lists) {
    lists::Source source{list.id, list.category, list.source, list.format, list.opaque};
    if (list.may_block_suffixes) source.suffixes = lists::Guard::Suffixes::kMayBeBlocked;
    source.action = lists::parse_list_action(list.action).value_or(lists::ListAction::kUnset);
    if (list.is_remote) {
      source.remote = lists::Remote{list.source, list.refresh_s, list.sha256, list.minisign};
      if (list.tsig) {
        source.remote->tsig = lists::TsigKeyFile{list.tsig->name, list.tsig->algorithm, list.tsig->secret_file};
      }
      source.path = lists::FetchedList(files.configuration.state, list.id).path();
    }
    split_off_folder(source);
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace schoolgate::admin_cli

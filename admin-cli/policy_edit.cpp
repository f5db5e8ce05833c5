#include "admin-cli/policy_edit.h"

#include <algorithm>

namespace schoolgate::admin_cli {

using base::Error;
using base::Result;

namespace {

constexpr std::size_t kMostOctets = 64 << 20;  // as the policy's own reader has it

}  // namespace

Result<PolicyEdit> PolicyEdit::open(const std::string& configuration_path) {
  auto files = read_files(configuration_path);
  if (!files) return files.error();
  const std::string& path = files->configuration.policy_file;
  auto edit = FileEdit::open(path, kMostOctets);
  if (!edit) return edit.error();
  // Read again: between the two it may have changed.
  auto settings = policy::parse_policy(edit->text(), path, files->taxonomy.tags());
  if (!settings) return settings.error();
  files->policy = std::move(*settings);
  return PolicyEdit(std::move(*files), std::move(*edit));
}

const policy::ListSetting* PolicyEdit::find(const std::string& id) const {
  const auto& lists = files_.policy.lists;
  const auto found = std::find_if(lists.begin(), lists.end(), [&id](const auto& list) { return list.id == id; });
  return found == lists.end() ? nullptr : &*found;
}

Result<policy::PolicySettings> PolicyEdit::check(const std::string& text) const {
  const std::string& path = files_.configuration.policy_file;
  auto settings = policy::parse_policy(text, path, files_.taxonomy.tags());
  if (settings) return settings;
  return Error(settings.error().code(),
               "not changed, for " + path + " would then be wrong:\n" + settings.error().message());
}

Result<policy::PolicySettings> PolicyEdit::replace(const std::string& text) {
  auto settings = check(text);
  if (!settings) return settings;
  if (auto written = edit_.replace(text); !written) return written.error();
  return settings;
}

}  // namespace schoolgate::admin_cli

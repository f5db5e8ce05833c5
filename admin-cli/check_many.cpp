// schoolgate check --stdin: what becomes of many names, a line each, from the files that a daemon would read.
#include <array>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "admin-cli/files.h"
#include "admin-cli/verbs.h"
#include "policy/asker.h"
#include "policy/bulk_check.h"

namespace schoolgate::admin_cli {
namespace {

using policy::BulkCheck;

base::Result<BulkCheck> make_check(const Globals& globals, const CheckOptions& options, const Screen& screen) {
  auto files = read_files(globals.config);
  if (!files) return files.error();
  auto names = read_names(*files);
  if (!names) return names.error();
  show_problems(*names, screen);
  auto compiled = policy::Policy::compile(std::move(files->policy), files->taxonomy.tags());
  const auto given = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
  };
  const auto asker = policy::find_asker(*compiled, given(options.device), given(options.group), std::nullopt);
  if (!asker) return asker.error();
  const auto form = globals.json ? BulkCheck::Form::kJson : BulkCheck::Form::kTabs;
  return BulkCheck::make({std::move(compiled), std::move(names->image), std::move(names->local_rules)}, asker->group,
                         form);
}

// Longer lines are no names, whatever is at their end: one piece is shown as invalid, the rest passed over.
constexpr std::size_t kMostLineBytes = std::size_t{64} << 10;

}  // namespace

base::Status check_names(const Globals& globals, const CheckOptions& options, std::istream& in, const Screen& screen) {
  auto check = make_check(globals, options, screen);
  if (!check) return check.error();
  std::string rest;  // a line whose end is still to come
  bool is_too_long = false;
  std::string out;
  std::array<char, kMostLineBytes> bytes;
  while (in.read(bytes.data(), bytes.size()) || in.gcount() > 0) {
    std::string_view read(bytes.data(), static_cast<std::size_t>(in.gcount()));
    for (auto end = read.find('\n'); end != std::string_view::npos; end = read.find('\n')) {
      rest += read.substr(0, end);
      if (!std::exchange(is_too_long, false)) check->add(rest, out);
      rest.clear();
      read.remove_prefix(end + 1);
    }
    rest += read;
    if (rest.size() >= kMostLineBytes && !std::exchange(is_too_long, true)) check->add(rest, out);
    if (is_too_long) rest.clear();
    if (!screen.out.write(out.data(), static_cast<std::streamsize>(out.size()))) break;  // nobody reads any more
    out.clear();
  }
  if (!is_too_long) check->add(rest, out);
  check->finish(out);
  screen.out << out;
  return {};
}

}  // namespace schoolgate::admin_cli

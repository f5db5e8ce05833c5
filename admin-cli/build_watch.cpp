#include "admin-cli/build_watch.h"

#include <ostream>

#include <fmt/format.h>

#include "lists/build.h"

namespace schoolgate::admin_cli {
namespace {

std::string in_words(const lists::BuildStep& step) {
  if (step.list.empty()) return "building the image";
  const std::string size = step.octets == 0 ? "" : ", " + bytes_in_words(step.octets);
  return fmt::format("{} ({} of {}{})", step.list, step.number, step.lists, size);
}

}  // namespace

void BuildWatch::see(const lists::BuildStep& step) {
  if (std::string what = in_words(step); what != shown_) {
    shown_ = what;
    progress_.begin(std::move(what));
  }
  progress_.tell(step.done, step.in_all);
}

void BuildWatch::end_list(const lists::ListReport& report, double seconds) {
  if (lines_ == Lines::kNone) return;
  progress_.end();
  screen_.err << fmt::format("{}: {}{}, {:.1f} s\n", printable(report.id), plural(report.rules, "rule"),
                             report.kept_copy ? " of the version before" : "", seconds);
}

}  // namespace schoolgate::admin_cli

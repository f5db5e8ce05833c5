// BuildWatch: shows how far a build of the lists is, and, when that is wanted, says of each list what came of it.
//
//     ut1-adult (3 of 12, 74.2 MiB)  [#####      ]  80.1 MiB of 121.0 MiB      on one line of a terminal
//     ut1-adult: 4,600,000 rules, 1.2 s                                        a line a list, anywhere
//
// Thread contract: one thread.
#pragma once

#include <string>

#include "admin-cli/progress.h"
#include "admin-cli/screen.h"
#include "lists/build_progress.h"

namespace schoolgate::admin_cli {

class BuildWatch final : public lists::BuildObserver {
 public:
  enum class Lines { kNone, kEachList };

  BuildWatch(const Screen& screen, Lines lines) : screen_(screen), lines_(lines), progress_(&screen, "") {}

  void see(const lists::BuildStep& step) override;
  void end_list(const lists::ListReport& report, double seconds) override;
  void end() { progress_.end(); }

 private:
  const Screen& screen_;
  const Lines lines_;
  Progress progress_;
  std::string shown_;  // what the progress is of
};

}  // namespace schoolgate::admin_cli

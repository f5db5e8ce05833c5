#include "resolver/daemon/notify_pace.h"

#include <algorithm>

namespace schoolgate::daemon {

std::vector<std::string> NotifyPace::take(std::int64_t now_us) {
  std::vector<std::string> taken;
  for (auto& [list, turn] : lists_) {
    if (!turn.is_wanted || turn.from_us > now_us) continue;
    turn = {false, now_us + kLeastApartUs};
    taken.push_back(list);
  }
  return taken;
}

std::optional<std::int64_t> NotifyPace::next_us() const {
  std::optional<std::int64_t> next;
  for (const auto& [list, turn] : lists_) {
    if (turn.is_wanted) next = std::min(next.value_or(turn.from_us), turn.from_us);
  }
  return next;
}

}  // namespace schoolgate::daemon

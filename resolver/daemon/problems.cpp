#include "resolver/daemon/problems.h"

#include <spdlog/spdlog.h>

namespace schoolgate::daemon {

void Problems::set(const std::string& subject, const std::string& text) {
  const std::lock_guard guard(lock_);
  const auto found = by_subject_.find(subject);
  if (found != by_subject_.end() && found->second == text) return;  // state changes are logged, not repetitions
  if (text.empty()) {
    if (found == by_subject_.end()) return;
    spdlog::info("{}: well again", subject);
    by_subject_.erase(found);
    return;
  }
  spdlog::error("{}", text);
  by_subject_[subject] = text;
}

std::vector<std::string> Problems::texts() const {
  const std::lock_guard guard(lock_);
  std::vector<std::string> texts;
  for (const auto& [subject, text] : by_subject_) texts.push_back(text);
  return texts;
}

}  // namespace schoolgate::daemon

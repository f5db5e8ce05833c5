#include "history/problems.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schoolgate::history {
namespace {

constexpr std::size_t kMostShown = 3;

}  // namespace

void Problems::report(const std::string& subject, std::string text) {
  const std::lock_guard lock(mutex_);
  Problem& problem = by_subject_[subject];
  if (problem.text != text) problem = {std::move(text), clock_.wall_us()};
}

void Problems::clear(const std::string& subject) {
  const std::lock_guard lock(mutex_);
  by_subject_.erase(subject);
}

Problems::Standing Problems::standing() const {
  std::vector<Problem> problems;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [subject, problem] : by_subject_) problems.push_back(problem);
  }
  if (problems.empty()) return {};
  std::ranges::stable_sort(problems, std::ranges::greater(), &Problem::time_us);
  std::vector<std::string> texts;  // two rings that meet one full disk say the same
  for (const Problem& problem : problems) {
    if (std::ranges::find(texts, problem.text) == texts.end()) texts.push_back(problem.text);
  }
  const std::size_t shown = std::min(texts.size(), kMostShown);
  std::string text =
      fmt::format("{}", fmt::join(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(shown), "; "));
  if (shown < texts.size()) text += fmt::format("; and {} more", texts.size() - shown);
  return {std::move(text), problems.front().time_us};
}

}  // namespace schoolgate::history

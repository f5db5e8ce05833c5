#include "history/problems.h"

namespace schoolgate::history {

void Problems::report(std::string text) {
  const std::lock_guard lock(mutex_);
  last_ = {std::move(text), clock_.wall_us()};
}

Problems::Last Problems::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace schoolgate::history

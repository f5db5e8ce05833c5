// NotifyPace: which lists are asked for now, of those that a NOTIFY came for, and which wait: each list once in five seconds. Over
// UDP anybody can send one in the name of a primary, and none may be lost that a primary has sent.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace schoolgate::daemon {

class NotifyPace {
 public:
  static constexpr std::int64_t kLeastApartUs = 5'000'000;

  void want(const std::string& list) { lists_[list].is_wanted = true; }
  // Those whose time has come, in the order of their ids; the others stay.
  std::vector<std::string> take(std::int64_t now_us);
  // When the next one's time comes; absent when none waits.
  std::optional<std::int64_t> next_us() const;

 private:
  struct Turn {
    bool is_wanted = false;
    std::int64_t from_us = 0;  // not before
  };
  std::map<std::string, Turn> lists_;  // ids of the policy, and of earlier ones
};

}  // namespace schoolgate::daemon

#include "resolver/daemon/standing.h"

#include <algorithm>

namespace schoolgate::daemon {
namespace {

// One name that nobody answers says little about a server that answered another one lately.
constexpr std::uint64_t kLatelyUs = 5'000'000;

}  // namespace

void Standing::add(const resolver::Server::Counts& counts) {
  asked += counts.asked.value();
  failed += counts.failed.value();
  if (counts.last_answer_us.value() >= last_answer_us) {
    last_answer_us = counts.last_answer_us.value();
    latency_us = counts.latency_us.value();
  }
  last_failure_us = std::max(last_failure_us, counts.last_failure_us.value());
  last_refusal_us = std::max(last_refusal_us, counts.last_refusal_us.value());
}

std::string_view Standing::in_words(std::uint64_t now_us) const {
  const std::uint64_t last_trouble_us = std::max(last_failure_us, last_refusal_us);
  if (last_answer_us == 0 && last_trouble_us == 0) return "not asked yet";
  const bool has_answered_lately = last_answer_us != 0 && last_answer_us + kLatelyUs > now_us;
  const bool answered_last = last_answer_us != 0 && last_answer_us >= last_trouble_us;
  if (has_answered_lately || answered_last) return "answering";
  return last_refusal_us >= last_failure_us ? "refusing" : "not answering";
}

}  // namespace schoolgate::daemon

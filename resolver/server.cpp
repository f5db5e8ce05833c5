#include "resolver/server.h"

namespace schoolgate::resolver {
namespace {

constexpr std::int64_t kDistrustUs = 10'000'000;
constexpr unsigned kRefusalsOfOneWhoRefuses = 5;  // in a row

}  // namespace

void Server::answered(std::int64_t now_us, std::int64_t latency_us) {
  // RFC 6298's smoothing: one eighth of what is new.
  latency_us_ = latency_us_ == 0 ? latency_us : latency_us_ + (latency_us - latency_us_) / 8;
  last_failure_us_ = 0;
  refusals_ = 0;
  counts_.latency_us.set(static_cast<std::uint64_t>(latency_us_));
  counts_.last_answer_us.set(static_cast<std::uint64_t>(now_us));
}

void Server::refused(std::int64_t now_us) {
  last_failure_us_ = 0;
  ++refusals_;
  counts_.failed.add();
  counts_.last_refusal_us.set(static_cast<std::uint64_t>(now_us));
}

void Server::failed(std::int64_t now_us) {
  last_failure_us_ = now_us;
  counts_.failed.add();
  counts_.last_failure_us.set(static_cast<std::uint64_t>(now_us));
}

bool Server::is_trusted(std::int64_t now_us) const {
  if (refusals_ >= kRefusalsOfOneWhoRefuses) return false;
  return last_failure_us_ == 0 || now_us - last_failure_us_ > kDistrustUs;
}

}  // namespace schoolgate::resolver

// Upstream: whom we ask. One of the two seams for tests (the other is base/clock.h): the pipeline sees only this.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/answer.h"
#include "dns/types.h"

namespace schoolgate::resolver {

// Why there is no answer; goes to clients as an extended error (RFC 8914).
struct UpstreamFailure {
  dns::ExtendedError why = dns::ExtendedError::kNoReachableAuthority;
};

using UpstreamOutcome = tl::expected<dns::Answer, UpstreamFailure>;

class Upstream {
 public:
  virtual ~Upstream() = default;
  // Calls `done` exactly once, within the deadline, on the caller's thread; never from inside ask().
  virtual void ask(const dns::Question& question, std::function<void(UpstreamOutcome)> done) = 0;
};

}  // namespace schoolgate::resolver

// plan_change(): what a request of a technician comes to in local rules, or why it must not be. A pure function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "lists/guard/guard.h"
#include "lists/local_rules/local_rules.h"
#include "resolver/snapshot.h"
#include "web/service.h"

namespace schoolgate::daemon {

struct LocalPlan {
  lists::LocalChange change;
  lists::LocalRule at;              // its name and reach
  std::vector<std::string> locked;  // categories of the name that stay, since nothing lifts them
};

// `guard`: the shipped one, null when it cannot be read. It has no say when the request insists (even_protected); the names
// that the policy protects nobody blocks.
// kInvalid for a name, text or category that is none; kForbidden for what is locked, protected or would have no effect;
// kUnavailable for a block without a guard; kNotFound when there is nothing to lift or to remove. REQUIRES: a snapshot with an
// image.
base::Result<LocalPlan> plan_change(const web::LocalRequest& request, const resolver::Snapshot& snapshot,
                                    const lists::Guard* guard, const std::vector<lists::LocalRule>& present,
                                    std::int64_t now_us);

}  // namespace schoolgate::daemon

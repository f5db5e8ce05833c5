#include "tests/bench/list_names.h"

#include "tests/bench/labels.h"
#include "tests/bench/suffixes.h"

namespace schoolgate::bench {
namespace {

// Shares of all names; see list_names.h.
constexpr double kBelowShared = 0.128;
constexpr double kBelowKnown = 0.070;
constexpr double kHostOfUnlisted = 0.066;
// The rest are registered names themselves.
constexpr double kDeep = 0.24;       // of those below a shared parent
constexpr double kCousin = 0.27;     // of the registered ones: like one that is there
constexpr double kElsewhere = 0.11;  // the same under another suffix
constexpr double kTwoLabels = 0.15;  // of the hosts
constexpr double kSharedItself = 0.0004;

constexpr std::size_t kMostKnown = 200'000;

}  // namespace

std::string ListNames::registered() {
  const double kind = random_.unit();
  if (kind >= kCousin + kElsewhere || known_.empty()) return registered_label(random_) + "." + registry_suffix(random_);
  const std::string& relative = random_.pick(known_);
  const std::size_t dot = relative.find('.');
  if (kind < kElsewhere) return relative.substr(0, dot + 1) + registry_suffix(random_);
  return cousin_of(relative.substr(0, dot), random_) + relative.substr(dot);
}

std::string ListNames::below_shared() {
  const std::string& parent = shared_parent(random_);
  if (!random_.chance(kDeep)) return customer_label(random_) + "." + parent;
  // Long names are one site's: a customer's host below the same few middle labels.
  std::string name = parent;
  for (std::size_t levels = 1 + random_.below(4); levels > 0; --levels) name = middle_label(random_) + "." + name;
  return (random_.chance(0.5) ? host_label(random_) : customer_label(random_)) + "." + name;
}

std::string ListNames::host() {
  std::string label = host_label(random_);
  return random_.chance(kTwoLabels) ? label + "." + middle_label(random_) : label;
}

std::string ListNames::below_known() {
  if (known_.empty()) return registered();
  return host() + "." + random_.pick(known_);
}

std::string ListNames::draw() {
  const double kind = random_.unit();
  if (kind < kSharedItself) return listed_shared_parent(random_);
  if (kind < kBelowShared) return below_shared();
  if (kind < kBelowShared + kBelowKnown) return below_known();
  std::string name = registered();
  if (kind < kBelowShared + kBelowKnown + kHostOfUnlisted) return host() + "." + name;
  if (known_.size() < kMostKnown) {
    known_.push_back(name);
  } else {
    known_[random_.below(kMostKnown)] = name;
  }
  return name;
}

}  // namespace schoolgate::bench

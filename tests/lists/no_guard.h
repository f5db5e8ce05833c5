// A guard that protects no name, for tests of something else; public suffixes it knows.
#pragma once

#include "lists/guard/guard.h"

namespace schoolgate::lists {

inline const Guard& no_guard() {
  static const Guard kGuard({}, PublicSuffixes::read().value(), {});
  return kGuard;
}

}  // namespace schoolgate::lists

#include "resolver/random.h"

#include <sys/random.h>

#include <cstdlib>

namespace schoolgate::resolver {

void Random::refill() {
  // Up to 256 octets getrandom() cannot be interrupted, and blocks only before the kernel's first seeding.
  if (::getrandom(pool_.data(), pool_.size(), 0) != static_cast<ssize_t>(pool_.size())) std::abort();
  used_ = 0;
}

std::uint8_t Random::octet() {
  if (used_ == pool_.size()) refill();
  return pool_[used_++];
}

std::uint16_t Random::u16() { return static_cast<std::uint16_t>((octet() << 8) | octet()); }

std::uint64_t Random::u64() {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8) | octet();
  return value;
}

}  // namespace schoolgate::resolver

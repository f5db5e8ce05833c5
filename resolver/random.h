// Random numbers that nobody can guess: message ids, letter case, boot ids. The kernel's generator, read in pools.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace schoolgate::resolver {

// Belongs to one thread.
class Random {
 public:
  std::uint8_t octet();
  std::uint16_t u16();
  std::uint64_t u64();

 private:
  void refill();
  std::array<std::uint8_t, 256> pool_{};  // what getrandom() gives in one uninterrupted call
  std::size_t used_ = sizeof pool_;
};

}  // namespace schoolgate::resolver

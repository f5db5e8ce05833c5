// A school as the generator imagines it: who asks, and for what. The same in every run.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "dns/name.h"

namespace schoolgate::load {

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return bits_() % bound; }
  double fraction() { return static_cast<double>(bits_() >> 11) * 0x1p-53; }  // in [0, 1)

 private:
  std::mt19937_64 bits_;
};

struct School {
  static constexpr std::size_t kDevices = 1'000;
  static constexpr std::size_t kZones = 4'000;
  static constexpr std::size_t kNamesPerZone = 5;

  std::vector<std::string> devices;
  std::vector<dns::Name> zones;      // registrable domains
  std::vector<dns::Name> names;      // the most popular first; each zone has itself and four names below it
  std::vector<std::size_t> zone_of;  // a name's zone, by the name's place

  static School make();
};

}  // namespace schoolgate::load

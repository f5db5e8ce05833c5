// Seeded randomness that gives the same on every machine: the standard library's distributions are each library's own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace schoolgate::bench {

// SplitMix64: small, fast, good enough to draw names with.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }  // [0, 1)
  // REQUIRES: count is not 0. The bias is below count / 2^64.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(bits() % count); }
  bool chance(double share) { return unit() < share; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

// Draws an index by weight.
class Weighted {
 public:
  explicit Weighted(std::span<const double> weights) {
    double sum = 0;
    for (const double weight : weights) sums_.push_back(sum += weight);
  }
  // Index i has the weight 1 / (i + 1)^exponent.
  static Weighted zipf(std::size_t count, double exponent) {
    std::vector<double> weights;
    for (std::size_t i = 0; i < count; ++i) weights.push_back(std::pow(static_cast<double>(i + 1), -exponent));
    return Weighted(weights);
  }
  std::size_t draw(Random& random) const {
    const auto found = std::upper_bound(sums_.begin(), sums_.end(), random.unit() * sums_.back());
    return std::min(static_cast<std::size_t>(found - sums_.begin()), sums_.size() - 1);
  }

 private:
  std::vector<double> sums_;
};

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t left = items.size(); left > 1; --left) std::swap(items[left - 1], items[random.below(left)]);
}

}  // namespace schoolgate::bench

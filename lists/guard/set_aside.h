// SetAside: which of the rules that a parser hands on do not go into force, by their order. The guard looks at a list once, when
// it is counted; whoever reads the same octets again skips the same rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace schoolgate::lists {

class SetAside {
 public:
  void add(std::uint64_t place) { places_.push_back(place); }  // ascending

  // Asked once for each rule, in their order.
  class Skipper {
   public:
    explicit Skipper(const SetAside& set_aside) : places_(set_aside.places_) {}  // which must outlive it
    bool skips_next() {
      const bool skips = next_ < places_.size() && places_[next_] == place_;
      if (skips) ++next_;
      ++place_;
      return skips;
    }

   private:
    const std::vector<std::uint64_t>& places_;
    std::size_t next_ = 0;
    std::uint64_t place_ = 0;
  };

 private:
  std::vector<std::uint64_t> places_;
};

}  // namespace schoolgate::lists

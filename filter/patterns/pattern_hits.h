// PatternHits: which lists' patterns match one name, and which lists an exception pattern lifts. Reused from name to name:
// memory for all lists is taken once. Belongs to one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "filter/patterns/pattern_rules.h"

namespace schoolgate::filter {

class PatternHits {
 public:
  PatternHits() = default;
  explicit PatternHits(std::size_t lists) : hit_(lists / 64 + 1), lifted_(lists / 64 + 1) {}

  // Forgets the name before. No allocation. REQUIRES: as many lists as the rules name, a scratch of the rules' set.
  void match(const PatternRules& patterns, std::string_view text, PatternSet::Scratch& scratch) noexcept;

  bool empty() const { return empty_; }
  bool lifts(ListNumber list) const noexcept { return !empty_ && (lifted_[list / 64] >> (list % 64) & 1) != 0; }
  // The lists of which a pattern matches that is no exception.
  template <class Visit>
  void for_each_list(Visit visit) const noexcept {
    if (empty_) return;
    for (std::size_t i = 0; i < hit_.size(); ++i) {
      for (std::uint64_t rest = hit_[i]; rest != 0; rest &= rest - 1) {
        visit(static_cast<ListNumber>(i * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
      }
    }
  }

 private:
  void add(const PatternRule& rule) noexcept;
  void forget() noexcept;
  bool empty_ = true;
  std::vector<std::uint64_t> hit_;     // a bit a list
  std::vector<std::uint64_t> lifted_;  // likewise
};

}  // namespace schoolgate::filter

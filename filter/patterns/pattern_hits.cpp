#include "filter/patterns/pattern_hits.h"

#include <algorithm>

namespace schoolgate::filter {

void PatternHits::match(const PatternRules& patterns, std::string_view text, PatternSet::Scratch& scratch) noexcept {
  forget();
  struct Context {
    PatternHits& hits;
    const std::vector<PatternRule>& rules;
  } context{*this, patterns.rules()};
  const auto visit = [](std::uint32_t pattern, PatternSet::Match match, void* opaque) {
    const auto& [hits, rules] = *static_cast<Context*>(opaque);
    if (counts(rules[pattern], match)) hits.add(rules[pattern]);
  };
  patterns.set().scan(text, scratch, visit, &context);
}

void PatternHits::add(const PatternRule& rule) noexcept {
  empty_ = false;
  (rule.exception == Exception::kYes ? lifted_ : hit_)[rule.list / 64] |= std::uint64_t{1} << (rule.list % 64);
}

void PatternHits::forget() noexcept {
  if (empty_) return;
  std::fill(hit_.begin(), hit_.end(), 0);
  std::fill(lifted_.begin(), lifted_.end(), 0);
  empty_ = true;
}

}  // namespace schoolgate::filter

#include <algorithm>
#include <cstdio>

#include "filter/overlay.h"
#include "tests/bench/figures.h"
#include "tests/bench/filter_bench.h"
#include "tests/bench/our_image.h"

namespace schoolgate::bench {
namespace {

// What a school may have gathered in a year.
constexpr std::size_t kLocalRules = 1000;
constexpr std::size_t kRepetitions = 9;

std::vector<filter::OverlayRule> local_rules(std::size_t count) {
  std::vector<filter::OverlayRule> rules;
  for (std::size_t i = 0; i < count; ++i) {
    filter::OverlayRule rule;
    rule.name = dns::Name::parse(fmt::format("site{}.example{}.com", i, i % 50)).value();
    rule.effect = i % 3 == 0 ? filter::Effect::kLift : filter::Effect::kGive;
    rule.tag = bench_tags().tags()[i % 5].number;
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

// From a rule more to an overlay that has it in force.
bool run_overlay(const BenchOptions&) {
  const filter::TagTable tags = bench_tags();
  std::vector<double> seconds;
  for (std::size_t repetition = 0; repetition < kRepetitions; ++repetition) {
    std::vector<filter::OverlayRule> rules = local_rules(kLocalRules);
    const Stopwatch watch;
    rules.push_back({dns::Name::parse("one.more.test").value(), filter::Reach::kBoth, filter::Effect::kGive, 0, ""});
    const auto overlay = filter::Overlay::build(tags, std::move(rules));
    if (!overlay) return false;
    const bool is_in_force = (*overlay)->apply(dns::Name::parse("www.one.more.test").value(), {}).test(0);
    seconds.push_back(watch.seconds());
    if (!is_in_force) return false;
  }
  std::sort(seconds.begin(), seconds.end());
  print_figure("local_rules", static_cast<double>(kLocalRules));
  print_figure("overlay_seconds", seconds[kRepetitions / 2]);
  return true;
}

}  // namespace schoolgate::bench

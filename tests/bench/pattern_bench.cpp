#include <cstdio>
#include <fstream>

#include "filter/pattern_set.h"
#include "tests/bench/bench_folder.h"
#include "tests/bench/figures.h"
#include "tests/bench/filter_bench.h"
#include "tests/bench/pattern_kinds.h"
#include "tests/bench/peers/hyperscan_peer.h"
#include "tests/bench/peers/re2_peer.h"
#include "tests/bench/random.h"
#include "tests/bench/timing.h"

namespace schoolgate::bench {
namespace {

constexpr std::size_t kPatterns = 7'300;
constexpr std::size_t kScanned = 2'000;
constexpr std::uint64_t kSeed = 1;

// Shuffled: lists have the kinds one after the other.
std::vector<std::string> some_patterns(const std::string& path) {
  std::vector<std::string> patterns;
  if (path.empty()) {
    patterns = generate_patterns(kPatterns, kSeed);
  } else {
    std::ifstream stream(path);
    for (std::string line; std::getline(stream, line);) {
      if (!line.empty()) patterns.push_back(line);
    }
  }
  Random random(kSeed);
  shuffle(patterns, random);
  patterns.resize(std::min(patterns.size(), kPatterns));
  return patterns;
}

// The first ones that every engine takes.
std::vector<std::string> common_patterns(const std::vector<std::string>& patterns) {
  std::vector<std::string> common;
  for (const std::string& pattern : patterns) {
    if (common.size() == kScanned) break;
    if (HyperscanPeer::takes(pattern) && Re2Peer::takes(pattern)) common.push_back(pattern);
  }
  return common;
}

bool compile(const std::vector<std::string>& patterns, const std::string& figure, filter::PatternSet& set) {
  std::vector<filter::PatternSet::Refusal> refused;
  const Stopwatch watch;
  auto compiled = filter::PatternSet::compile(patterns, refused);
  print_figure(figure + "_seconds", watch.seconds());
  print_figure(figure + "_taken", static_cast<double>(patterns.size() - refused.size()));
  if (!compiled) {
    fmt::print(stderr, "filter_bench: {}\n", compiled.error().message());
    return false;
  }
  set = std::move(*compiled);
  return true;
}

std::size_t matches(const filter::PatternSet& set, const filter::PatternSet::Scratch& scratch, std::string_view name) {
  std::size_t count = 0;
  set.scan(
      name, scratch, [](std::uint32_t, void* context) { ++*static_cast<std::size_t*>(context); }, &count);
  return count;
}

}  // namespace

bool run_patterns(const BenchOptions& options) {
  const auto mix = read_queries(options.folder, "zipf");
  if (!mix) return false;
  const PackedTexts& names = mix->names;
  const std::vector<std::string> patterns = some_patterns(options.patterns);
  filter::PatternSet set;
  print_figure("patterns", static_cast<double>(patterns.size()));
  if (!compile(patterns, "compile_all", set)) return false;

  const std::vector<std::string> common = common_patterns(patterns);
  if (!compile(common, "compile_scanned", set)) return false;
  const auto scratch = set.make_scratch();
  if (!scratch) return false;
  time_calls("scan_ns/schoolgate", names.size(), [&](std::size_t i) { return matches(set, *scratch, names[i]); });

  const Stopwatch hyperscan_watch;
  HyperscanPeer hyperscan(common);
  print_figure("compile_scanned_seconds/hyperscan", hyperscan_watch.seconds());
  time_calls("scan_ns/hyperscan", names.size(), [&](std::size_t i) { return hyperscan.scan(names[i]); });
  Re2Peer re2(common);
  time_calls("scan_ns/re2-set", names.size(), [&](std::size_t i) { return re2.scan(names[i]); });

  constexpr std::size_t kCompared = 1'000;
  std::size_t different = 0;
  for (std::size_t i = 0; i < std::min(kCompared, names.size()); ++i) {
    different += matches(set, *scratch, names[i]) != hyperscan.scan(names[i]) ? 1 : 0;
  }
  print_figure("scan_different", static_cast<double>(different));
  return different == 0;
}

}  // namespace schoolgate::bench

#include <array>
#include <cstdio>
#include <fstream>

#include "tests/bench/bench_folder.h"
#include "tests/bench/figures.h"
#include "tests/bench/filter_bench.h"
#include "tests/bench/our_image.h"
#include "tests/bench/pattern_kinds.h"
#include "tests/bench/peers/hyperscan_peer.h"
#include "tests/bench/peers/re2_peer.h"
#include "tests/bench/random.h"
#include "tests/bench/timing.h"

namespace schoolgate::bench {
namespace {

constexpr std::size_t kPatterns = 7'300;
constexpr std::size_t kScanned = 2'000;
constexpr std::size_t kCompared = 10'000;  // names on which the engines must agree before they are timed
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

// Those we ship, as a build of lists has them.
std::vector<dns::Name> popular_names() {
  std::vector<dns::Name> names;
  std::ifstream stream(SCHOOLGATE_SOURCE_DIR "/lists/data/popular.txt");
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line[0] != '#') names.push_back(dns::Name::parse(line).value());
  }
  return names;
}

// An image of these patterns alone: what says a name is a rule of its trie, and a name is asked as the daemon asks.
base::Result<OurImage> build_image(const std::vector<std::string>& patterns, const std::string& figure,
                                   const std::string& path) {
  filter::ImageBuilder builder(bench_tags());
  const filter::ListNumber list = builder.add_list({"patterns", bench_tags().tags().front().number, "1", "patterns"});
  std::uint32_t line = 0;
  for (const std::string& pattern : patterns) {
    builder.add_pattern(list, filter::Exception::kNo, pattern, ++line, pattern);
  }
  builder.set_popular_names(popular_names());
  const Stopwatch watch;
  const auto report = builder.write(path);
  if (!report) return report.error();
  print_figure(figure + "_seconds", watch.seconds());
  print_figure(figure + "_taken", static_cast<double>(patterns.size() - report->rejected.size()));
  return OurImage::open(path);
}

bool failed(const base::Error& error) {
  fmt::print(stderr, "filter_bench: {}\n", error.message());
  return false;
}

}  // namespace

bool run_patterns(const BenchOptions& options) {
  const auto mix = read_queries(options.folder, "zipf");
  if (!mix) return false;
  const PackedTexts& names = mix->names;
  std::vector<dns::Name> parsed;
  for (std::size_t i = 0; i < names.size(); ++i) parsed.push_back(dns::Name::parse(names[i]).value());
  const std::vector<std::string> patterns = some_patterns(options.patterns);
  const std::string path = options.folder + "/patterns.image";
  const std::string all_path = options.folder + "/all-patterns.image";
  print_figure("patterns", static_cast<double>(patterns.size()));
  if (const auto all = build_image(patterns, "compile_all", all_path); !all) return failed(all.error());
  const std::vector<std::string> common = common_patterns(patterns);
  auto image = build_image(common, "compile_scanned", path);
  if (!image) return failed(image.error());
  const Stopwatch hyperscan_watch;
  HyperscanPeer hyperscan(common);
  print_figure("compile_scanned_seconds/hyperscan", hyperscan_watch.seconds());
  Re2Peer re2(common);

  for (std::size_t i = 0; i < std::min(kCompared, names.size()); ++i) {
    const bool ours = image->find(parsed[i]);
    if (ours == (hyperscan.scan(names[i]) > 0) && ours == (re2.scan(names[i]) > 0)) continue;
    fmt::print(stderr, "filter_bench: the engines do not agree whether a pattern matches {}\n", names[i]);
    return false;
  }
  std::array<dns::Name, kBatch> batch;
  const auto prepare = [&](std::size_t first) {
    for (std::size_t i = 0; i < kBatch; ++i) batch[i] = parsed[first + i];
  };
  const auto nothing = [](std::size_t) {};  // their texts lie one after the other
  const std::size_t count = names.size() / kBatch * kBatch;
  const auto one_by_one = [](auto scan) {
    return [scan](std::size_t first) {
      for (std::size_t i = first; i < first + kBatch; ++i) benchmark::DoNotOptimize(scan(i));
    };
  };
  const auto ours = one_by_one([&](std::size_t i) { return image->find(batch[i % kBatch]); });
  time_batches("scan_ns/schoolgate", count, prepare, ours);
  time_batches("scan_ns/hyperscan", count, nothing,
               one_by_one([&](std::size_t i) { return hyperscan.scan(names[i]); }));
  time_batches("scan_ns/re2-set", count, nothing, one_by_one([&](std::size_t i) { return re2.scan(names[i]); }));
  return true;
}

}  // namespace schoolgate::bench

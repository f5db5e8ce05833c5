#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "filter/image_builder.h"
#include "tests/bench/bench_folder.h"
#include "tests/bench/figures.h"
#include "tests/bench/filter_bench.h"
#include "tests/bench/our_image.h"
#include "tests/bench/process_memory.h"

namespace schoolgate::bench {
namespace {

bool failed(const base::Error& error) {
  fmt::print(stderr, "filter_bench: {}\n", error.message());
  return false;
}

std::vector<dns::Name> parsed(const PackedTexts& texts) {
  std::vector<dns::Name> names;
  names.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) names.push_back(dns::Name::parse(texts[i]).value());
  return names;
}

}  // namespace

bool run_build(const BenchOptions& options) {
  const auto lists = read_lists(options.folder);
  if (!lists) return failed(lists.error());
  const std::string path = options.folder + "/filter.image";
  filter::ImageBuilder builder(bench_tags());
  add_lists(*lists, builder);
  const std::int64_t held = memory_bytes("VmRSS");
  forget_peak();
  const Stopwatch watch;
  add_rules(*lists, builder);  // parsing each name is in it
  const auto report = builder.write(path);
  const double seconds = watch.seconds();
  if (!report) return failed(report.error());
  const auto names = static_cast<double>(lists->size());
  print_figure("build_seconds", seconds);
  print_figure("build_peak_bytes", static_cast<double>(memory_bytes("VmHWM") - held));
  print_figure("names", names);
  print_figure("rules", static_cast<double>(report->names));
  print_figure("image_bytes_a_name", static_cast<double>(std::filesystem::file_size(path)) / names);
  print_figure("lines_bytes_a_name", static_cast<double>(std::filesystem::file_size(path + ".lines")) / names);
  return true;
}

bool run_memory(const BenchOptions& options) {
  constexpr std::size_t kLookups = 1'000'000;
  constexpr std::size_t kOpenings = 5;
  const std::string path = options.folder + "/filter.image";
  const std::int64_t of_program = memory_bytes("VmRSS");
  const auto mix = read_queries(options.folder, "random");
  if (!mix) return failed(mix.error());
  const std::vector<dns::Name> queries = parsed(mix->names);
  const std::int64_t of_queries = memory_bytes("VmRSS") - of_program;

  std::vector<double> seconds;
  std::size_t blocked = 0;
  double resident = 0;
  for (std::size_t opening = 0; opening < kOpenings; ++opening) {
    const Stopwatch watch;
    auto image = OurImage::open(path);
    if (!image) return failed(image.error());
    blocked += image->find(queries[0]) ? 1 : 0;
    seconds.push_back(watch.seconds());
    if (opening > 0) continue;  // memory is that of a process which opens once
    for (std::size_t i = 0; i < kLookups; ++i) blocked += image->find(queries[i % queries.size()]) ? 1 : 0;
    resident = static_cast<double>(memory_bytes("VmRSS") - of_queries) - image->size_bytes();
  }
  std::sort(seconds.begin(), seconds.end());
  print_figure("ready_seconds", seconds[kOpenings / 2]);
  print_figure("resident_above_image_bytes", resident);
  return blocked > 0;
}

}  // namespace schoolgate::bench

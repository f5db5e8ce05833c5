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

}  // namespace

bool run_build(const BenchOptions& options) {
  const auto lists = read_lists(options.folder);
  if (!lists) return failed(lists.error());
  const std::string path = options.folder + "/filter.image";
  const SortedLists sorted(*lists);
  filter::ImageBuilder builder(bench_tags());
  const std::int64_t held = memory_bytes("VmRSS");
  forget_peak();
  const Stopwatch watch;
  if (const auto status = sorted.add_to(builder); !status) return failed(status.error());  // parsing each name is in it
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

}  // namespace schoolgate::bench

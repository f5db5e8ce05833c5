// filter_bench STEP FOLDER: measures the filter on what bench_names has left in FOLDER. tests/bench/filter runs all of it.
#include "tests/bench/filter_bench.h"

#include <cstdio>
#include <exception>
#include <map>

#include <benchmark/benchmark.h>
#include <CLI/CLI.hpp>

namespace schoolgate::bench {
namespace {

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);  // takes its own options out
  const std::map<std::string, bool (*)(const BenchOptions&)> steps = {
      {"build", run_build}, {"lookups", run_lookups}, {"patterns", run_patterns}, {"overlay", run_overlay}};
  BenchOptions options;
  std::string step;
  CLI::App app("Measures the filter");
  app.add_option("STEP", step, "What to measure")->required()->check(CLI::IsMember(&steps));
  app.add_option("FOLDER", options.folder, "Filled by bench_names")->required()->check(CLI::ExistingDirectory);
  app.add_option("--patterns", options.patterns, "Patterns, one a line")->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);
  return steps.at(step)(options) ? 0 : 1;
}

}  // namespace
}  // namespace schoolgate::bench

int main(int argc, char** argv) {
  try {
    return schoolgate::bench::run(argc, argv);
  } catch (const std::exception& error) {  // a peer's
    std::fprintf(stderr, "filter_bench: %s\n", error.what());
    return 1;
  }
}

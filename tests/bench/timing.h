// Google Benchmark for us: one iteration is one call on the next input, and the median of some repetitions is a figure.
#pragma once

#include <string>

#include <benchmark/benchmark.h>

#include "tests/bench/figures.h"

namespace schoolgate::bench {

class FigureReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      // The processor's time, not the clock's: others may be at work on this machine.
      if (run.aggregate_name == "median") print_figure(run.run_name.function_name, run.GetAdjustedCPUTime());
    }
  }
};

// Prints the nanoseconds that call(i) takes, i from 0 to count - 1 and again. REQUIRES: count is not 0.
template <class Call>
void time_calls(const std::string& figure, std::size_t count, Call call) {
  constexpr int kRepetitions = 5;
  benchmark::RegisterBenchmark(figure.c_str(), [&](benchmark::State& state) {
    std::size_t next = 0;
    for (auto _ : state) {
      benchmark::DoNotOptimize(call(next));
      if (++next == count) next = 0;
    }
  })->Repetitions(kRepetitions);
  FigureReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
}

}  // namespace schoolgate::bench

// Google Benchmark for us: the median of some repetitions is a figure, in nanoseconds a call.
#pragma once

#include <string>

#include <benchmark/benchmark.h>

#include "tests/bench/figures.h"

namespace schoolgate::bench {

class FigureReporter final : public benchmark::BenchmarkReporter {
 public:
  explicit FigureReporter(std::size_t calls_an_iteration) : calls_(static_cast<double>(calls_an_iteration)) {}
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.aggregate_name != "median") continue;
      // The processor's time, not the clock's, where it is known: others may be at work on this machine.
      const double time = calls_ > 1 ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime();
      print_figure(run.run_name.function_name, time / calls_);
    }
  }

 private:
  double calls_;
};

template <class Body, class Configure>
void run_figure(const std::string& figure, std::size_t calls_an_iteration, Body body, Configure configure) {
  constexpr int kRepetitions = 5;
  configure(benchmark::RegisterBenchmark(figure.c_str(), body)->Repetitions(kRepetitions));
  FigureReporter reporter(calls_an_iteration);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
}

// Prints the nanoseconds that call(i) takes, i from 0 to count - 1 and again. REQUIRES: count is not 0.
template <class Call>
void time_calls(const std::string& figure, std::size_t count, Call call) {
  const auto body = [&](benchmark::State& state) {
    std::size_t next = 0;
    for (auto _ : state) {
      benchmark::DoNotOptimize(call(next));
      if (++next == count) next = 0;
    }
  };
  run_figure(figure, 1, body, [](benchmark::internal::Benchmark*) {});
}

// The same a batch at a time, as a worker has read so many packets before it looks their names up: prepare(first) makes
// `kBatch` of them ready, and its time does not count; call(first) does them all. By the clock: a batch is too short to ask
// for the processor's time. REQUIRES: count is at least kBatch.
inline constexpr std::size_t kBatch = 32;
template <class Prepare, class Call>
void time_batches(const std::string& figure, std::size_t count, Prepare prepare, Call call) {
  const auto body = [&](benchmark::State& state) {
    std::size_t first = 0;
    for (auto _ : state) {
      if (first + kBatch > count) first = 0;
      prepare(first);
      const Stopwatch watch;
      call(first);
      state.SetIterationTime(watch.seconds());
      first += kBatch;
    }
  };
  run_figure(figure, kBatch, body, [](benchmark::internal::Benchmark* run) { run->UseManualTime(); });
}

}  // namespace schoolgate::bench

// The steps of filter_bench, each in a file. They print figures (figures.h), one a line; false is "something is wrong here",
// with a word about it on standard error.
#pragma once

#include <string>

namespace schoolgate::bench {

struct BenchOptions {
  std::string folder;    // what bench_names has filled
  std::string patterns;  // a file, one a line; empty for generated ones
};

// The image from names in the order of their keys: time, and memory above what the caller holds. In a process of its own.
bool run_build(const BenchOptions& options);
// Look-ups, ours and the peers'. Every answer is compared before it is timed.
bool run_lookups(const BenchOptions& options);
// Patterns, ours and the peers'.
bool run_patterns(const BenchOptions& options);
bool run_overlay(const BenchOptions& options);

}  // namespace schoolgate::bench

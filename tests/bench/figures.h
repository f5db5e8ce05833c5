// A figure as the programs print it for the table: one JSON object a line.
#pragma once

#include <chrono>
#include <string_view>

#include <fmt/format.h>

namespace schoolgate::bench {

inline void print_figure(std::string_view name, double value) {
  fmt::print("{{\"figure\": \"{}\", \"value\": {}}}\n", name, value);
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace schoolgate::bench

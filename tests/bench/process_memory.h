// What the kernel says this process has in memory. Linux only, as the daemon.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace schoolgate::bench {

// "VmRSS", "VmHWM": bytes.
inline std::int64_t memory_bytes(const std::string& field) {
  constexpr std::int64_t kKibibyte = 1024;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoll(line.substr(field.size() + 1)) * kKibibyte;
  }
  return 0;
}

// From here on VmHWM is the highest since.
inline void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

}  // namespace schoolgate::bench

// A TCP connection to a primary: DNS messages out and in, within the time that is left.
//
// Blocks its thread: for the process that fetches lists, never for the daemon's threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace schoolgate::lists {

using Deadline = std::chrono::steady_clock::time_point;

class ZoneConnection {
 public:
  struct Patience {
    Deadline end;      // for everything
    int stall_ms = 0;  // without an octet, and for the connection to be there
  };

  // Tries each address of the host in turn. kUnavailable: it has none, or nobody answers there.
  static base::Result<ZoneConnection> open(const std::string& host, std::uint16_t port, const Patience& patience);
  ZoneConnection(ZoneConnection&& other) noexcept;
  ZoneConnection& operator=(ZoneConnection&&) = delete;
  ~ZoneConnection();

  base::Status send(std::span<const std::uint8_t> message);
  // The next whole message. kUnavailable: the connection ends, fails, or nothing comes for too long.
  base::Result<std::vector<std::uint8_t>> receive();

 private:
  ZoneConnection(int file, const Patience& patience) : file_(file), patience_(patience) {}
  base::Status read_exactly(std::span<std::uint8_t> octets);

  int file_;
  Patience patience_;
};

}  // namespace schoolgate::lists

// Bound sockets: made once by the main thread, before privileges are dropped, and handed to the workers.
#pragma once

#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace schoolgate::resolver {

// Owns a file descriptor.
class BoundSocket {
 public:
  explicit BoundSocket(int file) : file_(file) {}
  BoundSocket(BoundSocket&& other) noexcept : file_(other.release()) {}
  BoundSocket& operator=(BoundSocket&& other) noexcept;
  ~BoundSocket();
  int file() const { return file_; }
  int release();

 private:
  int file_;
};

struct WorkerSockets {
  std::vector<BoundSocket> udp;
  std::vector<BoundSocket> tcp;
};

// For each worker, every address of `listen` over UDP and TCP with SO_REUSEPORT. First a probe without it must bind, or
// the port is in use (kInUse): two daemons must not share a port by accident.
base::Result<std::vector<WorkerSockets>> bind_sockets(const std::vector<base::Endpoint>& listen, unsigned workers);

}  // namespace schoolgate::resolver

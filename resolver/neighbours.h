// The kernel's neighbour table: which MAC address is behind which IP address on this network.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "base/ip_address.h"
#include "base/result.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver {

using NeighbourTable = std::unordered_map<base::IpAddress, base::MacAddress>;

// The table as it is now, IPv4 and IPv6, over rtnetlink. Needs no privilege.
base::Result<NeighbourTable> read_neighbours();

// Follows the table: publishes it once at the start and a moment after each change. Belongs to its loop's thread.
class NeighbourWatch {
 public:
  using Publish = std::function<void(std::shared_ptr<const NeighbourTable>)>;

  static base::Result<std::unique_ptr<NeighbourWatch>> start(uv::Loop& loop, Publish publish);
  ~NeighbourWatch();

 private:
  NeighbourWatch(uv::Loop& loop, int socket, Publish publish);
  void read_events();
  void settle();
  void publish();

  int socket_;
  Publish publish_;
  std::unique_ptr<uv::Timer> settle_;
  std::unique_ptr<uv::Timer> again_;
  std::unique_ptr<uv::Poll> poll_;
  std::shared_ptr<const NeighbourTable> last_;
  bool settling_ = false;  // published a moment ago
  bool has_news_ = false;  // since then
};

}  // namespace schoolgate::resolver

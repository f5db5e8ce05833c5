// UdpExchange: one connected UDP socket with a port of the kernel's random choice, for one question to one server.
// A connected socket takes datagrams from that server only (RFC 5452 §9.1).
//
// Belongs to its loop's thread. No callback comes after the owner destroyed the object; a callback may destroy it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "base/ip_address.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver::uv {

class UdpExchange {
 public:
  struct Events {
    std::function<void(std::span<const std::uint8_t>)> on_datagram;
    std::function<void()> on_failure;  // the network or the port said no (ICMP)
  };

  UdpExchange(Loop& loop, const base::Endpoint& server, Events events);
  ~UdpExchange();
  UdpExchange(const UdpExchange&) = delete;
  UdpExchange& operator=(const UdpExchange&) = delete;

  // False: the system refused at once.
  bool send(std::span<const std::uint8_t> message);

 private:
  struct State;
  State* state_;
};

}  // namespace schoolgate::resolver::uv

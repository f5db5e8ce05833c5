// Client: who asked, over what, and how an answer gets back. Datagram: what was asked. Responder: what takes an answer back.
#pragma once

#include <cstdint>
#include <span>

#include "base/ip_address.h"
#include "history/record.h"

namespace schoolgate::resolver {

// A value: a lookup outlives the batch it came in.
struct Client {
  base::Endpoint peer;
  history::Transport transport = history::Transport::kUdp;
  base::IpAddress local;         // the address that was asked; the answer leaves from it
  std::uint32_t socket = 0;      // UDP: which of the worker's sockets
  std::uint32_t interface = 0;   // UDP: where the question came in, for link-local addresses
  std::uint64_t connection = 0;  // TCP
};

// A view of what came in: valid during the call that it is given to.
struct Datagram {
  std::span<const std::uint8_t> message;
  Client client;
};

class Responder {
 public:
  virtual ~Responder() = default;
  // Takes a copy. A client that is gone is no error.
  virtual void send(const Client& client, std::span<const std::uint8_t> reply) = 0;
  // The client gets no answer to one of its questions.
  virtual void drop(const Client& client) = 0;
};

}  // namespace schoolgate::resolver
